import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { analyzeFlows } from '../../pipeline/analyze.ts';
import { anonymise } from '../../pipeline/anonymise/anonymise-recording.ts';
import { createRecorder, packRecording, type Recording } from '../../pipeline/recording.ts';
import { inProcessScanner } from '../../pipeline/scanner.ts';
import { splitReportPage } from '../../report/report-page.ts';
import { countNoun } from '../../report/quantity.ts';
import type { TextTarget } from '../../report/write-target.ts';
import { closeRun, refuseOverwriting, runAnalysis } from '../analysis-run.ts';
import { EXIT_INTERNAL, ExitError, usageError } from '../exit-codes.ts';
import { openInputs, parseInputArguments } from '../input-arguments.ts';
import { readAnalysisOptions, readOutputOptions, readSelection, type RawOptions } from '../options.ts';
import { pageFragment } from '../serve/page-fragment.ts';
import { withOutput } from '../with-output.ts';

/** The page of one file lies beside the built command line. */
const PAGE = fileURLToPath(new URL('../offline/lacpviz.html', import.meta.url));

/** Base64 text is made of pieces of this many bytes: a multiple of three leaves no padding in the middle. */
const PIECE_BYTES = 3 << 15;

/** Writes the page of one file with what the analysis took from its captures within it. */
export async function runReport(files: readonly string[], raw: RawOptions, pagePath: string = PAGE): Promise<number> {
  const outputOptions = { ...readOutputOptions(raw, []), format: 'json' as const };
  const options = await readAnalysisOptions(raw);
  const fragment = pageFragment({ lang: options.language ?? '' }, { ...options, from: undefined, to: undefined }, readSelection(raw).where);
  if (outputOptions.output === undefined && process.stdout.isTTY) {
    throw usageError('report writes one HTML file: give its name with -o report.html, or send standard output somewhere');
  }
  if (!existsSync(pagePath)) throw new ExitError(EXIT_INTERNAL, `the page is not built (${pagePath}): npm run build`);
  const page = splitReportPage(readFileSync(pagePath, 'utf8'));
  if (page === null) throw new ExitError(EXIT_INTERNAL, `the page has no place for the report (${pagePath})`);
  const inputs = openInputs(parseInputArguments(files));
  refuseOverwriting(inputs, outputOptions.output);
  return withOutput(outputOptions.output, async (output) => {
    let recording: Recording | undefined;
    // All LAGs are recorded: which of them is on view is the reader's choice.
    const { document } = await runAnalysis(
      async (of, how, host) => {
        const recorder = createRecorder(of, { ...host, scanner: host.scanner ?? inProcessScanner });
        const analysis = await analyzeFlows(of, how, recorder.host);
        recording = recorder.take(options, fragment);
        return analysis;
      },
      inputs,
      { ...options, lag: undefined },
      outputOptions,
    );
    if (recording === undefined) throw new Error('nothing was recorded');
    output.write(page.head);
    let pieces = packRecording(recording);
    if (raw.anonymise === true) {
      const shared = await anonymise(pieces, () => randomBytes(4).readUInt32LE());
      pieces = shared.pieces;
      if (shared.changed > 0)
        process.stderr.write(
          `lacpviz: of ${countNoun(shared.changed, 'flow')} the report says another member or verdict than the captures\n`,
        );
    }
    await writePacked(pieces, output);
    output.write(page.tail);
    return closeRun(document, outputOptions);
  });
}

/** Gzip in base64, piece by piece: the recording of a million flows never stands in memory as one text. */
async function writePacked(pieces: readonly Uint8Array[], output: TextTarget): Promise<void> {
  const zip = createGzip();
  const feed = async (): Promise<void> => {
    for (const piece of pieces) if (!zip.write(piece)) await new Promise((resolve) => zip.once('drain', resolve));
    zip.end();
  };
  const fed = feed();
  let rest = Buffer.alloc(0);
  for await (const chunk of zip as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    const whole = rest.length - (rest.length % PIECE_BYTES);
    if (whole === 0) continue;
    output.write(rest.toString('base64', 0, whole));
    rest = rest.subarray(whole);
    if (output.isFull) await output.drain();
  }
  await fed;
  output.write(rest.toString('base64'));
}
