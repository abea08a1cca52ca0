import type { Activity } from '../plan/activity.ts';
import { LACP_DOWN } from '../plan/activity.ts';
import type { SenderRequest } from './sender.ts';

/** A member without any frame for this long may be out of use. */
const SILENT_MS = 2_000;

type UseRequest = Pick<SenderRequest, 'plan' | 'ends' | 'activity' | 'facts' | 'capturedOnly'>;

/** Members that nobody captured and that may count for this side: those its own texts list, and all where none lists any. */
export function uncapturedOf({ plan, facts, capturedOnly }: UseRequest): (member: number) => boolean {
  const own = new Set(facts.flatMap(({ members }) => members.filter((m) => m >= 0)));
  return (m) => capturedOnly !== true && plan.members[m].sources.length === 0 && (own.size === 0 || own.has(m));
}

/** Members that carried data of this direction or could have, together for the part of the time in which it sent that tells most; ascending. */
export function membersInUse(request: UseRequest): number[] {
  return mostUsedTogether(request.activity, everInUse(request));
}

/** Members that carried data of this direction or could have at some time, ascending. */
function everInUse(request: UseRequest): number[] {
  const { bins, data } = request.activity;
  const isTold = uncapturedOf(request);
  // What nobody captured may well carry data, and what LACP says distributes could have: both count as in use.
  return request.plan.members
    .map((_, m) => m)
    .filter((m) => {
      if (isTold(m) || request.ends[m]?.everUp === true) return true;
      return data.subarray(m * bins, (m + 1) * bins).includes(1);
    });
}

/** What the bins in which so many members were in use tell of a rule: where one of n members was seen is worth log n. */
function worth({ members, bins }: { readonly members: readonly number[]; readonly bins: number }): number {
  return bins * Math.log(members.length);
}

/** Of these members those that LACP lets be in use together in the bins with data that tell most. */
function mostUsedTogether(activity: Activity, members: readonly number[]): number[] {
  if (members.length < 3) return [...members];
  const { bins, data, lacp, observed } = activity;
  // Where a member was not captured nothing tells whether it was in use.
  const isObserved = (b: number): boolean => members.every((m) => observed[m * bins + b] === 1);
  const down = members.map((m) => {
    const row = Uint8Array.from(lacp.subarray(m * bins, (m + 1) * bins), (state) => (state === LACP_DOWN ? 1 : 0));
    for (const [from, to] of downSpans(activity, [m])) row.fill(1, from, to);
    return row;
  });
  const weights = new Map<string, { members: number[]; bins: number }>();
  for (let b = 0; b < bins; b++) {
    if (!isObserved(b) || !members.some((m) => data[m * bins + b] === 1)) continue;
    const up = members.filter((_, i) => down[i][b] === 0);
    const key = up.join();
    const entry = weights.get(key) ?? { members: up, bins: 0 };
    entry.bins++;
    weights.set(key, entry);
  }
  let best = { members: [...members], bins: 0 };
  for (const entry of weights.values()) {
    if (entry.members.length >= 2 && worth(entry) > worth(best)) best = entry;
  }
  return best.members;
}

/** Moments at which no used member is known to be out of use: LACP does not say so, and it is not long silent. */
export function steadyMoments(activity: Activity, used: readonly number[]): (ms: number) => boolean {
  const { bins, binMs, fromMs, lacp, anyFrame, observed } = activity;
  const steady = new Uint8Array(bins).fill(1);
  const least = Math.max(2, Math.ceil(SILENT_MS / binMs));
  for (const m of used) {
    if (!anyFrame.subarray(m * bins, (m + 1) * bins).includes(1)) continue;
    for (let b = 0; b < bins; b++) if (lacp[m * bins + b] === LACP_DOWN || observed[m * bins + b] === 0) steady[b] = 0;
    let from = 0;
    for (let b = 0; b <= bins; b++) {
      if (b < bins && anyFrame[m * bins + b] === 0) continue;
      if (b - from >= least) steady.fill(0, from, b);
      from = b + 1;
    }
  }
  for (const [from, to] of downSpans(activity, used)) steady.fill(0, from, to);
  // Before the LAG was up each member sent for itself.
  if (activity.upSinceMs !== null) steady.fill(0, 0, Math.min(Math.max(Math.ceil((activity.upSinceMs - fromMs) / binMs), 0), bins));
  // Enslaved again, a member goes to the end of the order: what was before and what is after do not fit one order.
  const renumbered = activity.changes.filter((c) => c.portChanged).map((c) => Math.floor((c.ms - fromMs) / binMs));
  keepOneStretch(activity, used, steady, renumbered);
  if (!steady.includes(1)) steady.fill(1);
  return (ms) => steady[Math.min(Math.max(Math.floor((ms - fromMs) / binMs), 0), bins - 1)] === 1;
}

/** Leaves the first stretch between two renumberings in which this end sent data at steady moments. */
function keepOneStretch({ bins, data }: Activity, used: readonly number[], steady: Uint8Array, renumbered: readonly number[]): void {
  const bounds = [0, ...renumbered.map((bin) => Math.min(Math.max(bin, 0), bins)).sort((x, y) => x - y), bins];
  const hasData = (bin: number): boolean => steady[bin] === 1 && used.some((m) => data[m * bins + bin] === 1);
  for (let k = 0; k + 1 < bounds.length; k++) {
    let bin = bounds[k];
    while (bin < bounds[k + 1] && !hasData(bin)) bin++;
    if (bin === bounds[k + 1]) continue;
    steady.fill(0, 0, bounds[k]);
    steady.fill(0, bounds[k + 1]);
    return;
  }
}

/** Spans of bins in which LACP calls a used member down: from its last word, also where silence tells it only later. */
function downSpans({ changes, bins, binMs, fromMs }: Activity, used: readonly number[]): [number, number][] {
  const spans: [number, number][] = [];
  for (const m of used) {
    let since = -1;
    for (const { member, ms, up } of changes) {
      if (member !== m) continue;
      const bin = Math.min(Math.max(Math.floor((ms - fromMs) / binMs), 0), bins);
      if (!up && since < 0) since = bin;
      if (up && since >= 0) {
        spans.push([since, bin + 1]);
        since = -1;
      }
    }
    if (since >= 0) spans.push([since, bins]);
  }
  return spans;
}
