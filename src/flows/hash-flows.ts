import { createHashInput } from '../hash/hash-input.ts';
import type { HashInput } from '../hash/hash-input.ts';
import type { HashContext, HashDepth, HashPolicy } from '../hash/policy.ts';
import { fillHashInput } from './hash-input-from-keys.ts';
import type { MergedFlows } from './merge.ts';

/** Rows hashed at a time: the columns of a chunk stay in the cache. */
export const CHUNK_ROWS = 2048;

/** A policy and what it needs to be computed. */
export interface HashRequest {
  readonly policy: HashPolicy;
  readonly context: HashContext;
}

export interface FlowHashes {
  readonly hash: Uint32Array<ArrayBuffer>;
  /** Index into UNPREDICTED_REASONS; 0: the hash decides. */
  readonly reason: Uint8Array<ArrayBuffer>;
}

/** Receives what one request makes of some flows: row n of `out` belongs to `list[places[n]]`; valid during the call only. */
export type HashVisitor = (request: number, places: Uint32Array, count: number, out: FlowHashes) => void;

/**
 * Hashes the flows of `list` under several policies at once: the columns are filled once per chunk. Result i of a
 * request belongs to `list[i]`. `tagInFrame`: the outermost tag is in the frame as the sender's hash sees it.
 */
export function hashFlows(flows: MergedFlows, list: Uint32Array, requests: readonly HashRequest[], tagInFrame: boolean): FlowHashes[] {
  const results = requests.map(() => ({ hash: new Uint32Array(list.length), reason: new Uint8Array(list.length) }));
  visitHashes(flows, list, requests, tagInFrame, (r, places, count, out) => {
    const { hash, reason } = results[r];
    for (let n = 0; n < count; n++) {
      hash[places[n]] = out.hash[n];
      reason[places[n]] = out.reason[n];
    }
  });
  return results;
}

/** The same without keeping anything: every chunk's hashes are seen while they are in the cache. */
export function visitHashes(
  flows: MergedFlows,
  list: Uint32Array,
  requests: readonly HashRequest[],
  tagInFrame: boolean,
  visit: HashVisitor,
): void {
  // Many lists are a few flows of a tunnel or an epoch.
  const chunkRows = Math.min(CHUNK_ROWS, list.length);
  const input: HashInput = createHashInput(chunkRows);
  const out = { hash: new Uint32Array(chunkRows), reason: new Uint8Array(chunkRows) };
  const options = { tagInFrame, depth: deepest(requests) };
  const starts = new Uint32Array(chunkRows);
  const places = new Uint32Array(chunkRows);
  for (let t = 0; t < flows.tables.length; t++) {
    const { rows } = flows.tables[t].columns;
    let filled = 0;
    const flush = (): void => {
      if (filled === 0) return;
      fillHashInput(input, rows, starts, 0, filled, options);
      for (let r = 0; r < requests.length; r++) {
        requests[r].policy.hash(input, requests[r].context, out);
        visit(r, places, filled, out);
      }
      filled = 0;
    };
    for (let i = 0; i < list.length; i++) {
      const flow = list[i];
      if (flows.keyTable[flow] !== t) continue;
      starts[filled] = flows.keyStart[flow];
      places[filled++] = i;
      if (filled === chunkRows) flush();
    }
    flush();
  }
}

/** How far the formula looks that looks farthest; undefined: as far as there is. */
function deepest(requests: readonly HashRequest[]): HashDepth | undefined {
  if (requests.some(({ policy }) => policy.depth === undefined)) return undefined;
  return requests.every(({ policy }) => policy.depth === 'ethernet') ? 'ethernet' : 'outer';
}
