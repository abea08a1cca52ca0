import type { LoopField, LoopParameter } from './compiled-loops.ts';
import { LOOPS } from './loops.generated.ts';

export type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;
/** An object whose fields are columns. */
export type Holder = Record<string, unknown>;

/** What stands for an object given to a loop: for each of its fields the address and the length, or the number. */
export class LoopRecord {
  readonly at: number;
  readonly #arrays: readonly LoopField[];
  readonly #others: readonly LoopField[];
  #object: Holder | null = null;
  #version = -1;

  constructor({ struct, at }: Exclude<LoopParameter, string>) {
    const fields = LOOPS.structs[struct];
    this.at = at;
    this.#arrays = fields.filter(({ kind }) => kind === 'array');
    this.#others = fields.filter(({ kind }) => kind !== 'array');
  }

  /** False if not all of the object lies in the memory of `words`. Columns stay where they are while `version` is the same. */
  write(object: Holder, words: Int32Array, version: number): boolean {
    const { buffer } = words;
    const first = this.at >> 2;
    if (object !== this.#object || version !== this.#version) {
      this.#object = null;
      for (const { name, place } of this.#arrays) {
        const column = object[name] as Column;
        if (column.buffer !== buffer) return false;
        words[first + 2 * place] = column.byteOffset;
        words[first + 2 * place + 1] = column.length;
      }
      this.#object = object;
      this.#version = version;
    }
    for (const { name, place, kind } of this.#others) {
      const word = first + 2 * place;
      if (kind === 'number') words[word] = object[name] as number;
      else {
        const view = object[name] as DataView;
        if (view.buffer !== buffer) return false;
        words[word] = view.byteOffset;
        words[word + 1] = view.byteLength;
      }
    }
    return true;
  }
}
