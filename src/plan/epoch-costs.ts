/** What speaks against a list of members at each moment, and against a change, in frames that do not fit. */
import type { LagFlows } from '../flows/lag-flows.ts';
import { visitSlices } from '../flows/lag-flows.ts';
import { EVIDENCE_MS, type IndexOf, type IsPlaceableAt } from './active-epoch.ts';
import type { Activity } from './activity.ts';
import { LACP_DOWN, LACP_UP, QUIET_MS } from './activity.ts';
import type { Candidate } from './epoch-candidates.ts';
import { findUnseen } from './unseen-members.ts';

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

/** Cost of each candidate in each bin; index candidate * bins + bin. `strict`: LACPDUs are believed, whatever would fit better. */
export function emissionCosts(
  flows: LagFlows,
  activity: Activity,
  candidates: readonly Candidate[],
  isPlaceable: IsPlaceableAt,
  indexOf: IndexOf,
  strict: boolean,
): Float32Array {
  const { bins, binMs, fromMs, lacp, lacpOther, mayBeDown } = activity;
  const leftOutPerSecond = strict ? LEFT_OUT_STRICT_PER_SECOND : LEFT_OUT_PER_SECOND;
  const cost = new Float32Array(candidates.length * bins);
  const lists = candidates.map((c) => c.active);
  const unseen = findUnseen(activity, candidates);
  const indexByCount = new Int32Array(flows.memberCount + 1);
  visitSlices(flows, 'frames', (flow, member, ms, packets) => {
    if (!isPlaceable(flow, member, ms)) return;
    const bin = Math.min(Math.max(Math.floor((ms - fromMs) / binMs), 0), bins - 1);
    const weight = Math.min(packets, MAX_SLICE_WEIGHT);
    for (let n = 1; n <= flows.memberCount; n++) indexByCount[n] = indexOf(flow, n);
    const wider = unseen === null || unseen.setOfBin[bin] < 0 ? null : unseen.wider[unseen.setOfBin[bin]];
    for (let c = 0; c < lists.length; c++) {
      const list = lists[c];
      if (list.length > 0 && list[indexByCount[list.length]] !== member) cost[c * bins + bin] += weight;
      const wide = wider === null ? null : wider[c];
      if (wide !== null && wide.active[indexByCount[wide.active.length]] === member) cost[c * bins + bin] += weight * wide.cost;
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

/** What a change costs in each bin: little where LACPDUs or the silence of a member speak for it. */
export function switchCosts(activity: Activity, strict: boolean): Float32Array {
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
        // Where the captures end nothing comes back.
        if (b < bins) mark(b, BACKED_SWITCH_COST);
      }
      if (quietFrom === 0 && b >= unused) mark(b, FIRST_FRAME_SWITCH_COST);
      quietFrom = b + 1;
    }
  }
  return costs;
}
