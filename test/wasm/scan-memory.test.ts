import { afterEach, describe, expect, it, vi } from 'vitest';
import { ScanMemory } from '../../src/wasm/scan-memory.ts';

interface Columns {
  words: Uint32Array;
  bytes: Uint8Array;
}

function columnsIn(memory: ScanMemory): Columns {
  const holder = {};
  memory.own(holder, { words: [Uint32Array, 100], bytes: [Uint8Array, 10] });
  return holder as Columns;
}

afterEach(() => vi.restoreAllMocks());

describe.each([true, false])('columns, compiled loops: %s', (compiled) => {
  it('keep what they hold when they grow, and begin with zeros', () => {
    const memory = new ScanMemory(compiled);
    const columns = columnsIn(memory);
    const others = columnsIn(memory);
    columns.words.fill(7);
    columns.bytes.fill(9);
    others.words.fill(5);
    for (let length = 200; length < 3_000_000; length *= 3) {
      memory.resize(columns, 'words', length);
      expect(columns.words.length).toBe(length);
      expect(columns.words.subarray(0, 100).every((word) => word === 7)).toBe(true);
      expect(columns.words.subarray(100).every((word) => word === 0)).toBe(true);
    }
    expect(columns.bytes.every((byte) => byte === 9)).toBe(true);
    expect(others.words.every((word) => word === 5)).toBe(true);
    memory.resize(columns, 'words', 50);
    expect([...new Set(columns.words)]).toEqual([7]);
  });

  it('use what was given back', () => {
    const memory = new ScanMemory(compiled);
    for (let round = 0; round < 50; round++) {
      const holder = {};
      memory.own(holder, { words: [Uint32Array, 500_000] });
      const { words } = holder as Columns;
      expect(words.every((word) => word === 0)).toBe(true);
      words.fill(round);
      memory.release(holder);
    }
    expect(memory.buffer === null ? 0 : memory.buffer.byteLength).toBeLessThan(8 << 20);
  });
});

describe('a memory of compiled loops', () => {
  it('tells when all columns were made anew', () => {
    const memory = new ScanMemory(true);
    const columns = columnsIn(memory);
    let moves = 0;
    memory.whenMoved(() => moves++);
    const before = columns.words;
    memory.resize(columns, 'words', 4_000_000);
    expect(moves).toBe(1);
    expect(before.length).toBe(0);
    expect(columns.bytes.buffer).toBe(memory.buffer);
  });

  it('goes on with ordinary arrays where it cannot grow', () => {
    const memory = new ScanMemory(true);
    const columns = columnsIn(memory);
    columns.words.fill(3);
    columns.bytes.fill(4);
    vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => {
      throw new RangeError('no more');
    });
    memory.resize(columns, 'words', 5_000_000);
    expect(memory.buffer).toBeNull();
    expect(columns.words.length).toBe(5_000_000);
    expect([...new Set(columns.words.subarray(0, 100)), ...new Set(columns.bytes), columns.words[100]]).toEqual([3, 4, 0]);
    memory.resize(columns, 'bytes', 20);
    expect([...columns.bytes]).toEqual([...Array<number>(10).fill(4), ...Array<number>(10).fill(0)]);
  });
});
