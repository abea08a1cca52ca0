import type { DirectionAnalysis } from '../analyze-direction.ts';
import type { PlacingRule } from './placement-check.ts';

/** The rule that places the flows of a direction; null where nobody knows it. */
export function placingRule(direction: DirectionAnalysis, memberCount: number): PlacingRule | null {
  const { policy, variant, basis, buckets } = direction.sender;
  if (policy === null) return null;
  const context = { variant, basis, memberCount };
  if (buckets !== undefined) {
    const histories = buckets.table.map((holds) => holds.map(({ fromMs, member }) => `${fromMs} ${member}`).join());
    // Of buckets that stay on one member all are alike, whenever they were first seen.
    const places = buckets.table.map((holds, b) =>
      new Set(holds.map(({ member }) => member)).size === 1 ? `${holds[0].member}` : `${b} ${histories[b]}`,
    );
    const ids = [...new Set(places)];
    const idOf = places.map((place) => ids.indexOf(place));
    return { policy, context, placeOf: (hash) => idOf[hash & 0xff] };
  }
  const counts = [...new Set(direction.epochs.map(({ active }) => active.length))].filter((count) => count > 1);
  return { policy, context, placeOf: (hash) => counts.reduce((place, count) => place * count + (hash % count), 0) };
}
