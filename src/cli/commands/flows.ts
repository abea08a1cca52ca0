import { analyzeFlows } from '../../pipeline/analyze.ts';
import type { AnalysisOptions } from '../../pipeline/analysis-options.ts';
import type { FlowsAnalysis } from '../../pipeline/flows-analysis.ts';
import type { ResultDocument } from '../../report/document.ts';
import { writeFlowsJson } from '../../report/write-flows-json.ts';
import { writeFlowsCsv, writeFlowsJsonLines } from '../../report/write-flows-lines.ts';
import type { FlowsReport } from '../../report/write-flows-report.ts';
import { writeFlowsMarkdown, writeFlowsTable } from '../../report/write-flows-text.ts';
import type { TextTarget } from '../../report/write-target.ts';
import { closeRun, refuseOverwriting, runAnalysis } from '../analysis-run.ts';
import { usageError } from '../exit-codes.ts';
import { queryFor, type FlowSelection } from '../flow-query.ts';
import { openInputs, parseInputArguments } from '../input-arguments.ts';
import { readAnalysisOptions, readOutputOptions, readSelection, type OutputOptions, type RawOptions } from '../options.ts';
import { chooseStyle, terminalWidth } from '../terminal.ts';
import { withOutput } from '../with-output.ts';

/** Flows listed for people unless --top says otherwise. */
const PEOPLE_TOP = 25;

export async function runFlows(files: readonly string[], raw: RawOptions): Promise<number> {
  const outputOptions = readOutputOptions(raw);
  const selection = readSelection(raw);
  const options = await readAnalysisOptions(raw);
  const inputs = openInputs(parseInputArguments(files));
  refuseOverwriting(inputs, outputOptions.output);
  return withOutput(outputOptions.output, async (output) => {
    const analysis = await runAnalysis(analyzeFlows, inputs, options, outputOptions);
    const { document } = analysis;
    checkNames(document, options);
    await writeReport(reportOf(analysis, selection, outputOptions), output, outputOptions);
    return closeRun(document, outputOptions);
  });
}

function reportOf(analysis: FlowsAnalysis, selection: FlowSelection, { format }: OutputOptions): FlowsReport {
  const forPeople = format === 'table' || format === 'markdown';
  const query = queryFor(selection, forPeople, PEOPLE_TOP);
  return {
    document: analysis.document,
    flowsOf(lagId) {
      return analysis.flows(lagId, query);
    },
  };
}

async function writeReport(report: FlowsReport, target: TextTarget, options: OutputOptions): Promise<void> {
  switch (options.format) {
    case 'json':
      return writeFlowsJson(report, target);
    case 'jsonl':
      return writeFlowsJsonLines(report, target);
    case 'csv':
      return writeFlowsCsv(report, target);
    case 'markdown':
      return writeFlowsMarkdown(report, target);
    case 'table':
      return writeFlowsTable(report, target, terminalWidth(), chooseStyle(options.color, options.output !== undefined));
  }
}

/** Names that only the captures can confirm: a wrong one would silently change every prediction. */
function checkNames(document: ResultDocument, options: AnalysisOptions): void {
  if (document.lags.length === 0) return;
  const known = new Set(document.lags.flatMap((lag) => lag.members.map((member) => member.name)));
  const check = (flag: string, names: readonly string[] | undefined): void => {
    const unknown = names?.find((name) => !known.has(name));
    if (unknown !== undefined) throw usageError(`${flag}: no member is called '${unknown}'. Members: ${[...known].join(', ')}`);
  };
  check('--members', options.sender.members);
  check('--members-a', options.sides.a?.members);
  check('--members-b', options.sides.b?.members);
}
