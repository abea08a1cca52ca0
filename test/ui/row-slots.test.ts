import { expect, it } from 'vitest';
import { createSlots } from '../../src/ui/components/row-slots.ts';

const SHOWN = 5;

/** Which element shows which row. */
function place(slotOfFirst: number, first: number): Map<number, number> {
  return new Map(Array.from({ length: SHOWN }, (_, i) => [first + i, (slotOfFirst + i) % SHOWN]));
}

it('leaves rows that stay in view in their elements, up and down', () => {
  const slots = createSlots();
  let before = place(slots(0, SHOWN), 0);
  for (const first of [1, 3, 7, 6, 2, 2, 0]) {
    const now = place(slots(first, SHOWN), first);
    for (const [row, slot] of now) if (before.has(row)) expect(slot).toBe(before.get(row));
    expect(new Set(now.values()).size).toBe(SHOWN);
    before = now;
  }
});

it('keeps the elements in order where the list jumps', () => {
  const slots = createSlots();
  slots(0, SHOWN);
  expect(slots(2, SHOWN)).toBe(2);
  expect(slots(1_000_000, SHOWN)).toBe(2);
  expect(slots(0, SHOWN)).toBe(2);
});

it('begins anew where there are more or fewer rows', () => {
  const slots = createSlots();
  slots(3, SHOWN);
  slots(4, SHOWN);
  expect(slots(4, SHOWN + 1)).toBe(0);
});
