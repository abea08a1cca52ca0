import type { LoopParameter } from './compiled-loops.ts';
import { LoopRecord, type Column, type Holder } from './loop-record.ts';
import { LOOPS } from './loops.generated.ts';

type ColumnType = new (buffer: ArrayBuffer, offsetBytes: number, length: number) => Column;
type Loop = (...args: never[]) => unknown;
type CompiledLoop = (...args: number[]) => number;

/** A piece of the memory and the field that names it. */
interface Region {
  readonly holder: Holder;
  readonly key: string;
  readonly type: ColumnType;
  at: number;
  /** Bytes set aside. */
  bytes: number;
  length: number;
}

const PAGE_BYTES = 65_536;
/** Beginnings of columns, which keeps their elements in one cache line. */
const ALIGN_BYTES = 64;
/** Memory to begin with: a batch, a chunk and small tables. */
const FIRST_PAGES = 64;
/** The memory of WebAssembly ends here; browsers may give less. */
const MOST_PAGES = 65_535;

/**
 * The arrays that the loops over frames work on, and those loops: compiled to WebAssembly (which is fast from the first frame
 * on, and compiled once for all threads) where the host has it, else as they stand in their sources.
 *
 * Arrays lie in one WebAssembly memory and are fields of objects ("holders"). When the memory grows all of them are made anew
 * at the same places, so nobody may keep an array across a `resize`. Where the memory cannot grow any more, or never was to
 * be had, the fields are ordinary arrays and the loops ordinary functions: the same sources, the same answers.
 */
export class ScanMemory {
  #memory: WebAssembly.Memory | null = null;
  #exports: Readonly<Record<string, CompiledLoop>> = {};
  /** The memory as words, for the records of objects. */
  #words = new Int32Array(0);
  /** Counts the times that columns came, went or changed their places. */
  #version = 0;
  readonly #records = new Map<number, LoopRecord>();
  /** By holder and field: a capture may have tens of thousands of sources, each with a table. */
  readonly #regions = new Map<object, Map<string, Region>>();
  /** Free pieces before `#top`, by place. */
  readonly #free: { at: number; bytes: number }[] = [];
  #top = 0;
  readonly #movers: (() => void)[] = [];

  /** `compiled` false: ordinary arrays and functions, for what is so small that a memory of its own would not pay. */
  constructor(compiled: boolean) {
    const module = compiled ? compiledModule() : null;
    if (module === null) return;
    try {
      this.#memory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: MOST_PAGES });
      this.#exports = new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports as Record<string, CompiledLoop>;
    } catch {
      // No address space is left, or the host allows no compiled code.
      this.#memory = null;
      return;
    }
    this.#words = new Int32Array(this.#memory.buffer);
    this.#top = align(LOOPS.recordBytes);
  }

  /** The buffer that the columns lie in; null where each has its own. */
  get buffer(): ArrayBuffer | null {
    return this.#memory === null ? null : this.#memory.buffer;
  }

  /** Sets fields of `holder` to columns of zeros: by field, type and length. */
  own(holder: object, columns: Readonly<Record<string, readonly [ColumnType, number]>>): void {
    const regions = new Map<string, Region>();
    this.#regions.set(holder, regions);
    for (const [key, [type, length]] of Object.entries(columns)) {
      const region: Region = { holder: holder as Holder, key, type, at: 0, bytes: 0, length: 0 };
      regions.set(key, region);
      this.#place(region, length);
    }
  }

