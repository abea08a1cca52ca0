import { hashFlows } from '../flows/hash-flows.ts';
import type { FlowHashes } from '../flows/hash-flows.ts';
import { tagCount } from '../flows/key-layers.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import type { ActiveEpoch } from '../plan/active-epoch.ts';
import type { Placement } from '../plan/place.ts';
import type { Sender } from './sender.ts';

/**
 * Tagged flows that are not where the policy puts them with the tag beside the frame. Where the sender's hash may have
 * seen the tag in the frame, the capture does not tell; allowed only if the untagged flows of the direction agree.
 */
export function findInFrameFlows(
  flows: LagFlows,
  list: Uint32Array,
  senderIn: (epoch: number) => Sender,
  placement: Placement,
  epochs: readonly ActiveEpoch[],
  data: Uint8Array,
): Set<number> {
  const found = new Set<number>();
  if (placement.agreement.packets.match === placement.agreement.packets.total) return found;
  const wrong: number[] = [];
  let untaggedWrong = 0;
  let untagged = 0;
  for (let i = 0; i < list.length; i++) {
    const flow = list[i];
    if (data[flow] !== 1) continue;
    const { merged } = flows;
    const tags = tagCount(merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart[flow]);
    if (tags === 0) {
      untagged++;
      if (placement.wrong[flow] > 0) untaggedWrong++;
    } else if (placement.wrong[flow] > 0) wrong.push(flow);
  }
  // Without untagged flows nothing vouches for the policy: two ways to see the tag would excuse a false one too.
  if (wrong.length === 0 || untagged === 0 || untaggedWrong > untagged * 0.02) return found;
  const subset = Uint32Array.from(wrong);
  const memberCount = epochs[placement.longest].active.length;
  const hashes = new Map<Sender, FlowHashes | null>();
  const hashesOf = (sender: Sender): FlowHashes | null => {
    const { policy, variant, basis } = sender;
    if (policy === null) return null;
    const known = hashes.get(sender) ?? hashFlows(flows.merged, subset, [{ policy, context: { variant, basis, memberCount } }], true)[0];
    hashes.set(sender, known);
    return known;
  };
  const main = hashesOf(senderIn(placement.longest));
  if (main === null) return found;
  for (let i = 0; i < wrong.length; i++) {
    const hashIn = (epoch: number): number => hashesOf(senderIn(epoch))?.hash[i] ?? main.hash[i];
    if (main.reason[i] !== 0 || fitsEverywhere(flows, wrong[i], hashIn, epochs)) found.add(wrong[i]);
  }
  return found;
}

/** True if each of the flow's members fits its hash in some epoch. */
function fitsEverywhere(flows: LagFlows, flow: number, hashIn: (epoch: number) => number, epochs: readonly ActiveEpoch[]): boolean {
  const { merged } = flows;
  for (let e = merged.entryFrom[flow]; e < merged.entryFrom[flow + 1]; e++) {
    const table = merged.entryTable[e];
    if (merged.tables[table].kind !== 'frames') continue;
    const member = flows.memberOfTable[table];
    if (!epochs.some(({ active }, e) => active.length > 0 && active[hashIn(e) % active.length] === member)) return false;
  }
  return true;
}
