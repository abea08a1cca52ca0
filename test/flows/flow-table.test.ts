import { describe, expect, it } from 'vitest';
import { createPacketBatch } from '../../src/decoder/create-packet-batch.ts';
import type { PacketBatch } from '../../src/decoder/packet-batch.ts';
import {
  FlowTable,
  rowBytes,
  rowFlags,
  STAT_FIRST_FRAME,
  STAT_FIRST_NANOS,
  STAT_FIRST_SECONDS,
  STAT_LAST_NANOS,
  STAT_LAST_SECONDS,
  STAT_WORDS,
} from '../../src/flows/flow-table.ts';
import type { FlowTableColumns } from '../../src/flows/flow-table.ts';
import { ScanMemory } from '../../src/wasm/scan-memory.ts';
import { WINDOW_WIDTHS_MS } from '../../src/flows/slice-log.ts';
import { randomSource } from '../../src/plan/balance.ts';
import { plainTable } from '../support/part-files.ts';

interface Frame {
  readonly flow: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly bytes: number;
  readonly flags: number;
}

const SEED = 0x5eed;

/** Keys of 4 to 19 words whose words differ in one place only. */
function writeKey(keys: Uint32Array, at: number, flow: number): number {
  const words = 4 + (flow % 16);
  keys.fill(0x01020304, at, at + words);
  keys[at] = words;
  keys[at + 1 + (flow % (words - 1))] = flow;
  return at + words;
}

function fill(batch: PacketBatch, frames: readonly Frame[], firstFrame: number): void {
  batch.length = frames.length;
  batch.firstFrame = firstFrame;
  let at = 0;
  frames.forEach((frame, i) => {
    batch.seconds[i] = frame.seconds;
    batch.nanos[i] = frame.nanos;
    batch.frameBytes[i] = frame.bytes;
    batch.flags[i] = frame.flags;
    batch.keyStart[i] = at;
    at = writeKey(batch.keys, at, frame.flow);
  });
}

function count(frames: readonly Frame[], perBatch = 1000): FlowTableColumns {
  const table = new FlowTable(SEED);
  const batch = createPacketBatch();
  for (let from = 0; from < frames.length; from += perBatch) {
    const part = frames.slice(from, from + perBatch);
    fill(batch, part, from + 1);
    table.addRows(batch, 'allRows', part.length);
  }
  return table.take();
}

/** The same account, kept the plain way. */
function countPlainly(
  frames: readonly Frame[],
): Map<number, { packets: number; bytes: number; flags: number; first: number; last: number; frame: number }> {
  const flows = new Map<number, { packets: number; bytes: number; flags: number; first: number; last: number; frame: number }>();
  frames.forEach(({ flow, seconds, nanos, bytes, flags }, i) => {
    const time = seconds + nanos / 1e9;
    const sum = flows.get(flow) ?? { packets: 0, bytes: 0, flags: 0, first: time, last: time, frame: i + 1 };
    flows.set(flow, {
      packets: sum.packets + 1,
      bytes: sum.bytes + bytes,
      flags: sum.flags | flags,
      first: Math.min(sum.first, time),
      last: Math.max(sum.last, time),
      frame: sum.frame,
    });
  });
  return flows;
}

function expectSameAccount(columns: FlowTableColumns, frames: readonly Frame[]): void {
  const { rows, starts } = columns;
  const plain = [...countPlainly(frames).values()];
  expect(columns.flows).toBe(plain.length);
  const sums = plain.map(() => ({ packets: 0, bytes: 0 }));
  const { slices } = columns;
  for (let s = 0; s < slices.count; s++) {
    sums[slices.flow[s]].packets += slices.packets[s];
    sums[slices.flow[s]].bytes += slices.bytes[s];
  }
  plain.forEach((flow, n) => {
    const row = starts[n];
    const time = (seconds: number, nanos: number): number => rows[row + seconds] + rows[row + nanos] / 1e9;
    expect({
      packets: rows[row],
      bytes: rowBytes(rows, row),
      flags: rowFlags(rows, row),
      first: time(STAT_FIRST_SECONDS, STAT_FIRST_NANOS),
      last: time(STAT_LAST_SECONDS, STAT_LAST_NANOS),
      frame: rows[row + STAT_FIRST_FRAME],
    }).toEqual(flow);
    expect(sums[n]).toEqual({ packets: flow.packets, bytes: flow.bytes });
  });
}

function randomFrames(length: number, flows: number, stepNanos: number): Frame[] {
  const random = randomSource(length ^ flows);
  let time = 0;
  return Array.from({ length }, () => {
    time += random() * stepNanos;
    // Now and then a frame is late.
    const at = random() < 0.05 ? Math.max(time - 5e8, 0) : time;
    return {
      flow: Math.floor(random() * random() * flows),
      seconds: 1_700_000_000 + Math.floor(at / 1e9),
      nanos: Math.floor(at % 1e9),
      bytes: 60 + Math.floor(random() * 1454),
      flags: random() < 0.1 ? 1 << Math.floor(random() * 6) : 0,
    };
  });
}

