import { analyzeInfer } from '../../pipeline/analyze-infer.ts';
import type { ResultDocument } from '../../report/document.ts';
import { writeInferCsv, writeInferJson, writeInferJsonLines, writeInferMarkdown, writeInferTable } from '../../report/write-infer.ts';
import type { TextTarget } from '../../report/write-target.ts';
import { closeRun, refuseOverwriting, runAnalysis } from '../analysis-run.ts';
import { openInputs, parseInputArguments } from '../input-arguments.ts';
import { readAnalysisOptions, readOutputOptions, type OutputOptions, type RawOptions } from '../options.ts';
import { chooseStyle, terminalWidth } from '../terminal.ts';
import { withOutput } from '../with-output.ts';

/** Prints by which rule each side sends, as far as its frames tell. */
export async function runInfer(files: readonly string[], raw: RawOptions): Promise<number> {
  const outputOptions = readOutputOptions(raw);
  const options = await readAnalysisOptions(raw);
  const inputs = openInputs(parseInputArguments(files));
  refuseOverwriting(inputs, outputOptions.output);
  return withOutput(outputOptions.output, async (output) => {
    const { document } = await runAnalysis(analyzeInfer, inputs, options, outputOptions);
    writeReport(document, output, outputOptions);
    return closeRun(document, outputOptions);
  });
}

function writeReport(document: ResultDocument, target: TextTarget, options: OutputOptions): void {
  switch (options.format) {
    case 'json':
      return writeInferJson(document, target);
    case 'jsonl':
      return writeInferJsonLines(document, target);
    case 'csv':
      return writeInferCsv(document, target);
    case 'markdown':
      return writeInferMarkdown(document, target);
    case 'table':
      return writeInferTable(document, target, terminalWidth(), chooseStyle(options.color, options.output !== undefined));
  }
}
