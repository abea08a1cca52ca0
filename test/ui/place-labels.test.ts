import { describe, expect, it } from 'vitest';
import { placeLabels } from '../../src/ui/charts/place-labels.ts';

describe('labels of marks', () => {
  it('begin at their mark, go to the second line where one is in the way, and are left out where both are taken', () => {
    expect(
      placeLabels(
        [
          { at: 10, length: 100 },
          { at: 40, length: 100 },
          { at: 60, length: 100 },
          { at: 150, length: 50 },
        ],
        400,
      ),
    ).toEqual([{ line: 0, leftward: false }, { line: 1, leftward: false }, null, { line: 0, leftward: false }]);
  });

  it('end at their mark at the right edge, and never leave the chart', () => {
    expect(placeLabels([{ at: 380, length: 100 }], 400)).toEqual([{ line: 0, leftward: true }]);
    expect(placeLabels([{ at: 50, length: 390 }], 400)).toEqual([null]);
  });
});
