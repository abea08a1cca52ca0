/**
 * All that an analysis takes from its captures, without their frames: what `report` keeps in its file. From it the same
 * analysis is made again, with every question the page can ask of it. It grows with the flows, not with the packets.
 */
import type { Issue } from '../base/issue.ts';
import { packValues, unpackValues } from '../base/pack-values.ts';
import { VERSION } from '../base/version.ts';
import type { AnalysisOptions } from './analysis-options.ts';
import type { AnalysisHost, AnalysisInput } from './analyze-captures.ts';
import type { ByteSource } from './byte-source.ts';
import type { InputScan } from './scan-capture.ts';
import type { InputScanner } from './scanner.ts';

/** What was read of one input. */
export interface RecordedInput {
  readonly path: string;
  readonly memberName?: string;
  /** Bytes of the file, or undefined for a stream. */
  readonly size?: number;
  readonly scan: InputScan;
}

export interface Recording {
  /** Of the tool that wrote it: no other reads it. */
  readonly version: string;
  readonly inputs: readonly RecordedInput[];
  /** What a second reading of captures found, by what was looked for. */
  readonly rereads: ReadonlyMap<string, unknown>;
  /** As the analysis was asked for; what of it the inputs were cut by already holds for them. */
  readonly options: AnalysisOptions;
  /** The page's own address, after `#`: view, filter. */
  readonly fragment: string;
}

/** Records an analysis while it is made: give `host` to it. */
export function createRecorder(
  inputs: readonly AnalysisInput[],
  host: AnalysisHost & { readonly scanner: InputScanner },
): { readonly host: AnalysisHost; take(options: AnalysisOptions, fragment: string): Recording } {
  let scans: readonly InputScan[] = [];
  const rereads = new Map<string, unknown>();
  return {
    host: {
      ...host,
      scanner: {
        async scan(sources, options, observe) {
          const found = await host.scanner.scan(sources, options, observe);
          scans = found;
          return found;
        },
      },
      async reread(key, read) {
        const found = await read();
        rereads.set(key, found);
        return found;
      },
    },
    take(options, fragment) {
      let next = 0;
      return {
        version: VERSION,
        inputs: inputs.map(({ path, memberName, source, failure }): RecordedInput => {
          const named = { path, ...(memberName === undefined ? {} : { memberName }) };
          if (source === undefined) return { ...named, scan: { kind: 'failed', issue: failure ?? UNREADABLE } };
          return { ...named, ...(source.size === undefined ? {} : { size: source.size }), scan: scans[next++] };
        }),
        rereads,
        options,
        fragment,
      };
    },
  };
}

const UNREADABLE: Issue = { code: 'unreadable', offset: null, reason: 'cannot be read', partial: false };

export function packRecording(recording: Recording): Uint8Array[] {
  return packValues(recording);
}

/** A recording of the same version; the reason where it is none. Every call gives tables of its own: an analysis writes into them. */
export function unpackRecording(
  bytes: Uint8Array,
): { readonly ok: true; readonly recording: Recording } | { readonly ok: false; readonly reason: string } {
  try {
    const recording = unpackValues(bytes) as Recording;
    if (recording.version === VERSION) return { ok: true, recording };
    return { ok: false, reason: `the report was written by version ${recording.version}, this page is ${VERSION}` };
  } catch (error) {
    return { ok: false, reason: `the report is damaged: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Makes analyses from what was recorded. */
export interface Replay {
  /** Stands for the i-th recorded input; it has no bytes. */
  source(i: number): ByteSource;
  /** Answers for recorded inputs, leaves others to `scanner`. */
  scanner(scanner: InputScanner): InputScanner;
  readonly reread: NonNullable<AnalysisHost['reread']>;
}

export function createReplay(bytes: Uint8Array): Replay {
  const placeOf = new WeakMap<ByteSource, number>();
  let kept: Recording | null = null;
  const fresh = (): Recording => {
    const unpacked = unpackRecording(bytes);
    if (!unpacked.ok) throw new Error(unpacked.reason);
    return unpacked.recording;
  };
  return {
    source(i) {
      const { path, size } = (kept ??= fresh()).inputs[i];
      const source: ByteSource = { path, size, rereadable: false, chunks: nothing };
      placeOf.set(source, i);
      return source;
    },
    scanner: (scanner) => ({
      async scan(sources, options, observe) {
        const { inputs } = (kept = fresh());
        const others = sources.filter((source) => !placeOf.has(source));
        const scanned = others.length === 0 ? [] : await scanner.scan(others, options, observe);
        return sources.map((source) => {
          const place = placeOf.get(source);
          return place === undefined ? scanned[others.indexOf(source)] : inputs[place].scan;
        });
      },
    }),
    reread: <T>(key: string, read: () => Promise<T>) => {
      const rereads = kept?.rereads;
      return rereads?.has(key) === true ? Promise.resolve(rereads.get(key) as T) : read();
    },
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
