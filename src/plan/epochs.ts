import { NO_FLOW } from '../flows/flow-table.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { visitSlices } from '../flows/lag-flows.ts';
import type { Activity } from './activity.ts';
import { LACP_DOWN, LACP_UP, QUIET_MS } from './activity.ts';

export type EpochCause = 'start' | 'lacp' | 'link-lost' | 'link-returned' | 're-enslaved' | 'silence' | 'map-changed';

/** A stretch of time in which the sender used the same members in the same order. */
export interface ActiveEpoch {
  readonly fromMs: number;
  readonly toMs: number;
  /** Member indices in hash order; empty before the sender's LACP came up. */
  readonly active: readonly number[];
  readonly why: EpochCause;
  /** Frames this close to the start of the epoch may still follow the epoch before (contract: 1 s, 3 s if known only from silence). */
  readonly slackMs: number;
}

/** Per flow of the LAG: the hash of the sender's rule, and 1 where it decides for every member count. */
export interface CertainHashes {
  readonly hash: Uint32Array;
  readonly certain: Uint8Array;
}

/** Index of the hash within `count` members: how the sender's policy selects. */
export type IndexOf = (flow: number, count: number) => number;

/** Whether a flow's frames on a member may decide about epochs. */
export type IsPlaceable = (flow: number, member: number) => boolean;

/** The same for frames of a moment. */
type IsPlaceableAt = (flow: number, member: number, ms: number) => boolean;

/** A part of the time in which one rule holds, on the LAG's axis. */
export interface EpochRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Weights of the search, in frames that do not fit. A change for which neither LACPDUs nor a silence speak is never
 * made: enough of them would excuse any wrong policy.
 */
const SWITCH_COST = 1e6;
/** At a moment for which LACPDUs or silence speak. */
const BACKED_SWITCH_COST = 1.5;
/** At a moment at which a LACPDU says that a port came into use or went out of it: one frame then tells. */
const SAID_SWITCH_COST = 0.5;
/** At the first frame of a member: its first moment in use. */
const FIRST_FRAME_SWITCH_COST = 0.5;
/** For an order of members that nothing but the fit speaks for. */
const UNTOLD_ORDER_COST = 6;
/** Using a member whose port says it does not distribute; per second. */
const AGAINST_LACP_PER_SECOND = 0.4;
/** Leaving out a member whose port says that it distributes, and the other end's does not deny it; per second. */
const LEFT_OUT_PER_SECOND = 4;
const LEFT_OUT_STRICT_PER_SECOND = 1000;
/** The same where only the other end's port says so. */
const AGAINST_OTHER_PER_SECOND = 0.1;
/** Leaving out a member although the sender's data was seen on it; per bin. */
const IMPLAUSIBLE_COST = 3;
/** Having members in use well before the sender's LACP first came up, or none after; per bin. */
const AGAINST_START_COST = 30;
/** Frames of one slice count up to this many times, so that one elephant does not decide. */
const MAX_SLICE_WEIGHT = 4;
const MAX_CANDIDATES = 96;
const EVIDENCE_MS = 1_500;

interface Candidate {
  readonly active: readonly number[];
  /** Added whenever this candidate is entered. */
  readonly entryCost: number;
}

/**
 * Finds the epochs of one sender: the sequence of active member lists that explains the observed members best,
 * given what LACPDUs and silences allow (dynamic programming over time bins, then exact placing of the boundaries).
 * `isOwnFrame`: sent by the member for itself. `order`: all members in hash order at the start of the capture. `strict`: believe LACPDUs only, neither silences nor what would fit better.
 * `range`: the part of the time that the rule holds for; only frames within it count, and only epochs within it are given.
 */
export function findEpochs(
  flows: LagFlows,
  activity: Activity,
  order: readonly number[],
  prediction: CertainHashes,
  isOwnFrame: (flow: number, member: number) => boolean,
  strict = false,
  range: EpochRange | null = null,
): ActiveEpoch[] {
  if (range === null && activity.changes.length === 0 && allFit(flows, order, prediction, isOwnFrame)) {
    return [{ fromMs: flows.firstMs, toMs: flows.lastMs, active: order, why: 'start', slackMs: 0 }];
  }
  const { hash, certain } = prediction;
  const indexOf: IndexOf = (flow, count) => hash[flow] % count;
  const isPlaceable: IsPlaceable = (flow, member) => certain[flow] === 1 && !isOwnFrame(flow, member);
  const candidates = listCandidates(order, activity, flows.memberCount);
  const isWithin: IsPlaceableAt =
    range === null ? isPlaceable : (flow, member, ms) => ms >= range.fromMs && ms < range.toMs && isPlaceable(flow, member);
  const cost = emissionCosts(flows, activity, candidates, isWithin, indexOf, strict ? LEFT_OUT_STRICT_PER_SECOND : LEFT_OUT_PER_SECOND);
  const path = cheapestPath(cost, switchCosts(activity, strict), candidates);
  const epochs = refine(flows, activity, candidates, path, isWithin, indexOf);
  return range === null ? epochs : clipEpochs(epochs, range);
}

