import { decodeFlowKey } from '../flows/flow-fields.ts';
import { rowBytes } from '../flows/flow-table.ts';
import type { LagFlows } from '../flows/lag-flows.ts';

/** A field that the sender's rule is not known to look at, and that decides all the same. */
export interface HiddenInput {
  /** In words: "source MAC". */
  readonly field: string;
  /** Flows that the rule cannot tell apart and that use different members, by this field. */
  readonly flows: number;
  /** Groups of such flows. */
  readonly groups: number;
  /** Two flows of one group, on different members. */
  readonly example: readonly [number, number];
}

const FIELDS: readonly (readonly [name: string, read: (fields: ReturnType<typeof decodeFlowKey>) => string])[] = [
  ['VLAN tag', (fields) => fields.tcis.join(' ')],
  ['source MAC', (fields) => String(fields.srcMac)],
  ['destination MAC', (fields) => String(fields.dstMac)],
  ['IPv6 flow label', (fields) => String(fields.flowLabel)],
  ['ICMP identifier', (fields) => String(fields.icmp?.id ?? '')],
  ['ports', (fields) => `${fields.srcPort} ${fields.dstPort}`],
];

/** Groups that have to show it: one or two are an accident. */
const LEAST_GROUPS = 3;
/** Flows that a field must keep together in those groups beside those that it takes apart: else any field explains anything. */
const LEAST_KEPT = 3;
const MOST_FLOWS = 2_000;

/**
 * Looks for a field that decides where the sender's rule says that it does not: flows of one hash, each on one member only,
 * that use different members exactly as that field differs. Null if no flows do, or if no field tells them apart.
 */
export function findHiddenInput(
  flows: LagFlows,
  list: Uint32Array,
  hashOf: (flow: number) => number,
  isPredicted: (flow: number) => boolean,
): HiddenInput | null {
  const member = (flow: number): number => onlyMember(flows, flow);
  const byHash = new Map<number, number[]>();
  for (const flow of list) {
    if (!isPredicted(flow)) continue;
    const group = byHash.get(hashOf(flow));
    if (group === undefined) byHash.set(hashOf(flow), [flow]);
    else if (group.length < MOST_FLOWS) group.push(flow);
  }
  const torn: number[][] = [];
  for (const group of byHash.values()) {
    if (group.length < 2) continue;
    const steady = group.filter((flow) => member(flow) >= 0);
    if (new Set(steady.map(member)).size > 1) torn.push(steady);
  }
  if (torn.length < LEAST_GROUPS) return null;
  for (const [field, read] of FIELDS) {
    const found = explain(flows, torn, field, read, member);
    if (found !== null) return found;
  }
  return null;
}

function explain(
  flows: LagFlows,
  torn: readonly (readonly number[])[],
  field: string,
  read: (typeof FIELDS)[number][1],
  member: (flow: number) => number,
): HiddenInput | null {
  const { merged } = flows;
  let kept = 0;
  let count = 0;
  let example: [number, number] | null = null;
  for (const group of torn) {
    const memberOf = new Map<string, number>();
    for (const flow of group) {
      count++;
      const value = read(decodeFlowKey(merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart[flow]));
      const known = memberOf.get(value);
      if (known === undefined) memberOf.set(value, member(flow));
      else if (known !== member(flow)) return null;
      else kept++;
    }
    example ??= [group[0], group.find((flow) => member(flow) !== member(group[0])) ?? group[0]];
  }
  return kept < LEAST_KEPT || example === null ? null : { field, flows: count, groups: torn.length, example };
}

/** The member of a flow whose frames are all on one, else -1. */
function onlyMember({ merged, memberOfTable }: LagFlows, flow: number): number {
  let only = -1;
  for (let e = merged.entryFrom[flow]; e < merged.entryFrom[flow + 1]; e++) {
    const t = merged.entryTable[e];
    if (merged.tables[t].kind !== 'frames' || rowBytes(merged.tables[t].columns.rows, merged.entryRow[e]) === 0) continue;
    if (only >= 0 && only !== memberOfTable[t]) return -1;
    only = memberOfTable[t];
  }
  return only;
}