  /** Gives a column another length. What it held stays as far as it goes, what is new is 0. All other columns may be made anew. */
  resize(holder: object, key: string, length: number): void {
    const region = this.#regions.get(holder)!.get(key)!;
    if (this.#memory !== null && this.#extend(region, length)) return;
    const { at, bytes } = region;
    const held = this.#columnOf(region);
    const used = Math.min(held.byteLength, length * elementBytes(region.type));
    this.#place(region, length);
    if (this.#memory === null) {
      this.#columnOf(region).set(held.length > length ? held.subarray(0, length) : held);
      return;
    }
    new Uint8Array(this.#memory.buffer).copyWithin(region.at, at, at + used);
    this.#release(at, bytes);
  }

  /** Lengthens the last column where it lies. */
  #extend(region: Region, length: number): boolean {
    const bytes = align(length * elementBytes(region.type));
    if (region.at + region.bytes !== this.#top || bytes < region.bytes || !this.#reserve(region.at + bytes)) return false;
    this.#version++;
    this.#top = region.at + bytes;
    region.bytes = bytes;
    region.length = length;
    region.holder[region.key] = new region.type(this.#memory!.buffer, region.at, length);
    return true;
  }

  /** Forgets all columns of the holder, whose fields must not be used any more. */
  release(holder: object): void {
    const regions = this.#regions.get(holder);
    this.#regions.delete(holder);
    if (this.#memory === null || regions === undefined) return;
    for (const { at, bytes } of regions.values()) this.#release(at, bytes);
  }

  /**
   * Has `move` called whenever all columns were made anew. Mostly they lie at the same places of another buffer and the one
   * before is gone; where the memory came to its end they are ordinary arrays, and the one before stays.
   */
  whenMoved(move: () => void): void {
    this.#movers.push(move);
  }

  /** The loops, compiled where all that they are given lies in this memory. */
  compile<Loops extends Record<string, Loop>>(loops: Loops): Loops {
    if (this.#memory === null) return loops;
    return Object.fromEntries(Object.entries(loops).map(([name, loop]) => [name, this.#compiled(name, loop)])) as Loops;
  }

  #compiled(name: string, loop: Loop): Loop {
    const signature = LOOPS.signatures[name];
    const compiled = this.#exports[name];
    if (signature === undefined || compiled === undefined) return loop;
    const { parameters, isUnsigned } = signature;
    const records = parameters.map((parameter) => (typeof parameter === 'string' ? null : this.#recordAt(parameter)));
    const words = new Array<number>(parameters.length).fill(0);
    const call = (...args: readonly unknown[]): unknown => {
      const { buffer } = this;
      if (buffer === null) return loop(...(args as never[]));
      for (let p = 0; p < parameters.length; p++) {
        const record = records[p];
        if (record !== null) {
          if (!record.write(args[p] as Holder, this.#words, this.#version)) return loop(...(args as never[]));
          words[p] = record.at;
        } else if (parameters[p] === 'number') words[p] = args[p] as number;
        else {
          const column = args[p] as Column;
          if (column.buffer !== buffer) return loop(...(args as never[]));
          words[p] = column.byteOffset;
        }
      }
      const result = compiled(...words);
      return isUnsigned ? result >>> 0 : result;
    };
    return call as Loop;
  }

  /** One for each place: whoever calls next must see what was written last. */
  #recordAt(parameter: Exclude<LoopParameter, string>): LoopRecord {
    const known = this.#records.get(parameter.at);
    if (known !== undefined) return known;
    const record = new LoopRecord(parameter);
    this.#records.set(parameter.at, record);
    return record;
  }

  #columnOf({ holder, key }: Region): Column {
    return holder[key] as Column;
  }

  /** Finds room for a column of zeros and sets its field. */
  #place(region: Region, length: number): void {
    this.#version++;
    const { holder, key, type } = region;
    const bytes = align(length * elementBytes(type));
    const free = this.#free.findIndex((piece) => piece.bytes >= bytes);
    let at = this.#top;
    if (this.#memory !== null && free < 0 && !this.#reserve(at + bytes)) this.#leave();
    if (this.#memory === null) {
      region.length = length;
      holder[key] = makeColumn(type, length);
      return;
    }
    if (free >= 0) {
      const piece = this.#free[free];
      at = piece.at;
      piece.at += bytes;
      piece.bytes -= bytes;
      if (piece.bytes === 0) this.#free.splice(free, 1);
    } else this.#top = at + bytes;
    region.at = at;
    region.bytes = bytes;
    region.length = length;
    const column = new type(this.#memory.buffer, at, length);
    if (free >= 0) column.fill(0);
    holder[key] = column;
  }

  #release(at: number, bytes: number): void {
    this.#version++;
    const next = this.#free.findIndex((piece) => piece.at > at);
    this.#free.splice(next < 0 ? this.#free.length : next, 0, { at, bytes });
    for (let f = this.#free.length - 1; f > 0; f--) {
      const before = this.#free[f - 1];
      if (before.at + before.bytes !== this.#free[f].at) continue;
      before.bytes += this.#free[f].bytes;
      this.#free.splice(f, 1);
    }
    const last = this.#free.at(-1);
    if (last === undefined || last.at + last.bytes !== this.#top) return;
    // What lies beyond the last column holds old content: it is cleared when it is used again.
    new Uint8Array(this.#memory!.buffer, last.at, last.bytes).fill(0);
    this.#top = last.at;
    this.#free.pop();
  }

  /** Makes the memory hold `end` bytes; false if it cannot. */
  #reserve(end: number): boolean {
    const memory = this.#memory!;
    const from = memory.buffer;
    if (end <= from.byteLength) return true;
    const needed = Math.ceil((end - from.byteLength) / PAGE_BYTES);
    // Some more at a time: each growth makes all columns anew.
    const wanted = Math.max(needed, Math.min(from.byteLength / PAGE_BYTES / 4, 1024));
    try {
      memory.grow(Math.floor(wanted));
    } catch {
      try {
        memory.grow(needed);
      } catch {
        return false;
      }
    }
    const to = memory.buffer;
    this.#version++;
    this.#words = new Int32Array(to);
    for (const regions of this.#regions.values()) {
      for (const { holder, key, type, at, bytes, length } of regions.values()) if (bytes > 0) holder[key] = new type(to, at, length);
    }
    for (const move of this.#movers) move();
    return true;
  }

  /** Goes on with ordinary arrays. The buffer stays as it is for whoever reads in it still. */
  #leave(): void {
    this.#memory = null;
    for (const regions of this.#regions.values()) {
      for (const { holder, key, type } of regions.values()) {
        const held = holder[key] as Column | undefined;
        if (held === undefined) continue;
        const own = makeColumn(type, held.length);
        own.set(held);
        holder[key] = own;
      }
    }
    for (const move of this.#movers) move();
  }
}

function makeColumn(type: ColumnType, length: number): Column {
  return new type(new ArrayBuffer(length * elementBytes(type)), 0, length);
}

function elementBytes(type: ColumnType): number {
  return (type as unknown as { readonly BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT;
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGN_BYTES) * ALIGN_BYTES;
}

/** Of this thread; null where the host compiles nothing. V8 compiles equal bytes once for all threads. */
let module: WebAssembly.Module | null | undefined;

function compiledModule(): WebAssembly.Module | null {
  if (module !== undefined) return module;
  try {
    const text = atob(LOOPS.base64);
    module = new WebAssembly.Module(Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)));
  } catch {
    module = null;
  }
  return module;
}