function clipEpochs(epochs: readonly ActiveEpoch[], { fromMs, toMs }: EpochRange): ActiveEpoch[] {
  return epochs
    .filter((epoch) => epoch.toMs > fromMs && epoch.fromMs < toMs)
    .map((epoch) => {
      const isCut = epoch.fromMs < fromMs;
      return {
        ...epoch,
        fromMs: Math.max(epoch.fromMs, fromMs),
        toMs: Math.min(epoch.toMs, toMs),
        // Each frame goes by another rule from here on, whatever members are in use (contract: 1 s).
        ...(isCut ? { why: 'map-changed' as const, slackMs: 1_000 } : {}),
      };
    });
}

/** True if one epoch with all members explains every frame: nothing to search. */
function allFit(
  { merged, memberOfTable }: LagFlows,
  order: readonly number[],
  { hash, certain }: CertainHashes,
  isOwnFrame: (flow: number, member: number) => boolean,
): boolean {
  const count = order.length;
  for (let t = 0; t < merged.tables.length; t++) {
    const { kind, flowOf } = merged.tables[t];
    if (kind !== 'frames') continue;
    const member = memberOfTable[t];
    for (let n = 0; n < flowOf.length; n++) {
      const flow = flowOf[n];
      if (flow === NO_FLOW || certain[flow] === 0 || order[hash[flow] % count] === member) continue;
      if (!isOwnFrame(flow, member)) return false;
    }
  }
  return true;
}

/** Members that can have been out of use at some time. */
function listDownable(activity: Activity, members: number): number[] {
  const downable: { member: number; bins: number }[] = [];
  for (let m = 0; m < members; m++) {
    let bins = 0;
    for (let b = 0; b < activity.bins; b++) bins += activity.mayBeDown[m * activity.bins + b];
    if (bins > 0) downable.push({ member: m, bins });
  }
  return downable.sort((x, y) => y.bins - x.bins).map((d) => d.member);
}

function listCandidates(order: readonly number[], activity: Activity, members: number): Candidate[] {
  const downable = listDownable(activity, members);
  const seen = new Set<string>();
  const candidates: Candidate[] = [];
  const add = (active: readonly number[]): void => {
    const name = active.join(',');
    if (seen.has(name) || candidates.length >= MAX_CANDIDATES) return;
    seen.add(name);
    candidates.push({ active, entryCost: told.some((o) => isSubsequence(active, o)) ? 0 : UNTOLD_ORDER_COST });
  };
  const told = toldOrders(order, activity);
  const orders = [...told, ...untoldOrders(order, activity, downable)];
  for (const o of orders) add(o);
  // What LACPDUs say at each moment.
  for (let b = 0; b < activity.bins; b++) {
    const up = order.filter((m) => activity.lacp[m * activity.bins + b] !== LACP_DOWN);
    if (up.length > 0 && up.length < order.length) for (const o of orders) add(o.filter((m) => up.includes(m)));
  }
  // All ways of missing some of the members that may be missing, few first.
  const mayMiss = downable.slice(0, 6);
  for (let size = 1; size <= mayMiss.length; size++) {
    for (let set = 1; set < 1 << mayMiss.length; set++) {
      const missing = mayMiss.filter((_, i) => (set >> i) & 1);
      if (missing.length !== size) continue;
      for (const o of orders) {
        const active = o.filter((m) => !missing.includes(m));
        if (active.length > 0) add(active);
      }
    }
  }
  for (const m of order) add([m]);
  if (activity.upSinceMs !== null) add([]);
  return candidates;
}

function isSubsequence(part: readonly number[], whole: readonly number[]): boolean {
  let at = 0;
  for (const m of whole) if (at < part.length && part[at] === m) at++;
  return at === part.length;
}

/** The order at the start, and those that follow when ports come up again under a new number: enslaved again, at the end of the list. */
function toldOrders(order: readonly number[], activity: Activity): (readonly number[])[] {
  const orders: (readonly number[])[] = [order];
  let newest = order;
  for (const { member } of activity.changes.filter((c) => c.up && c.portChanged).sort((x, y) => x.ms - y.ms)) {
    newest = [...newest.filter((m) => m !== member), member];
    orders.push(newest);
  }
  return orders;
}

