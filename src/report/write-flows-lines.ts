import { csvLine } from './csv-cells.ts';
import { flattenFlow, flowColumns } from './flatten-flow.ts';
import { ROWS_PER_DRAIN, type FlowsReport } from './write-flows-report.ts';
import type { TextTarget } from './write-target.ts';

/** JSON Lines: one flow a line, with the id of its LAG. */
export async function writeFlowsJsonLines(report: FlowsReport, target: TextTarget): Promise<void> {
  for (const lag of report.document.lags) {
    const rows = report.flowsOf(lag.id);
    const lead = `{"lag":${JSON.stringify(lag.id)},`;
    for (let i = 0; i < rows.length; i++) {
      target.write(`${lead}${rows.json(i).slice(1)}\n`);
      if (i % ROWS_PER_DRAIN === 0 && target.isFull) await target.drain();
    }
  }
}

/** CSV (RFC 4180): the same, flattened with dots under a header line. */
export async function writeFlowsCsv(report: FlowsReport, target: TextTarget): Promise<void> {
  const columns = flowColumns(Math.max(0, ...report.document.lags.map((lag) => lag.members.length)));
  target.write(csvLine(columns.names));
  for (const lag of report.document.lags) {
    const rows = report.flowsOf(lag.id);
    for (let i = 0; i < rows.length; i++) {
      target.write(csvLine([lag.id, ...flattenFlow(rows.at(i), columns)]));
      if (i % ROWS_PER_DRAIN === 0 && target.isFull) await target.drain();
    }
  }
}
