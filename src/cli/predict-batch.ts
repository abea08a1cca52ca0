import { predictLine, type PredictOptions } from '../plan/predict.ts';
import { EXIT_OK, EXIT_UNREADABLE_INPUT, ExitError } from './exit-codes.ts';
import { readLines, type InputLine } from './line-reader.ts';
import { openFileSource, openStandardInput } from './node-file-source.ts';
import { withOutput } from './with-output.ts';

/** A packet in JSON needs some hundred bytes; a longer line than this is a mistake and is not held. */
const MAX_LINE_BYTES = 1 << 20;

/** One line in, one line out, in order, in constant memory. A bad line says so and the run goes on. */
export async function runBatch(path: string, options: PredictOptions, explain: boolean, outputPath: string | undefined): Promise<number> {
  const { source, failure } = path === '-' ? openStandardInput() : openFileSource(path);
  if (source === undefined && failure?.code !== 'empty')
    throw new ExitError(EXIT_UNREADABLE_INPUT, `${path}: ${failure?.reason ?? 'cannot be read'}`);
  return withOutput(outputPath, async (output) => {
    let number = 0;
    if (source === undefined) return EXIT_OK;
    for await (const lines of readLines(source.chunks(), MAX_LINE_BYTES)) {
      let text = '';
      for (const line of lines) text += `${answerLine(line, ++number, options, explain)}\n`;
      output.write(text);
      if (output.isFull) await output.drain();
    }
    return EXIT_OK;
  });
}

function answerLine(line: InputLine, number: number, options: PredictOptions, explain: boolean): string {
  if (line.tooLong) return JSON.stringify({ error: `the line is longer than ${MAX_LINE_BYTES} bytes`, line: number });
  let parsed: unknown;
  try {
    parsed = JSON.parse(line.text);
  } catch (error) {
    const reason = line.text.trim() === '' ? 'the line is empty' : `not JSON: ${(error as Error).message}`;
    return JSON.stringify({ error: reason, line: number });
  }
  const predicted = predictLine(parsed, options, explain);
  return JSON.stringify(predicted.ok ? predicted.value : { error: predicted.issue.reason, line: number });
}
