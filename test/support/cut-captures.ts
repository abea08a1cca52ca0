/** Real captures cut, shifted in time and put together: what people do to them by hand. Ethernet pcap files, little-endian. */
import { readFileSync } from 'node:fs';
import type { AnalysisInput } from '../../src/pipeline/analyze-captures.ts';
import { memoryInput } from './memory-input.ts';

export interface CutRecord {
  /** Nanoseconds since 1970. */
  readonly at: bigint;
  readonly originalLength: number;
  readonly data: Uint8Array;
}

const NANO_MAGIC = 0xa1b23c4d;
const HEADER_BYTES = 24;
const RECORD_BYTES = 16;

export function readRecords(path: string): CutRecord[] {
  const bytes = readFileSync(path);
  const unit = bytes.readUInt32LE(0) === NANO_MAGIC ? 1n : 1000n;
  const records: CutRecord[] = [];
  for (let at = HEADER_BYTES; at + RECORD_BYTES <= bytes.length;) {
    const length = bytes.readUInt32LE(at + 8);
    records.push({
      at: BigInt(bytes.readUInt32LE(at)) * 1_000_000_000n + BigInt(bytes.readUInt32LE(at + 4)) * unit,
      originalLength: bytes.readUInt32LE(at + 12),
      data: bytes.subarray(at + RECORD_BYTES, at + RECORD_BYTES + length),
    });
    at += RECORD_BYTES + length;
  }
  return records;
}

export function recordsInput(name: string, records: readonly CutRecord[]): AnalysisInput {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(NANO_MAGIC, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  const parts: Uint8Array[] = [header];
  for (const { at, originalLength, data } of records) {
    const head = Buffer.alloc(RECORD_BYTES);
    head.writeUInt32LE(Number(at / 1_000_000_000n), 0);
    head.writeUInt32LE(Number(at % 1_000_000_000n), 4);
    head.writeUInt32LE(data.length, 8);
    head.writeUInt32LE(originalLength, 12);
    parts.push(head, data);
  }
  return memoryInput(`${name}.pcap`, Buffer.concat(parts));
}

/** Several captures as one file, in order of time. */
export function mergeRecords(captures: readonly (readonly CutRecord[])[]): CutRecord[] {
  return captures.flat().sort((x, y) => (x.at < y.at ? -1 : x.at > y.at ? 1 : 0));
}

/** Part of the time that all captures together last, from 0 to 1. */
export function momentOf(captures: readonly (readonly CutRecord[])[], part: number): bigint {
  const times = captures.flat().map(({ at }) => at);
  const first = times.reduce((x, y) => (x < y ? x : y));
  const last = times.reduce((x, y) => (x > y ? x : y));
  return first + BigInt(Math.round(Number(last - first) * part));
}