/** Without port numbers on the wire any member that was away may have come back at the end of the list. */
function untoldOrders(order: readonly number[], activity: Activity, downable: readonly number[]): (readonly number[])[] {
  const orders: (readonly number[])[] = [];
  const silent = downable.filter((m) => order.includes(m) && !activity.changes.some((c) => c.member === m));
  for (const m of silent.slice(0, 4)) orders.push([...order.filter((x) => x !== m), m]);
  for (const m of silent.slice(0, 3)) {
    for (const n of silent.slice(0, 3)) if (m !== n) orders.push([...order.filter((x) => x !== m && x !== n), m, n]);
  }
  return orders;
}

/** Cost of each candidate in each bin; index candidate * bins + bin. */
function emissionCosts(
  flows: LagFlows,
  activity: Activity,
  candidates: readonly Candidate[],
  isPlaceable: IsPlaceableAt,
  indexOf: IndexOf,
  leftOutPerSecond: number,
): Float32Array {
  const { bins, binMs, fromMs, lacp, lacpOther, mayBeDown } = activity;
  const cost = new Float32Array(candidates.length * bins);
  const lists = candidates.map((c) => c.active);
  const indexByCount = new Int32Array(flows.memberCount + 1);
  visitSlices(flows, 'frames', (flow, member, ms, packets) => {
    if (!isPlaceable(flow, member, ms)) return;
    const bin = Math.min(Math.max(Math.floor((ms - fromMs) / binMs), 0), bins - 1);
    const weight = Math.min(packets, MAX_SLICE_WEIGHT);
    for (let n = 1; n <= flows.memberCount; n++) indexByCount[n] = indexOf(flow, n);
    for (let c = 0; c < lists.length; c++) {
      const list = lists[c];
      if (list.length > 0 && list[indexByCount[list.length]] !== member) cost[c * bins + bin] += weight;
    }
  });
  const perBin = (AGAINST_LACP_PER_SECOND * binMs) / 1000;
  for (let c = 0; c < candidates.length; c++) {
    const uses = new Uint8Array(flows.memberCount);
    for (const m of candidates[c].active) uses[m] = 1;
    for (let m = 0; m < flows.memberCount; m++) {
      for (let b = 0; b < bins; b++) {
        const at = m * bins + b;
        if (uses[m] === 1) {
          if (lacp[at] === LACP_DOWN) cost[c * bins + b] += perBin;
          else if (lacpOther[at] === LACP_DOWN) cost[c * bins + b] += (AGAINST_OTHER_PER_SECOND * binMs) / 1000;
        } else {
          if (lacp[at] === LACP_UP && lacpOther[at] !== LACP_DOWN) cost[c * bins + b] += (leftOutPerSecond * binMs) / 1000;
          if (mayBeDown[at] === 0 && candidates[c].active.length > 0) cost[c * bins + b] += IMPLAUSIBLE_COST;
        }
      }
    }
    if (activity.upSinceMs === null) continue;
    // Until LACP first comes up no member is in use; the PDU that says so can be late by what a boundary may be off.
    const upBin = Math.floor((activity.upSinceMs - fromMs) / binMs);
    const early = Math.max(upBin - Math.ceil(1_000 / binMs), 0);
    if (candidates[c].active.length === 0) for (let b = upBin + 1; b < bins; b++) cost[c * bins + b] += AGAINST_START_COST;
    else for (let b = 0; b < early; b++) cost[c * bins + b] += AGAINST_START_COST;
  }
  return cost;
}

function cheapestPath(cost: Float32Array, switchCost: Float32Array, candidates: readonly Candidate[]): Uint16Array {
  const bins = switchCost.length;
  const n = candidates.length;
  const from = new Uint16Array(n * bins);
  let total = new Float64Array(n);
  for (let c = 0; c < n; c++) total[c] = cost[c * bins] + candidates[c].entryCost;
  for (let b = 1; b < bins; b++) {
    let best = 0;
    for (let c = 1; c < n; c++) if (total[c] < total[best]) best = c;
    const change = total[best] + switchCost[b];
    const next = new Float64Array(n);
    for (let c = 0; c < n; c++) {
      const entered = change + candidates[c].entryCost;
      const stays = total[c] <= entered;
      next[c] = (stays ? total[c] : entered) + cost[c * bins + b];
      from[c * bins + b] = stays ? c : best;
    }
    total = next;
  }
  let at = 0;
  for (let c = 1; c < n; c++) if (total[c] < total[at]) at = c;
  const path = new Uint16Array(bins);
  for (let b = bins - 1; b >= 0; b--) {
    path[b] = at;
    if (b > 0) at = from[at * bins + b];
  }
  return path;
}

