/** Room left of the marks of charts over time: the same in all of a view, so that their axes lie below each other. */
import { computed } from '@preact/signals';
import { lag } from '../store/analysis-store.ts';

/** Figures of an axis fit in it. */
const LEAST = 74;
const MOST = 180;
/** Widest of a label's letters, and what stands beside them: swatch, side, gap. */
const LETTER = 7;
const BESIDE = 34;

const wished = computed(() => {
  const longest = Math.max(0, ...(lag.value?.members ?? []).map(({ name }) => name.length));
  return Math.max(LEAST, Math.min(MOST, longest * LETTER + BESIDE));
});

/** In pixels, for a chart so wide: room for the members' names, but no more than a quarter of it. */
export function plotLeft(width: number): number {
  return Math.max(LEAST, Math.min(wished.value, Math.round(width / 4)));
}

/** Letters of a label that fit beside the marks. */
export function plotLetters(left: number): number {
  return Math.max(3, Math.floor((left - 12) / LETTER));
}
