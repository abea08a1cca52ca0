import { isFragmentRow } from '../flows/decode-flow-key.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { macPairsOf } from '../flows/mac-pairs.ts';
import { UNPREDICTED_REASONS } from '../hash/policy.ts';
import { findMicrobursts } from '../plan/microbursts.ts';
import { flowBytes, flowPackets } from '../plan/weigh.ts';
import type { FrameEvidence } from './finding.ts';
import { describeFlow, firstFrame, firstFrames, Heaviest } from './flow-evidence.ts';
import type { LedgerDirection, LedgerFacts } from './ledger-facts.ts';

/** Pairs of MAC addresses are counted up to here: more is "many". */
const MANY_MAC_PAIRS = 16;
/** Flows shown as evidence of one finding. */
const SHOWN = 5;
/** Reasons that lie in the sender's rule, and not in the capture. */
const INHERENT = new Set(['socket-hash', 'keyed-hash', 'kernel-bug', 'hidden-input']);

/** Bytes of all flows and of the largest one, and the flows with most bytes. */
export function findHeaviest(flows: LagFlows, list: Uint32Array): { bytes: number; largest: number; heaviest: readonly number[] } {
  const heaviest = new Heaviest(SHOWN);
  let all = 0;
  let largest = 0;
  for (let i = 0; i < list.length; i++) {
    const bytes = flowBytes(flows, list[i]);
    all += bytes;
    if (bytes > largest) largest = bytes;
    heaviest.offer(list[i], bytes);
  }
  return { bytes: all, largest, heaviest: heaviest.flows };
}

/** Packets that are fragments, and the flows with most of them. */
export function findFragments(flows: LagFlows, list: Uint32Array): { packets: number; heaviest: readonly number[] } {
  const { tables, keyTable, keyStart } = flows.merged;
  const heaviest = new Heaviest(SHOWN);
  let all = 0;
  for (let i = 0; i < list.length; i++) {
    const flow = list[i];
    if (!isFragmentRow(tables[keyTable[flow]].columns.rows, keyStart[flow])) continue;
    const packets = flowPackets(flows, flow);
    all += packets;
    heaviest.offer(flow, packets);
  }
  return { packets: all, heaviest: heaviest.flows };
}

/** Flows with most packets where the sender's rule does not put them. */
export function findWrong({ list, placement: { wrong } }: LedgerDirection): readonly number[] {
  const heaviest = new Heaviest(SHOWN);
  for (let i = 0; i < list.length; i++) if (wrong[list[i]] > 0) heaviest.offer(list[i], wrong[list[i]]);
  return heaviest.flows;
}

/** Flows with most packets of those that no look at the packet could place. */
export function findUnpredicted(flows: LagFlows, { list, placement }: LedgerDirection): readonly number[] {
  const heaviest = new Heaviest(SHOWN);
  for (let i = 0; i < list.length; i++) {
    const reason = UNPREDICTED_REASONS[placement.reason[list[i]]];
    if (reason !== null && INHERENT.has(reason)) heaviest.offer(list[i], flowPackets(flows, list[i]));
  }
  return heaviest.flows;
}

/** Pairs of addresses of the flows, MANY_MAC_PAIRS if they are that many or not known. */
export function countMacPairs({ merged }: LagFlows, list: Uint32Array): number {
  const { pairOf, destination } = macPairsOf(merged);
  const seen = new Set<number>();
  let last = -1;
  for (let i = 0; i < list.length && seen.size < MANY_MAC_PAIRS; i++) {
    const pair = pairOf[list[i]];
    if (pair === last) continue;
    // SLL and SLL2 show no destination: how many there are is not known.
    if (destination[pair] === 0) return MANY_MAC_PAIRS;
    seen.add((last = pair));
  }
  return seen.size;
}

/** The first frame of each flow on the member where it should not be. `names`: of the members. */
export function describeWrong(
  flows: LagFlows,
  direction: LedgerDirection,
  names: readonly string[],
  wrongOn: readonly { readonly flow: number; readonly member: number }[],
): FrameEvidence[] {
  return wrongOn.flatMap(({ flow, member }) => {
    const predicted = direction.predictedMember(flow);
    const note = `${describeFlow(flows, flow)} on ${names[member]}${predicted < 0 ? '' : `, predicted ${names[predicted]}`}`;
    return firstFrame(flows, flow, note, member) ?? [];
  });
}

/** Microbursts of the flows. `speeds`: of the members, in Mbit/s; null where not known. */
export function findBursts(flows: LagFlows, list: Uint32Array, speeds: readonly (number | null)[]): LedgerFacts['bursts'] {
  const isListed = new Uint8Array(flows.merged.count);
  for (let i = 0; i < list.length; i++) isListed[list[i]] = 1;
  return findMicrobursts(flows, isListed, speeds).map((burst) => ({
    ...burst,
    since: { seconds: flows.originSeconds + Math.floor(burst.fromMs / 1000), nanos: Math.round((burst.fromMs % 1000) * 1e6) },
    evidence: firstFrames(flows, burst.flows),
  }));
}

/** Where a wrong flow went, if not only where it is predicted now. */
export function findWrongMembers(
  { merged, memberOfTable }: LagFlows,
  direction: LedgerDirection,
  chosen: readonly number[],
): { flow: number; member: number }[] {
  return chosen.flatMap((flow) => {
    const predicted = direction.predictedMember(flow);
    for (let e = merged.entryFrom[flow]; e < merged.entryFrom[flow + 1]; e++) {
      const member = memberOfTable[merged.entryTable[e]];
      if (merged.tables[merged.entryTable[e]].kind === 'frames' && member !== predicted) return [{ flow, member }];
    }
    return [];
  });
}
