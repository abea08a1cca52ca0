/** Reports in the analysis worker: opens what a report recorded, and records what a new one will hold. */
import type { AnalysisOptions } from '../../pipeline/analysis-options.ts';
import { anonymise } from '../../pipeline/anonymise/anonymise-recording.ts';
import type { AnalysisHost } from '../../pipeline/analyze.ts';
import type { ByteSource } from '../../pipeline/byte-source.ts';
import { createReplay, packRecording, unpackRecording, type RecordedInput, type Recording, type Replay } from '../../pipeline/recording.ts';
import type { InputScan } from '../../pipeline/scan-capture.ts';
import type { InputScanner } from '../../pipeline/scanner.ts';
import type { ServiceFile } from '../../pipeline/service.ts';
import { VERSION } from '../../base/version.ts';
import { decodeBase64, deflate, encodeBase64, inflate } from '../packed-text.ts';
import type { RecordedFile } from '../web-byte-source.ts';

export type OpenedReport =
  | { readonly ok: false; readonly reason: string }
  | {
      readonly ok: true;
      readonly files: readonly Omit<RecordedInput, 'scan'>[];
      readonly options: AnalysisOptions;
      /** The page's address as the report was written for. */
      readonly fragment: string;
    };

/** An analysis to give away: a report's content, and the flows of which it says another member or verdict. */
export interface SharedReport {
  readonly content: Blob;
  readonly changed: number;
}

export interface Reports {
  /** From the text of a report, or the bytes of a shared file. */
  open(content: string | Uint8Array<ArrayBuffer>): Promise<OpenedReport>;
  /** The last analysis as a report's text; empty before the first one. */
  write(options: AnalysisOptions, fragment: string): Promise<Blob>;
  /** The same with all addresses replaced, as bytes (gzip). */
  share(options: AnalysisOptions, fragment: string): Promise<SharedReport>;
  /** The source of a file, also of a recorded one. */
  source(file: ServiceFile): ByteSource;
  scanner(scanner: InputScanner): InputScanner;
  readonly reread: NonNullable<AnalysisHost['reread']>;
}

export function createReports(openFile: (file: ServiceFile) => ByteSource): Reports {
  let replay: Replay | null = null;
  const fileOf = new WeakMap<ByteSource, ServiceFile>();
  let last: { readonly sources: readonly ByteSource[]; readonly scans: readonly InputScan[] } | null = null;
  let rereads = new Map<string, unknown>();
  const record = (options: AnalysisOptions, fragment: string): Recording | null => {
    if (last === null) return null;
    const { sources, scans } = last;
    const inputs = sources.map(({ path, size }, i): RecordedInput => {
      const memberName = fileOf.get(sources[i])?.memberName;
      return { path, ...(memberName === undefined ? {} : { memberName }), ...(size === undefined ? {} : { size }), scan: scans[i] };
    });
    return { version: VERSION, inputs, rereads, options, fragment };
  };
  return {
    async open(content) {
      const bytes = await inflate(typeof content === 'string' ? decodeBase64(content) : content).then(
        async (blob) => new Uint8Array(await blob.arrayBuffer()),
        () => new Uint8Array(0),
      );
      const unpacked = unpackRecording(bytes);
      if (!unpacked.ok) return unpacked;
      replay = createReplay(bytes);
      const { inputs, options, fragment } = unpacked.recording;
      return { ok: true, files: inputs.map(({ scan: _scan, ...input }) => input), options, fragment };
    },
    async write(options, fragment) {
      const recording = record(options, fragment);
      return recording === null ? new Blob([]) : encodeBase64(await deflate(packRecording(recording)));
    },
    async share(options, fragment) {
      const recording = record(options, fragment);
      if (recording === null) return { content: new Blob([]), changed: 0 };
      const { pieces, changed } = await anonymise(packRecording(recording), randomWord, {
        isCancelled: () => nextTurn().then(() => false),
      });
      return { content: await deflate(pieces), changed };
    },
    source(file) {
      const { content } = file;
      const recorded = typeof content === 'object' && content !== null && 'recorded' in content ? (content as RecordedFile).recorded : -1;
      const source = recorded >= 0 && replay !== null ? replay.source(recorded) : openFile(file);
      fileOf.set(source, file);
      return source;
    },
    scanner: (scanner) => ({
      async scan(sources, options, observe) {
        const scans = await (replay?.scanner(scanner) ?? scanner).scan(sources, options, observe);
        last = { sources, scans };
        rereads = new Map();
        return scans;
      },
    }),
    async reread(key, read) {
      const found = await (replay?.reread(key, read) ?? read());
      rereads.set(key, found);
      return found;
    },
  };
}

function randomWord(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}

/** Questions of the page that came in the meantime are answered before it. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
