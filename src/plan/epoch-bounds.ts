/** Where one list of members ends and the next begins, to the frame. */
import type { LagFlows } from '../flows/lag-flows.ts';
import { visitSlices } from '../flows/lag-flows.ts';
import { EVIDENCE_MS, type ActiveEpoch, type IndexOf, type IsPlaceableAt } from './active-epoch.ts';
import type { Activity } from './activity.ts';
import type { Candidate } from './epoch-candidates.ts';
import { explainChange } from './explain-change.ts';

interface NearSlice {
  readonly ms: number;
  readonly packets: number;
  readonly fitsBefore: boolean;
  readonly fitsAfter: boolean;
}

/** Turns the path into epochs and puts each boundary where the fewest frames do not fit. */
export function placeBounds(
  flows: LagFlows,
  activity: Activity,
  candidates: readonly Candidate[],
  path: Uint16Array,
  isPlaceable: IsPlaceableAt,
  indexOf: IndexOf,
): ActiveEpoch[] {
  const { bins, binMs, fromMs } = activity;
  const bounds: number[] = [];
  for (let b = 1; b < bins; b++) if (path[b] !== path[b - 1]) bounds.push(b);
  const segments = [0, ...bounds].map((b) => candidates[path[b]].active);
  const near: NearSlice[][] = bounds.map(() => []);
  const reach = Math.max(2 * binMs, 1_000);
  const lowest = bounds.map((b, i) =>
    Math.max(fromMs + b * binMs - reach, i === 0 ? -Infinity : fromMs + ((bounds[i - 1] + b) / 2) * binMs),
  );
  const highest = bounds.map((b, i) =>
    Math.min(fromMs + b * binMs + reach, i + 1 === bounds.length ? Infinity : fromMs + ((bounds[i + 1] + b) / 2) * binMs),
  );
  if (bounds.length > 0) {
    visitSlices(flows, 'frames', (flow, member, ms, packets) => {
      if (ms < lowest[0] || ms > highest[highest.length - 1] || !isPlaceable(flow, member, ms)) return;
      for (let i = 0; i < bounds.length; i++) {
        if (ms < lowest[i] || ms > highest[i]) continue;
        near[i].push({
          ms,
          packets,
          fitsBefore: fits(segments[i], flow, member, indexOf),
          fitsAfter: fits(segments[i + 1], flow, member, indexOf),
        });
      }
    });
  }
  const cuts = bounds.map((b, i) => placeCut(near[i], fromMs + b * binMs, lastSigns(segments[i], segments[i + 1], b, activity), activity));
  for (let i = 1; i < cuts.length; i++) cuts[i] = Math.max(cuts[i], cuts[i - 1]);
  const epochs: ActiveEpoch[] = [];
  for (let i = 0; i < segments.length; i++) {
    const from = i === 0 ? flows.firstMs : cuts[i - 1];
    const to = i === cuts.length ? flows.lastMs : cuts[i];
    // Two changes at one moment are one.
    if (to <= from && segments.length > 1 && i < segments.length - 1) continue;
    const earlier = epochs.map((e) => e.active);
    const cause = epochs.length === 0 ? ({ why: 'start', slackMs: 0 } as const) : explainChange(earlier, segments[i], from, activity);
    epochs.push({
      fromMs: epochs.length === 0 ? flows.firstMs : from,
      toMs: to,
      active: segments[i],
      why: cause.why,
      slackMs: cause.slackMs,
    });
  }
  return epochs;
}

function fits(active: readonly number[], flow: number, member: number, indexOf: IndexOf): boolean {
  return active.length === 0 || active[indexOf(flow, active.length)] === member;
}

/** When the members that drop out were last heard, if they fell silent not long before. */
function lastSigns(before: readonly number[], after: readonly number[], bin: number, activity: Activity): number[] {
  const { bins, binMs, fromMs, anyFrame } = activity;
  const reach = Math.ceil((2 * EVIDENCE_MS) / binMs);
  return before
    .filter((m) => !after.includes(m))
    .flatMap((m) => {
      for (let b = Math.min(bin + 1, bins - 1); b >= Math.max(bin - reach, 0); b--)
        if (anyFrame[m * bins + b] === 1) return [fromMs + (b + 1) * binMs];
      return [];
    });
}

/** The moment that separates the frames best; among equals the one nearest to what LACPDUs say, else to `guess`. */
function placeCut(slices: NearSlice[], guess: number, lastFrames: readonly number[], activity: Activity): number {
  slices.sort((x, y) => x.ms - y.ms);
  let wrong = 0;
  for (const s of slices) if (!s.fitsAfter) wrong += s.packets;
  let best = wrong;
  let ranges: { from: number; to: number }[] = [{ from: -Infinity, to: slices.length > 0 ? slices[0].ms : Infinity }];
  for (let i = 0; i < slices.length; i++) {
    if (!slices[i].fitsAfter) wrong -= slices[i].packets;
    if (!slices[i].fitsBefore) wrong += slices[i].packets;
    const range = { from: slices[i].ms, to: i + 1 < slices.length ? slices[i + 1].ms : Infinity };
    if (wrong < best) {
      best = wrong;
      ranges = [range];
    } else if (wrong === best) ranges.push(range);
  }
  const said = [...activity.changes, ...activity.otherChanges]
    .filter((c) => c.said && Math.abs(c.ms - guess) < EVIDENCE_MS)
    .map((c) => c.ms);
  const evidence = said.length > 0 ? said : lastFrames;
  let cut = guess;
  let distance = Infinity;
  for (const target of [...evidence, guess]) {
    for (const { from, to } of ranges) {
      // A cut lies just after a slice's window, so that this slice still belongs to the epoch before.
      const at = target <= from ? from + 0.001 : Math.min(target, to);
      const d = Math.abs(at - target) + (target === guess && evidence.length > 0 ? 1 : 0);
      if (d < distance) {
        distance = d;
        cut = at;
      }
    }
  }
  return cut;
}
