import type { Lag } from './document.ts';
import { ROWS_PER_DRAIN, type FlowsReport } from './write-flows-report.ts';
import type { TextTarget } from './write-target.ts';

/** The document of `flows`, one flow a line: neither the list of flows nor the text is ever held as a whole. */
export async function writeFlowsJson(report: FlowsReport, target: TextTarget): Promise<void> {
  const { lags, ...rest } = report.document;
  const lead: string[] = [];
  const tail: string[] = [];
  let beforeLags = true;
  for (const key of Object.keys(report.document)) {
    if (key === 'lags') beforeLags = false;
    else {
      const text = JSON.stringify((rest as Record<string, unknown>)[key]);
      if (text !== undefined) (beforeLags ? lead : tail).push(`${JSON.stringify(key)}:${text}`);
    }
  }
  target.write(`{${[...lead, '"lags":['].join(',\n')}`);
  for (let i = 0; i < lags.length; i++) {
    if (i > 0) target.write(',');
    await writeLag(lags[i], report, target);
  }
  target.write(`${[']', ...tail].join(',\n')}}\n`);
}

async function writeLag(lag: Lag, report: FlowsReport, target: TextTarget): Promise<void> {
  const { flows: _streamed, ...rest } = lag;
  const rows = report.flowsOf(lag.id);
  target.write(`\n${JSON.stringify(rest).slice(0, -1)},\n"flows":[`);
  for (let i = 0; i < rows.length; i++) {
    target.write(`${i === 0 ? '\n' : ',\n'}${rows.json(i)}`);
    if (i % ROWS_PER_DRAIN === 0 && target.isFull) await target.drain();
  }
  target.write(']}');
}
