import { analyzeLacp, type PduList } from '../../pipeline/analyze-lacp.ts';
import { writeLacpJson, type LacpReport } from '../../report/write-lacp-json.ts';
import { writeLacpCsv, writeLacpJsonLines } from '../../report/write-lacp-lines.ts';
import { writeLacpMarkdown, writeLacpTable } from '../../report/write-lacp-text.ts';
import { filterRows, PDU_FIELDS, PORT_FIELDS, selectRows, type RowSelection } from '../../report/select-rows.ts';
import type { TextTarget } from '../../report/write-target.ts';
import { closeRun, refuseOverwriting, runAnalysis } from '../analysis-run.ts';
import { openInputs, parseInputArguments } from '../input-arguments.ts';
import { readAnalysisOptions, readOutputOptions, type OutputOptions, type RawOptions } from '../options.ts';
import { readRowSelection } from '../row-selection.ts';
import { chooseStyle, terminalWidth } from '../terminal.ts';
import { withOutput } from '../with-output.ts';

/** Prints every port of every member, what happened to it, and with --pdus every LACPDU. */
export async function runLacp(files: readonly string[], raw: RawOptions): Promise<number> {
  const outputOptions = readOutputOptions(raw);
  const options = await readAnalysisOptions(raw);
  const selection = readRowSelection(raw, PORT_FIELDS);
  const inputs = openInputs(parseInputArguments(files));
  refuseOverwriting(inputs, outputOptions.output);
  return withOutput(outputOptions.output, async (output) => {
    const analysis = await runAnalysis(analyzeLacp, inputs, options, outputOptions);
    const report: LacpReport = {
      document: analysis.document,
      portsOf: ({ ports }) => selectRows(ports ?? [], selection, PORT_FIELDS),
      pdusOf: raw.pdus === true ? (lagId) => selectPdus(analysis.pdus(lagId), selection) : null,
    };
    await writeReport(report, output, outputOptions);
    return closeRun(analysis.document, outputOptions);
  });
}

/** LACPDUs of the ports selected; they are read one at a time, so only their places are kept. */
function selectPdus(pdus: PduList, selection: RowSelection): PduList {
  const places: number[] = [];
  for (let i = 0; i < pdus.length && places.length < (selection.top ?? Infinity); i++)
    if (filterRows([pdus.at(i)], selection, PDU_FIELDS).length > 0) places.push(i);
  return { length: places.length, at: (i) => pdus.at(places[i]) };
}

async function writeReport(report: LacpReport, target: TextTarget, options: OutputOptions): Promise<void> {
  switch (options.format) {
    case 'json':
      return writeLacpJson(report, target);
    case 'jsonl':
      return writeLacpJsonLines(report, target);
    case 'csv':
      return writeLacpCsv(report, target);
    case 'markdown':
      return writeLacpMarkdown(report, target);
    case 'table':
      return writeLacpTable(report, target, terminalWidth(), chooseStyle(options.color, options.output !== undefined));
  }
}