/** What a change costs in each bin: little where LACPDUs or the silence of a member speak for it. */
function switchCosts(activity: Activity, strict: boolean): Float32Array {
  const { bins, binMs, fromMs, anyFrame } = activity;
  const costs = new Float32Array(bins).fill(SWITCH_COST);
  const around = Math.max(1, Math.ceil(EVIDENCE_MS / binMs));
  const mark = (bin: number, cost: number): void => {
    for (let b = Math.max(bin - around, 0); b < Math.min(bin + around + 1, bins); b++) costs[b] = Math.min(costs[b], cost);
  };
  for (const { ms, said } of [...activity.changes, ...activity.otherChanges])
    mark(Math.floor((ms - fromMs) / binMs), said ? SAID_SWITCH_COST : BACKED_SWITCH_COST);
  const members = anyFrame.length / bins;
  const least = Math.max(2, Math.ceil(2_000 / binMs));
  const unused = Math.max(1, Math.ceil(QUIET_MS / binMs));
  for (let m = 0; m < members; m++) {
    let quietFrom = 0;
    for (let b = 0; b <= bins; b++) {
      if (b < bins && anyFrame[m * bins + b] === 0) continue;
      if (!strict && b - quietFrom >= least) {
        mark(quietFrom, BACKED_SWITCH_COST);
        mark(b, BACKED_SWITCH_COST);
      }
      if (quietFrom === 0 && b >= unused) mark(b, FIRST_FRAME_SWITCH_COST);
      quietFrom = b + 1;
    }
  }
  return costs;
}

interface NearSlice {
  readonly ms: number;
  readonly packets: number;
  readonly fitsBefore: boolean;
  readonly fitsAfter: boolean;
}

/** Turns the path into epochs and puts each boundary where the fewest frames do not fit. */
function refine(
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

function explainChange(
  epochs: readonly (readonly number[])[],
  after: readonly number[],
  ms: number,
  activity: Activity,
): { why: EpochCause; slackMs: number } {
  const before = epochs[epochs.length - 1];
  const added = after.filter((m) => !before.includes(m));
  const removed = before.filter((m) => !after.includes(m));
  const near = [...activity.changes, ...activity.otherChanges].filter((c) => Math.abs(c.ms - ms) <= 2 * EVIDENCE_MS);
  if (added.length > 0) {
    if (added.some((m) => near.some((c) => c.member === m && c.portChanged))) return { why: 're-enslaved', slackMs: 1_000 };
    const told = added.every((m) => near.some((c) => c.member === m && c.up));
    const wasThere = added.some((m) => epochs.some((active) => active.length > 1 && active.includes(m)));
    if (!wasThere || !added.some((m) => wasSilent(m, ms, -1, activity)))
      return told ? { why: 'lacp', slackMs: 1_000 } : { why: 'silence', slackMs: 3_000 };
    return { why: movedBack(epochs, after, added) ? 're-enslaved' : 'link-returned', slackMs: told ? 1_000 : 3_000 };
  }
  if (removed.length > 0) {
    if (removed.some((m) => near.some((c) => c.member === m && !c.up && c.said && c.ms - ms < EVIDENCE_MS)))
      return { why: 'lacp', slackMs: 1_000 };
    const missed = removed.some((m) => near.some((c) => c.member === m && !c.up));
    if (removed.some((m) => wasSilent(m, ms, 1, activity))) return { why: 'link-lost', slackMs: missed ? 1_000 : 3_000 };
    return { why: 'silence', slackMs: 3_000 };
  }
  return { why: 're-enslaved', slackMs: 1_000 };
}

/** A member came back behind members that it stood before when it was last in use. */
function movedBack(epochs: readonly (readonly number[])[], after: readonly number[], added: readonly number[]): boolean {
  return added.some((m) => {
    const last = [...epochs].reverse().find((active) => active.includes(m));
    if (last === undefined) return false;
    return after.some((other) => last.includes(other) && last.indexOf(m) < last.indexOf(other) && after.indexOf(m) > after.indexOf(other));
  });
}

/** No frame of either end on the member for a second before (-1) or after (1) a moment. */
function wasSilent(member: number, ms: number, side: 1 | -1, activity: Activity): boolean {
  const { bins, binMs, fromMs, anyFrame } = activity;
  const bin = Math.floor((ms - fromMs) / binMs);
  const span = Math.max(1, Math.ceil(1_000 / binMs));
  const skip = Math.max(1, Math.ceil(400 / binMs));
  let quiet = 0;
  let longest = 0;
  for (let b = 0; b < span + 2 * skip; b++) {
    const at = bin + side * (b - skip);
    if (at < 0 || at >= bins) break;
    quiet = anyFrame[member * bins + at] === 0 ? quiet + 1 : 0;
    longest = Math.max(longest, quiet);
  }
  return longest >= span;
}
