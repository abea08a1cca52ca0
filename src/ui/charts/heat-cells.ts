/** Which columns of a heat map have which tone. */
import type { TimeRange } from './time-range.ts';

export const HEAT_LEVELS = 8;

/**
 * Runs of columns (from, to exclusive) by level: a column has the level of its fullest step, from the share of `fullBps`.
 * Columns without load are in no level. A column narrower than a step takes the steps it touches.
 */
export function heatCells(
  bitsPerSecond: Float64Array,
  stepSeconds: number,
  [fromSeconds, toSeconds]: TimeRange,
  columns: number,
  fullBps: number,
): readonly (readonly (readonly [number, number])[])[] {
  const levels: [number, number][][] = Array.from({ length: HEAT_LEVELS }, () => []);
  const columnSteps = (toSeconds - fromSeconds) / stepSeconds / columns;
  const start = fromSeconds / stepSeconds;
  for (let column = 0; column < columns; column++) {
    const first = Math.max(0, Math.floor(start + column * columnSteps + 1e-9));
    const last = Math.min(bitsPerSecond.length - 1, Math.max(first, Math.ceil(start + (column + 1) * columnSteps - 1e-9) - 1));
    let highest = 0;
    for (let step = first; step <= last; step++) if (bitsPerSecond[step] > highest) highest = bitsPerSecond[step];
    if (highest === 0) continue;
    const level = Math.min(HEAT_LEVELS, Math.max(1, Math.ceil((highest / fullBps) * HEAT_LEVELS - 1e-9))) - 1;
    const runs = levels[level];
    const before = runs[runs.length - 1];
    if (before !== undefined && before[1] === column) before[1]++;
    else runs.push([column, column + 1]);
  }
  return levels;
}
