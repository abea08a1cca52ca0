/** Captures that are cut into parts, and their scans in one form, whichever way they were read. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { PartPool } from '../../src/pipeline/part-pool.ts';
import type { ByteRange, ByteSource } from '../../src/pipeline/byte-source.ts';
import { readPreamble } from '../../src/decoder/part-start.ts';
import type { FlowTableColumns } from '../../src/flows/flow-table.ts';
import type { PartPlan } from '../../src/pipeline/part-plan.ts';
import { scanInput, type InputScan, type ScanOptions } from '../../src/pipeline/scan-capture.ts';
import { scanPart } from '../../src/pipeline/scan-part.ts';
import {
  buildEnhancedPacket,
  buildInterface,
  buildMixedPcapng,
  buildPcap,
  buildSection,
  buildSll2,
  buildStatistics,
  concatBytes,
  type BuiltRecord,
} from './capture-builder.ts';

export interface PartFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where records begin. */
  readonly starts: readonly number[];
}

/** Records of the bundled samples, which are pcap files in microseconds. */
function sampleRecords(perFile: number): BuiltRecord[] {
  return readdirSync('samples', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.pcap'))
    .sort()
    .flatMap((name) => readRecords(readFileSync(`samples/${name}`), perFile));
}

function readRecords(file: Uint8Array, most: number): BuiltRecord[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const records: BuiltRecord[] = [];
  for (let at = 24; at + 16 <= file.length && records.length < most;) {
    const captured = view.getUint32(at + 8, true);
    const data = file.slice(at + 16, at + 16 + captured);
    records.push({
      seconds: view.getUint32(at, true),
      fraction: view.getUint32(at + 4, true),
      data,
      original: view.getUint32(at + 12, true),
    });
    at += 16 + captured;
  }
  return records;
}

/** One file of each kind that parts are made of, and some that cannot be cut. */
export function buildPartFiles(): PartFile[] {
  const records = sampleRecords(90);
  const cooked = records.map((record, i): BuiltRecord => {
    const data = i === 96 ? record.data.slice(0, 6) : buildSll2(1 + ((i >> 4) % 5), record.data.slice(14));
    return { ...record, data, original: data.length };
  });
  const blocks = records.map(({ seconds, fraction, data }, i) =>
    concatBytes(
      buildEnhancedPacket({ interface: i % 2, time: BigInt(seconds) * 1_000_000n + BigInt(fraction), data, original: data.length }),
      ...(i % 200 === 150 ? [buildStatistics(i % 2, i, i >> 2)] : []),
    ),
  );
  const pcapng = concatBytes(buildSection(), buildInterface(1, 65535), buildInterface(1, 0), ...blocks, buildStatistics(1, 900, 7));
  const mixed = buildMixedPcapng(150);
  const pcaps = [
    buildPcap(records),
    buildPcap(records, { little: false, nanos: true }),
    buildPcap(cooked, { linkType: 276 }),
    buildPcap(
      records.map((record, i) => ({ ...record, seconds: record.seconds + (i > 300 ? 700_000 : 0) })),
      { snapLength: 0 },
    ),
  ];
  return [
    ...pcaps.map((bytes, i) => ({ bytes, starts: findStarts(bytes, 24, i !== 1) })),
    ...[pcapng, mixed].map((bytes) => ({ bytes, starts: findBlocks(bytes) })),
  ];
}

function findStarts(bytes: Uint8Array, from: number, little: boolean): number[] {
  const view = new DataView(bytes.buffer);
  const starts: number[] = [];
  for (let at = from; at < bytes.length; at += 16 + view.getUint32(at + 8, little)) starts.push(at);
  return starts;
}

function findBlocks(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer);
  const starts: number[] = [];
  let little = true;
  for (let at = 0; at < bytes.length; at += view.getUint32(at + 4, little)) {
    if (view.getUint32(at) === 0x0a0d0d0a) little = view.getUint32(at + 8, true) === 0x1a2b3c4d;
    starts.push(at);
  }
  return starts;
}

/** A source of bytes that can be read from the middle, in chunks of the size given. */
export function byteSourceOf(bytes: Uint8Array, chunkBytes: number): ByteSource {
  const range = (from: number, to = bytes.length): ByteRange => {
    const chunksSync = function* (): Generator<Uint8Array> {
      const end = Math.min(to, bytes.length);
      for (let at = from; at < end; at += chunkBytes) yield bytes.subarray(at, Math.min(at + chunkBytes, end));
    };
    return { chunksSync, chunks: () => asynchronous(chunksSync()) };
  };
  return { path: 'parts', size: bytes.length, rereadable: true, ...range(0), range };
}

async function* asynchronous(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** A plan with parts that begin wherever the test wants. */
export function planAt(bytes: Uint8Array, starts: readonly number[]): PartPlan | null {
  const preamble = readPreamble(bytes.subarray(0, 1 << 16));
  const later = [...new Set(starts)].filter((start) => start > (preamble?.bytes ?? 0) && start < bytes.length).sort((x, y) => x - y);
  if (preamble === null || later.length === 0) return null;
  return { format: preamble.format, preambleBytes: preamble.bytes, starts: [0, ...later], mostFlows: 1 << 18 };
}

/** Scans a source in the parts of a plan, all by themselves before the first is read. `joined` gets the number of parts that were joined. */
export async function scanByParts(source: ByteSource, plan: PartPlan, options: ScanOptions, joined = { parts: 0 }): Promise<InputScan> {
  const pool = new PartPool();
  const supply = pool.offer(0, plan);
  await pool.serve((_input, ofPlan, part, observe) => scanPart(source, ofPlan, part, options, observe));
  const scan = await scanInput(source, options, undefined, {
    ...supply,
    take: async (index) => {
      const scanned = await supply.take(index);
      if (scanned !== null) joined.parts++;
      return scanned;
    },
  });
  return scan;
}

/** A scan as a text that is quickly compared: columns, without their unused ends, by their digests. */
export function plainScan(scan: InputScan): string {
  const plain =
    scan.kind === 'capture' ? { ...scan, sources: scan.sources.map((source) => ({ ...source, table: plainTable(source.table) })) } : scan;
  return JSON.stringify(plain, (_key, value: unknown) => (ArrayBuffer.isView(value) ? digest(value) : value));
}

export function plainTable({ rows, rowWords, starts, flows, slices }: FlowTableColumns): unknown {
  const used = ({ flow, window, packets, bytes }: typeof slices): string[] =>
    [flow, window, packets, bytes].map((column) => digest(column.subarray(0, slices.count)));
  const { count, originSeconds, widthMs } = slices;
  return {
    flows,
    rows: digest(rows.subarray(0, rowWords)),
    starts: digest(starts.subarray(0, flows)),
    slices: { count, originSeconds, widthMs, columns: used(slices) },
  };
}

function digest({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return createHash('sha1')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
}
