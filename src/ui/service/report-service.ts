/** Reports in the analysis worker: opens what a report recorded, and records what a new one will hold. */
import type { AnalysisOptions } from '../../pipeline/analysis-options.ts';
import type { AnalysisHost } from '../../pipeline/analyze.ts';
import type { ByteSource } from '../../pipeline/byte-source.ts';
import { createReplay, packRecording, unpackRecording, type RecordedInput, type Replay } from '../../pipeline/recording.ts';
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

export interface Reports {
  open(text: string): Promise<OpenedReport>;
  /** The last analysis as a report's text; empty before the first one. */
  write(options: AnalysisOptions, fragment: string): Promise<Blob>;
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
  return {
    async open(text) {
      const bytes = await inflate(decodeBase64(text)).then(
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
      if (last === null) return new Blob([]);
      const { sources, scans } = last;
      const inputs = sources.map(({ path, size }, i): RecordedInput => {
        const memberName = fileOf.get(sources[i])?.memberName;
        return { path, ...(memberName === undefined ? {} : { memberName }), ...(size === undefined ? {} : { size }), scan: scans[i] };
      });
      return encodeBase64(await deflate(packRecording({ version: VERSION, inputs, rereads, options, fragment })));
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
