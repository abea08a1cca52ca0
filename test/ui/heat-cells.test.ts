import { describe, expect, it } from 'vitest';
import { HEAT_LEVELS, heatCells } from '../../src/ui/charts/heat-cells.ts';

describe('the cells of a heat map', () => {
  it('take the fullest step of a column: a burst is not averaged away', () => {
    const rates = new Float64Array(1000);
    rates[503] = 100;
    const cells = heatCells(rates, 0.01, [0, 10], 10, 100);
    expect(cells[HEAT_LEVELS - 1]).toEqual([[5, 6]]);
    expect(cells.slice(0, -1).flat()).toEqual([]);
  });

  it('join neighbours of one level, leave out what is empty, and show little as the lowest level', () => {
    const cells = heatCells(Float64Array.of(0, 50, 50, 1, 200), 1, [0, 5], 5, 100);
    expect(cells[HEAT_LEVELS / 2 - 1]).toEqual([[1, 3]]);
    expect(cells[0]).toEqual([[3, 4]]);
    // More than the link is said to carry: as full.
    expect(cells[HEAT_LEVELS - 1]).toEqual([[4, 5]]);
  });

  it('spread a step over its columns where they are narrower, and end with the steps', () => {
    const cells = heatCells(Float64Array.of(0, 10, 0, 10), 1, [1, 3.5], 10, 10);
    expect(cells[HEAT_LEVELS - 1]).toEqual([
      [0, 4],
      [8, 10],
    ]);
    expect(heatCells(new Float64Array(0), 1, [0, 1], 4, 1).flat()).toEqual([]);
  });
});
