import { expect, test } from 'vitest';
import { reportAhead } from '../../src/pipeline/report-ahead.ts';

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

test('a report is not held up by an observer that has not answered yet', async () => {
  const seen: number[] = [];
  const observe = reportAhead((bytes) => {
    seen.push(bytes);
    return new Promise<boolean>(() => {});
  }, turn);
  expect(await observe(1, 1)).toBe(false);
  expect(await observe(2, 2)).toBe(false);
  expect(seen).toEqual([1, 2]);
});

test('an answer that asks to stop counts once it has come', async () => {
  let answer = (_stop: boolean): void => {};
  const observe = reportAhead(() => new Promise<boolean>((resolve) => (answer = resolve)), turn);
  expect(await observe(1, 1)).toBe(false);
  answer(true);
  expect(await observe(2, 2)).toBe(true);
});

test('an observer that is gone asks to stop', async () => {
  const observe = reportAhead(() => Promise.reject(new Error('gone')), turn);
  expect(await observe(1, 1)).toBe(true);
});
