import type { PlanAdvice } from '../report/plan-document.ts';

/**
 * Both directions' advice in one order: what is worth it, then "change nothing", then the rest. Each direction's own order
 * stands; of two directions' next ones the one with more gain comes first.
 */
export function rankAdvice(lists: readonly (readonly PlanAdvice[])[]): PlanAdvice[] {
  const stays = lists.map((list) => list.findIndex(({ action }) => action === 'change-nothing'));
  const tier = (from: (n: number) => number, to: (n: number) => number): PlanAdvice[] =>
    mergeByEffect(lists.map((list, n) => list.slice(from(n), to(n))));
  return [
    ...tier(
      () => 0,
      (n) => stays[n],
    ),
    ...tier(
      (n) => stays[n],
      (n) => stays[n] + 1,
    ),
    ...tier(
      (n) => stays[n] + 1,
      (n) => lists[n].length,
    ),
  ].map((advice, i) => ({ ...advice, rank: i + 1 }));
}

function mergeByEffect(lists: readonly (readonly PlanAdvice[])[]): PlanAdvice[] {
  const left = lists.map((list) => [...list]);
  const merged: PlanAdvice[] = [];
  for (;;) {
    const heads = left.filter((list) => list.length > 0);
    if (heads.length === 0) return merged;
    const best = heads.reduce((x, y) => (effectOf(y[0]) > effectOf(x[0]) ? y : x));
    merged.push(...best.splice(0, 1));
  }
}

function effectOf({ effect }: PlanAdvice): number {
  if (effect === null) return 0;
  const hasPeaks = effect.peakBpsBefore !== null && effect.peakBpsAfter !== null;
  const [before, after] = hasPeaks
    ? [effect.peakBpsBefore ?? 0, effect.peakBpsAfter ?? 0]
    : [effect.busiestShareBefore, effect.busiestShareAfter];
  return before > 0 ? 1 - after / before : 0;
}
