/** Reports as the analysis worker opens them: what `lacpviz report` recorded, from its text in the page. */
import type { AnalysisOptions } from '../../pipeline/analysis-options.ts';
import type { ByteSource } from '../../pipeline/byte-source.ts';
import { createReplay, unpackRecording, type RecordedInput, type Replay } from '../../pipeline/recording.ts';
import type { ServiceFile } from '../../pipeline/service.ts';
import { decodeBase64, inflate } from '../packed-text.ts';
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

export interface OpenReports {
  open(text: string): Promise<OpenedReport>;
  readonly replay: Replay | null;
  /** The source of a recorded input; null for files that have bytes. */
  source(file: ServiceFile): ByteSource | null;
}

export function createOpenReports(): OpenReports {
  let replay: Replay | null = null;
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
    get replay() {
      return replay;
    },
    source({ content }) {
      const recorded = typeof content === 'object' && content !== null && 'recorded' in content ? (content as RecordedFile).recorded : -1;
      return recorded < 0 || replay === null ? null : replay.source(recorded);
    },
  };
}
