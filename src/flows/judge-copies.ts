import { isTrialAlone, onlyMember } from './copy-tally.ts';
import type { CopyTally } from './copy-tally.ts';
import type { LagFlows } from './lag-flows.ts';
import { destinationMac, sourceMac } from './mac.ts';
import type { Sides } from './direct-flows.ts';
import { isNoStation } from './sides.ts';

/** More of the copies must be there than are not: no capture loses half of its frames and is still worth a word. */
const LEAST_COVERED = 0.5;
/** With so many copies none need to come again: hardly a flow has frames without. */
const NEARLY_ALL = 0.9;
/** Of the flows with frames without a copy, those where copies come again: all but few if frames got lost, few if a switch had learned an address. */
const LEAST_RETURNED = 0.5;
const LEAST_TRIALS = 3;
/** Frames with copies by which a flow, or an address, shows that it has a member of its own. */
const LEAST_COPIED = 8;
const OWN_MEMBER = 0.9;

/**
 * What copies on other members are: `data` of a sender that sends every frame on every member, or `thrown-back` by a switch that floods
 * all (or only `few` of the frames). Two things tell them apart. A frame thrown back was first on the member that its sender chose, which differs between flows. And a
 * switch throws back what it floods, until it has learned an address: then never again; where frames only got lost, the next ones
 * have their copies again.
 */
export type CopyKind = 'data' | 'thrown-back' | 'few';

/** The copies of a side's unicast frames. `neverAll`: the side is known not to send every frame on every member. */
export function judgeCopies(
  flows: LagFlows,
  sides: Sides,
  suspects: Uint8Array,
  tally: CopyTally,
  side: 0 | 1,
  neverAll: boolean,
): CopyKind {
  const { merged, memberOfTable, memberCount } = flows;
  const used = new Uint8Array(memberCount);
  const byAddress = new Map<number, { bits: number; copied: number }>();
  const ownMembers: number[] = [];
  let [frames, copies, trials, returned, mixed] = [0, 0, 0, 0, 0];
  for (let f = 0; f < merged.count; f++) {
    const { rows } = merged.tables[merged.keyTable[f]].columns;
    const source = sourceMac(rows, merged.keyStart[f]);
    if (isNoStation(destinationMac(rows, merged.keyStart[f])) || sides.sideOf(source) !== side) continue;
    let packets = 0;
    for (let e = merged.entryFrom[f]; e < merged.entryFrom[f + 1]; e++) {
      packets += merged.tables[merged.entryTable[e]].columns.rows[merged.entryRow[e]];
      used[memberOfTable[merged.entryTable[e]]] = 1;
    }
    if (suspects[f] === 0) {
      frames += packets;
      if (isTrialAlone(packets)) trials++;
      continue;
    }
    frames += tally.frames[f];
    copies += tally.copies[f];
    if (tally.isTrial(f)) {
      trials++;
      if (tally.returned(f)) returned++;
    }
    const of = byAddress.get(source) ?? { bits: 0, copied: 0 };
    of.bits |= tally.firstOn[f];
    of.copied += tally.copied[f];
    byAddress.set(source, of);
    if (tally.copied[f] < LEAST_COPIED) continue;
    const own = onlyMember(tally.firstOn[f]);
    if (own < 0) mixed++;
    else ownMembers.push(own);
  }
  const others = used.reduce((sum, one) => sum + one, 0) - 1;
  if (others < 1 || frames === 0) return 'few';
  const covered = copies / others / frames;
  if (covered < LEAST_COVERED || (covered < NEARLY_ALL && trials < LEAST_TRIALS)) return 'few';
  if (trials >= LEAST_TRIALS && returned < LEAST_RETURNED * trials) return 'few';
  const addresses = [...byAddress.values()].filter(({ copied }) => copied >= LEAST_COPIED).map(({ bits }) => onlyMember(bits));
  const isOwn =
    neverAll ||
    choosesMembers(ownMembers, mixed) ||
    choosesMembers(
      addresses.filter((m) => m >= 0),
      addresses.filter((m) => m < 0).length,
    );
  return isOwn ? 'thrown-back' : 'data';
}

/** Nearly all have a member on which they are first, and it is not the same for all: frames sent on every member are first on any, or on one. */
function choosesMembers(own: readonly number[], mixed: number): boolean {
  const counts = new Map<number, number>();
  for (const member of own) counts.set(member, (counts.get(member) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  return counts.size > 1 && own.length >= OWN_MEMBER * (own.length + mixed) && most <= OWN_MEMBER * own.length;
}