describe('flow table', () => {
  it('counts packets, bytes, flags and times as the plain way does, in rows and in slices', () => {
    const frames = randomFrames(20_000, 3_000, 1e6);
    expectSameAccount(count(frames), frames);
  });

  it('keeps every word of a key', () => {
    const frames = randomFrames(500, 100, 1e6);
    const columns = count(frames);
    const key = new Uint32Array(32);
    [...countPlainly(frames).keys()].forEach((flow, n) => {
      const words = writeKey(key, 0, flow);
      const start = columns.starts[n] + STAT_WORDS;
      expect(columns.rows.subarray(start, start + words)).toEqual(key.subarray(0, words));
    });
  });

  it('depends on nothing but the frames: batches of one, of seven and of a thousand rows give the same', () => {
    const frames = randomFrames(3_000, 200, 3e6);
    const whole = count(frames);
    for (const perBatch of [1, 7, 129]) {
      const parts = count(frames, perBatch);
      expect(parts.rows.subarray(0, parts.rowWords)).toEqual(whole.rows.subarray(0, whole.rowWords));
      expect(parts.slices.count).toBe(whole.slices.count);
      expect(parts.slices.window.subarray(0, parts.slices.count)).toEqual(whole.slices.window.subarray(0, whole.slices.count));
    }
  });

  it('counts bytes beyond 32 bits, even within one window', () => {
    const lengths = [0xffffffff, 0x80000000, 0x7fffffff, 1, 0, 0xfffffffe];
    const frames = Array.from({ length: 60 }, (_, i) => ({
      flow: i % 2,
      seconds: 1_700_000_000,
      nanos: i,
      bytes: lengths[i % lengths.length],
      flags: 0,
    }));
    expectSameAccount(count(frames), frames);
  });

  it('puts each frame into the window of its time', () => {
    const frames = randomFrames(5_000, 1, 7e5);
    const { slices } = count(frames);
    const windows = new Map<number, number>();
    for (const { seconds, nanos } of frames) {
      const window = Math.floor(((seconds - slices.originSeconds) * 1000 + Math.floor(nanos / 1e6)) / slices.widthMs);
      windows.set(window, (windows.get(window) ?? 0) + 1);
    }
    const seen = new Map<number, number>();
    for (let s = 0; s < slices.count; s++) seen.set(slices.window[s], (seen.get(slices.window[s]) ?? 0) + slices.packets[s]);
    expect(seen).toEqual(windows);
  });

  it('widens the windows of a long capture, one to the next, without losing a frame', () => {
    // Every frame in a window of its own: more than the log keeps.
    const table = new FlowTable(SEED);
    const batch = createPacketBatch();
    const batches = 1_200;
    for (let b = 0; b < batches; b++) {
      const frames = batch.allRows.length;
      batch.length = frames;
      for (let i = 0; i < frames; i++) {
        const ms = b * frames + i;
        batch.seconds[i] = 1_700_000_000 + Math.floor(ms / 1000);
        batch.nanos[i] = (ms % 1000) * 1e6;
        batch.frameBytes[i] = 100;
        batch.flags[i] = 0;
        batch.keyStart[i] = i * 20;
        writeKey(batch.keys, i * 20, i & 3);
      }
      table.addRows(batch, 'allRows', frames);
    }
    const { slices, rows, starts } = table.take();
    expect(WINDOW_WIDTHS_MS).toContain(slices.widthMs);
    expect(slices.widthMs).toBeGreaterThan(1);
    expect(slices.widthMs).toBeLessThanOrEqual(1000);
    let packets = 0;
    for (let s = 0; s < slices.count; s++) packets += slices.packets[s];
    expect(packets).toBe(batches * 1024);
    for (let n = 0; n < 4; n++) expect(rows[starts[n]]).toBe(batches * 256);
  });

  it('counts in parts that are joined as in one, however wide the windows of each became', () => {
    const random = randomSource(3);
    // Frames in bursts: the first and the last part widen their windows, the middle one does not.
    const frames = 60_000;
    const mostChanges = 10_000;
    const time = new Float64Array(frames);
    for (let i = 1; i < frames; i++) time[i] = time[i - 1] + (i < 25_000 || i > 27_000 ? random() * 3 : random() * 900);
    const fillRows = (batch: PacketBatch, from: number, to: number, firstFrame: number): void => {
      batch.length = to - from;
      batch.firstFrame = firstFrame;
      for (let i = from; i < to; i++) {
        batch.seconds[i - from] = 1_700_000_000 + Math.floor(time[i] / 1000);
        batch.nanos[i - from] = Math.floor(time[i] % 1000) * 1e6;
        batch.frameBytes[i - from] = i % 1500;
        batch.flags[i - from] = i % 1000 === 0 ? 2 : 0;
        batch.keyStart[i - from] = (i - from) * 20;
        writeKey(batch.keys, (i - from) * 20, (i * i) % (40 + (i >> 8)));
      }
    };
    const batch = createPacketBatch();
    const countInto = (table: FlowTable, from: number, to: number, before: number): FlowTable => {
      for (let i = from; i < to; i += 1000) {
        fillRows(batch, i, Math.min(i + 1000, to), i + 1 - before);
        table.addRows(batch, 'allRows', batch.length);
      }
      return table;
    };
    const whole = plainTable(countInto(new FlowTable(SEED, new ScanMemory(false), mostChanges), 0, frames, 0).take());
    for (const cuts of [[30_000], [12_345, 26_000, 58_001]]) {
      const ends = [...cuts, frames];
      const table = countInto(new FlowTable(SEED, new ScanMemory(false), mostChanges), 0, cuts[0], 0);
      cuts.forEach((cut, c) => {
        const part = countInto(new FlowTable(SEED, new ScanMemory(false), mostChanges), cut, ends[c + 1], cut).takePart();
        expect(table.canAbsorb(part)).toBe(true);
        table.absorb(part, cut);
      });
      expect(plainTable(table.take())).toEqual(whole);
    }
  });
});
