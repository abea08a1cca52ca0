/** Ends that are two chassis, by their LACPDUs and by their frames: where both tell the same sets of members, they are one end. */
import { findChassisPair, type ChassisSign } from '../lacp/fingerprint.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';

/** True where the sets of members that a sender's stations keep to are the chassis that this end's LACPDUs show. */
export function splitIsOfThisEnd({ sender, asked }: Pick<DirectionAnalysis, 'sender' | 'asked'>): boolean {
  if (sender.split === undefined) return false;
  const signs = asked.ends.flatMap((end, m): ChassisSign[] => {
    const actor = end?.runs[end.runs.length - 1].pdu.actor;
    if (end === null || actor === undefined) return [];
    return [{ member: String(m), system: end.system, port: actor.port, mac: end.srcMacs[0] ?? null, chassis: null }];
  });
  const pair = findChassisPair(signs);
  return pair !== null && keyOf(pair.groups) === keyOf(sender.split.map(({ members }) => members.map(String)));
}

function keyOf(groups: readonly (readonly string[])[]): string {
  return groups
    .map((group) => [...group].sort().join())
    .sort()
    .join(' | ');
}
