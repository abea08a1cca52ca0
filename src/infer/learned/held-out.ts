/** Rows kept back from learning, on which what was learned is proven. */
import { createRandom, shuffle } from './random.ts';

/** Share of the distinct rows kept back for the proof. */
export const HELD_OUT = 0.25;
/** Rows kept back that must be predicted at least. */
export const LEAST_PROOF = 20;
/** The proof fails if fewer flows than this are right beyond doubt. */
export const LEAST_RIGHT = 0.99;

/** Rows to learn from, and those kept back for the proof. */
export function splitHeldOut(list: Uint32Array, seed: number): { readonly training: Uint32Array; readonly held: Uint32Array } {
  const order = shuffle(Uint32Array.from(list), createRandom(seed));
  const held = Math.floor(order.length * HELD_OUT);
  return { training: order.subarray(held), held: order.subarray(0, held) };
}

/** True where `wrong` of `count` are too many for a rate of `rate` (one-sided, 5 %). */
export function isBelow(count: number, wrong: number, rate: number): boolean {
  let term = (1 - rate) ** count;
  let below = 0;
  for (let k = 0; k < wrong; k++) {
    below += term;
    term *= ((count - k) / (k + 1)) * (rate / (1 - rate));
  }
  return 1 - below < 0.05;
}
