import { HEAD_LENGTH_MASK, MAX_KEY_WORDS } from '../../decoder/flow-key.ts';
import { fillHashInput } from '../../flows/hash-input-from-keys.ts';
import { createHashInput } from '../../hash/hash-input.ts';
import type { HashContext, HashPolicy } from '../../hash/policy.ts';

const CHUNK_ROWS = 256;

/** A rule by which a side sends. Two hashes of the same `placeOf` are on the same member at all times of the capture. */
export interface PlacingRule {
  readonly policy: HashPolicy;
  readonly context: HashContext;
  placeOf(hash: number): number;
}

/** A flow that a rule places: its key in the original table, and the same row of the table that is to be shared. */
export interface PlacedFlow {
  readonly rule: PlacingRule;
  readonly rows: Uint32Array;
  readonly out: Uint32Array;
  readonly start: number;
}

export type RowSource = 'original' | 'shared';

/** Hashes rows of flows, some at a time, in buffers of its own. */
export class RowHasher {
  readonly #input = createHashInput(CHUNK_ROWS);
  readonly #copies = new Uint32Array(CHUNK_ROWS * (MAX_KEY_WORDS + 1));
  readonly #starts = new Uint32Array(CHUNK_ROWS);
  readonly #places = new Uint32Array(CHUNK_ROWS);
  readonly #out = { hash: new Uint32Array(CHUNK_ROWS), reason: new Uint8Array(CHUNK_ROWS) };

  /** Hashes of flows, each by its own rule; `change` may alter the copy of each row first. */
  hash(flows: readonly PlacedFlow[], source: RowSource, change?: (copy: Uint32Array, start: number) => void): Uint32Array {
    const hashes = new Uint32Array(flows.length);
    for (const rule of new Set(flows.map((flow) => flow.rule))) {
      let filled = 0;
      let at = 0;
      for (const [i, flow] of flows.entries()) {
        if (flow.rule !== rule) continue;
        const rows = source === 'original' ? flow.rows : flow.out;
        const words = rows[flow.start] & HEAD_LENGTH_MASK;
        for (let w = 0; w < words; w++) this.#copies[at + w] = rows[flow.start + w];
        change?.(this.#copies, at);
        this.#starts[filled] = at;
        this.#places[filled++] = i;
        at += words;
        if (filled < CHUNK_ROWS) continue;
        this.#flush(rule, filled, hashes);
        filled = at = 0;
      }
      if (filled > 0) this.#flush(rule, filled, hashes);
    }
    return hashes;
  }

  /** 1 for each flow that its shared row places where the original one does. */
  findKept(flows: readonly PlacedFlow[], original: Uint32Array): Uint8Array {
    const shared = this.hash(flows, 'shared');
    return Uint8Array.from(flows, ({ rule }, i) => (rule.placeOf(shared[i]) === rule.placeOf(original[i]) ? 1 : 0));
  }

  #flush({ policy, context }: PlacingRule, filled: number, hashes: Uint32Array): void {
    fillHashInput(this.#input, this.#copies, this.#starts, 0, filled, { tagInFrame: false });
    policy.hash(this.#input, context, this.#out);
    for (let n = 0; n < filled; n++) hashes[this.#places[n]] = this.#out.hash[n];
  }
}
