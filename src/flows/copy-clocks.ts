import { onlyMember } from './copy-tally.ts';
import type { CopyTally } from './copy-tally.ts';
import type { Sides } from './direct-flows.ts';
import type { LagFlows } from './lag-flows.ts';
import { sourceMac } from './mac.ts';

/** Copies kept for each pair of captures; of more than that every second, fourth … one. */
const MOST_KEPT = 2_048;
/** Copies whose sender's member is known by which two clocks are held against each other. */
const LEAST_LABELLED = 8;
/**
 * Share that must come in the right order by the clocks that are found, and must not by those of the captures: where these differ by
 * more than a frame takes to come back, one capture seems to be the first with (nearly) all of them.
 */
const LEAST_RIGHT = 0.9;
const MOST_RIGHT_BEFORE = 0.75;
/** Where all copies come from one member, its frames are put this much before their copies, in milliseconds. */
const LEAST_AHEAD_MS = 0.1;
/** Frames without a copy of which so many are on one member show that their sender uses this one only. */
const ON_ONE_MEMBER = 0.95;

/** Two captures, the time from the frame in the first to the one in the second, and their members. */
interface Delay {
  readonly flow: number;
  readonly ms: number;
  readonly members: readonly [number, number];
}

interface Pair {
  readonly captures: readonly [number, number];
  delays: Delay[];
  seen: number;
  step: number;
}

/** How far copies are behind their frames, for each two captures. */
export class CopyClocks {
  readonly #pairs = new Map<string, Pair>();

  add(flow: number, from: { capture: number; member: number }, to: { capture: number; member: number }, ms: number): void {
    if (from.capture === to.capture) return;
    const isForward = from.capture < to.capture;
    const [low, high] = isForward ? [from, to] : [to, from];
    const key = `${low.capture} ${high.capture}`;
    let pair = this.#pairs.get(key);
    if (pair === undefined) this.#pairs.set(key, (pair = { captures: [low.capture, high.capture], delays: [], seen: 0, step: 1 }));
    if (pair.seen++ % pair.step !== 0) return;
    pair.delays.push({ flow, ms: isForward ? ms : -ms, members: [low.member, high.member] });
    if (pair.delays.length < MOST_KEPT) return;
    pair.delays = pair.delays.filter((_, i) => i % 2 === 0);
    pair.step *= 2;
  }

  /**
   * Milliseconds by which each capture's clock is ahead, where the order of frames and copies shows it: a frame without any copy
   * was seen on the member that its sender uses, and so tells of its flow's, its address's or its end's others which one is the
   * original. Null where the clocks do.
   */
  offsets(captures: number, originOf: (flow: number) => number): Float64Array | null {
    const offsets = new Float64Array(captures);
    const groupOf = Array.from({ length: captures }, (_, c) => c);
    let isWrong = false;
    for (const {
      captures: [low, high],
      delays,
    } of [...this.#pairs.values()].sort((x, y) => y.seen - x.seen)) {
      if (groupOf[low] === groupOf[high]) continue;
      const ahead = fitOffset(delays, originOf);
      if (ahead !== 0) isWrong = true;
      const shift = offsets[low] + ahead - offsets[high];
      const joined = groupOf[high];
      groupOf.forEach((group, c) => {
        if (group !== joined) return;
        groupOf[c] = groupOf[low];
        offsets[c] += shift;
      });
    }
    return isWrong ? offsets : null;
  }
}

/** The delay that divides best between frames that were first in the first capture, and in the second; 0 where the clocks do well. */
function fitOffset(delays: readonly Delay[], originOf: (flow: number) => number): number {
  const labelled = delays
    .map(({ flow, ms, members }) => ({ ms, first: members.indexOf(originOf(flow)) }))
    .filter(({ first }) => first >= 0)
    .sort((x, y) => x.ms - y.ms);
  const total = labelled.length;
  const ofFirst = labelled.filter(({ first }) => first === 0).length;
  const rightBefore = labelled.filter(({ ms, first }) => (first === 0 ? ms > 0 : ms < 0)).length;
  const ahead = labelled.filter(({ ms }) => ms > 0).length;
  // Where the active member changed, frames were first on either, and what is known of their sender holds for one part only.
  if (total < LEAST_LABELLED || Math.max(ahead, total - ahead) < LEAST_RIGHT * total) return 0;
  if (rightBefore > MOST_RIGHT_BEFORE * total) return 0;
  const spread = Math.max(LEAST_AHEAD_MS, labelled[Math.floor(total * 0.75)].ms - labelled[Math.floor(total * 0.25)].ms);
  // Before the k-th delay: those of the second capture; from it on, of the first.
  let right = ofFirst;
  let best = { right, at: labelled[0].ms - spread };
  labelled.forEach(({ ms, first }, k) => {
    right += first === 0 ? -1 : 1;
    const next = k + 1 < total ? labelled[k + 1].ms : ms + 2 * spread;
    if (right > best.right && next > ms) best = { right, at: (ms + next) / 2 };
  });
  return best.right >= LEAST_RIGHT * total ? best.at : 0;
}

/** The member that the sender of a flow uses, as frames without copies tell: of the flow, of its address, of its end; -1 if they do not. */
export function findOrigins(flows: LagFlows, sides: Sides, suspects: Uint8Array, tally: CopyTally): (flow: number) => number {
  const { merged, memberOfTable, memberCount } = flows;
  const byAddress = new Map<number, Float64Array>();
  const bySide = [new Float64Array(memberCount), new Float64Array(memberCount)];
  const addressOf = (f: number): number => sourceMac(merged.tables[merged.keyTable[f]].columns.rows, merged.keyStart[f]);
  const count = (f: number, member: number, packets: number): void => {
    const address = addressOf(f);
    const of = byAddress.get(address) ?? new Float64Array(memberCount);
    of[member] += packets;
    byAddress.set(address, of);
    const side = sides.sideOf(address);
    if (side !== -1) bySide[side][member] += packets;
  };
  for (let f = 0; f < merged.count; f++) {
    if (suspects[f] === 1) {
      const member = onlyMember(tally.aloneOn[f]);
      if (member >= 0 && member < memberCount) count(f, member, tally.frames[f] - tally.copied[f]);
      continue;
    }
    for (let e = merged.entryFrom[f]; e < merged.entryFrom[f + 1]; e++)
      count(f, memberOfTable[merged.entryTable[e]], merged.tables[merged.entryTable[e]].columns.rows[merged.entryRow[e]]);
  }
  const onlyOf = (counts: Float64Array | undefined): number => {
    const all = counts?.reduce((sum, n) => sum + n, 0) ?? 0;
    return counts === undefined || all === 0 ? -1 : counts.findIndex((n) => n >= ON_ONE_MEMBER * all);
  };
  return (flow) => {
    const alone = tally.aloneOn[flow];
    if (alone !== 0) return onlyMember(alone);
    const address = addressOf(flow);
    const own = byAddress.get(address);
    const side = sides.sideOf(address);
    return own !== undefined ? onlyOf(own) : side === -1 ? -1 : onlyOf(bySide[side]);
  };
}
