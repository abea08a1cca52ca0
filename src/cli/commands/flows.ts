import { statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { analyzeFlows } from '../../pipeline/analyze.ts';
import type { AnalysisOptions } from '../../pipeline/analysis-options.ts';
import type { FlowsAnalysis } from '../../pipeline/flows-analysis.ts';
import type { ResultDocument } from '../../report/document.ts';
import { inputErrorText } from '../../report/format-flows-blocks.ts';
import { escapeControls } from '../../report/format-text.ts';
import { writeFlowsJson } from '../../report/write-flows-json.ts';
import { writeFlowsCsv, writeFlowsJsonLines } from '../../report/write-flows-lines.ts';
import type { FlowsReport } from '../../report/write-flows-report.ts';
import { writeFlowsMarkdown, writeFlowsTable } from '../../report/write-flows-text.ts';
import type { TextTarget } from '../../report/write-target.ts';
import { EXIT_OK, EXIT_UNREADABLE_INPUT, usageError } from '../exit-codes.ts';
import { queryFor, type FlowSelection } from '../flow-query.ts';
import { openInputs, parseInputArguments, type InputArgument } from '../input-arguments.ts';
import { readAnalysisOptions, readOutputOptions, readSelection, type OutputOptions, type RawOptions } from '../options.ts';
import { createProgressLine } from '../progress-line.ts';
import { chooseStyle, terminalWidth } from '../terminal.ts';
import { withOutput } from '../with-output.ts';
import { createWorkerScanner } from '../scan-executor.ts';

/** Flows listed for people unless --top says otherwise. */
const PEOPLE_TOP = 25;

export async function runFlows(files: readonly string[], raw: RawOptions): Promise<number> {
  const outputOptions = readOutputOptions(raw);
  const selection = readSelection(raw);
  const options = await readAnalysisOptions(raw);
  const inputs = openInputs(parseInputArguments(files));
  refuseOverwriting(inputs, outputOptions.output);
  return withOutput(outputOptions.output, async (output) => {
    const progress = createProgressLine(outputOptions.progress);
    let analysis: FlowsAnalysis;
    try {
      analysis = await analyzeFlows(inputs, options, {
        onProgress: (state) => progress.update(state),
        isCancelled: lookAtSignals,
        scanner: createWorkerScanner(options.threads),
      });
    } finally {
      progress.clear();
    }
    const { document } = analysis;
    checkNames(document, options);
    await writeReport(reportOf(analysis, selection, outputOptions), output, outputOptions);
    if (outputOptions.format !== 'table') reportInputErrors(document);
    return document.errors.some((error) => error.partial !== true) ? EXIT_UNREADABLE_INPUT : EXIT_OK;
  });
}

/** A turn of the event loop in the middle of a scan: without it Ctrl-C would wait for the end of the file. */
async function lookAtSignals(): Promise<boolean> {
  await nextTurn();
  return false;
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

/** Captures cannot be made again. */
function refuseOverwriting(inputs: readonly InputArgument[], output: string | undefined): void {
  const target = output === undefined ? undefined : statSync(output, { throwIfNoEntry: false });
  if (target === undefined || !target.isFile()) return;
  for (const { path } of inputs) {
    const stats = path === '-' ? undefined : statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined && stats.ino === target.ino && stats.dev === target.dev)
      throw usageError(`-o ${output}: that is an input; it would be overwritten`);
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

/** Where the output is for a program, or goes to a file, people still learn what could not be read. */
function reportInputErrors(document: ResultDocument): void {
  for (const error of document.errors) process.stderr.write(`lacpviz: ${escapeControls(inputErrorText(error))}\n`);
}
