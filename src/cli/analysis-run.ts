import { statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AnalysisHost, AnalysisInput } from '../pipeline/analyze.ts';
import type { AnalysisOptions } from '../pipeline/analysis-options.ts';
import type { ResultDocument } from '../report/document.ts';
import { inputErrorText } from '../report/format-flows-blocks.ts';
import { escapeControls } from '../report/format-text.ts';
import { EXIT_OK, EXIT_UNREADABLE_INPUT, usageError } from './exit-codes.ts';
import { nativePath } from './native-path.ts';
import type { OutputOptions } from './options.ts';
import { createProgressLine } from './progress-line.ts';
import { createWorkerScanner } from './scan-executor.ts';

/** Runs an analysis of captures with progress, worker threads, and an ear for Ctrl-C. */
export async function runAnalysis<T>(
  analyze: (inputs: readonly AnalysisInput[], options: AnalysisOptions, host: AnalysisHost) => Promise<T>,
  inputs: readonly AnalysisInput[],
  options: AnalysisOptions,
  output: OutputOptions,
): Promise<T> {
  const progress = createProgressLine(output.progress);
  try {
    return await analyze(inputs, options, {
      onProgress: (state) => progress.update(state),
      onStep: (step) => progress.step(step),
      // A turn of the event loop in the middle of a scan, and between two steps: without it Ctrl-C would wait for their end.
      isCancelled: async () => {
        await nextTurn();
        return false;
      },
      scanner: createWorkerScanner(options.threads),
    });
  } finally {
    progress.clear();
  }
}

/** Captures cannot be made again. */
export function refuseOverwriting(inputs: readonly { readonly path: string }[], output: string | undefined): void {
  const target = output === undefined ? undefined : statSync(output, { throwIfNoEntry: false });
  if (target === undefined || !target.isFile()) return;
  for (const { path } of inputs) {
    const stats = path === '-' ? undefined : statSync(nativePath(path), { throwIfNoEntry: false });
    if (stats !== undefined && stats.ino === target.ino && stats.dev === target.dev)
      throw usageError(`-o ${output}: that is an input; it would be overwritten`);
  }
}

/** Exit code by what could be read; where the output is for a program, people still learn what could not. */
export function closeRun(document: ResultDocument, { format }: OutputOptions): number {
  if (format !== 'table') {
    for (const error of document.errors) process.stderr.write(`lacpviz: ${escapeControls(inputErrorText(error))}\n`);
  }
  return document.errors.some((error) => error.partial !== true) ? EXIT_UNREADABLE_INPUT : EXIT_OK;
}
