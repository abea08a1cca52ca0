import { analyzeInfer } from '../../pipeline/analyze-infer.ts';
import { selectInDirections } from '../../report/select-in-directions.ts';
import { HYPOTHESIS_FIELDS, type InferReport } from '../../report/infer-rows.ts';
import { writeInferCsv, writeInferJson, writeInferJsonLines, writeInferMarkdown, writeInferTable } from '../../report/write-infer.ts';
import type { TextTarget } from '../../report/write-target.ts';
import { closeRun, refuseOverwriting, runAnalysis } from '../analysis-run.ts';
import { openInputs, parseInputArguments } from '../input-arguments.ts';
import { readAnalysisOptions, readOutputOptions, type OutputOptions, type RawOptions } from '../options.ts';
import { readRowSelection } from '../row-selection.ts';
import { chooseStyle, terminalWidth } from '../terminal.ts';
import { withOutput } from '../with-output.ts';

/** Prints by which rule each side sends, as far as its frames tell. */
export async function runInfer(files: readonly string[], raw: RawOptions): Promise<number> {
  const outputOptions = readOutputOptions(raw);
  const options = await readAnalysisOptions(raw);
  const selection = readRowSelection(raw, HYPOTHESIS_FIELDS);
  const inputs = openInputs(parseInputArguments(files));
  refuseOverwriting(inputs, outputOptions.output);
  return withOutput(outputOptions.output, async (output) => {
    const { document } = await runAnalysis(analyzeInfer, inputs, options, outputOptions);
    const rows = selectInDirections(selection, ({ hypotheses }) => hypotheses ?? [], HYPOTHESIS_FIELDS);
    writeReport({ document, rows }, output, outputOptions);
    return closeRun(document, outputOptions);
  });
}

function writeReport(report: InferReport, target: TextTarget, options: OutputOptions): void {
  switch (options.format) {
    case 'json':
      return writeInferJson(report, target);
    case 'jsonl':
      return writeInferJsonLines(report, target);
    case 'csv':
      return writeInferCsv(report, target);
    case 'markdown':
      return writeInferMarkdown(report, target);
    case 'table':
      return writeInferTable(report, target, terminalWidth(), chooseStyle(options.color, options.output !== undefined));
  }
}
