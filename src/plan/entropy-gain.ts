import { hashFlows } from '../flows/hash-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { selectCiscoIndex } from '../hash/select.ts';
import type { EntropyCandidate } from './entropy-policies.ts';
import { randomSource } from './random.ts';

/** Random placements of what a hash leaves open: their mean is all that is asked for. */
const DRAWS = 32;
const SEED = 0x6a1f;

/** The traffic whose busiest member is judged. */
export interface WeighedFlows {
  readonly flows: LagFlows;
  /** Flows by index in the LAG's flows, and the bytes of each. */
  readonly list: Uint32Array;
  readonly bytes: Float64Array;
  /** Members in use. */
  readonly members: readonly number[];
}

/** Share of the bytes on the member that carries most, as the captures show it; 0 without bytes. `left`: 1 at places whose bytes are spread evenly instead. */
export function busiestShare({ flows, list, bytes, members }: WeighedFlows, left?: Uint8Array): number {
  const { merged, memberOfTable } = flows;
  const loads = new Float64Array(flows.memberCount);
  let spread = 0;
  for (let i = 0; i < list.length; i++) {
    if (left !== undefined && left[i] === 1) {
      spread += bytes[i];
      continue;
    }
    const only = merged.entryFrom[list[i]];
    if (only + 1 === merged.entryFrom[list[i] + 1] && merged.tables[merged.entryTable[only]].kind === 'frames') {
      loads[memberOfTable[merged.entryTable[only]]] += bytes[i];
      continue;
    }
    let packets = 0;
    for (let pass = 0; pass < 2; pass++)
      for (let e = merged.entryFrom[list[i]]; e < merged.entryFrom[list[i] + 1]; e++) {
        const table = merged.tables[merged.entryTable[e]];
        if (table.kind !== 'frames') continue;
        const own = table.columns.rows[merged.entryRow[e]];
        if (pass === 0) packets += own;
        else loads[memberOfTable[merged.entryTable[e]]] += (bytes[i] * own) / packets;
      }
  }
  const total = loads.reduce((sum, load) => sum + load, spread);
  return total > 0 ? (Math.max(...loads) + spread / Math.max(members.length, 1)) / total : 0;
}

/** The same under a policy; what its hash does not decide is placed by chance, and the mean counts. */
export function busiestShareUnder({ flows, list, bytes, members }: WeighedFlows, { policy, variant, basis }: EntropyCandidate): number {
  const count = Math.max(members.length, 1);
  const [{ hash, reason }] = hashFlows(flows.merged, list, [{ policy, context: { variant, basis, memberCount: count } }], false);
  const fixed = new Float64Array(count);
  const open: number[] = [];
  // A table that the sender draws places buckets, not flows.
  const buckets = new Float64Array(256);
  const isDrawn = policy.selector === 'bucket-256';
  let total = 0;
  for (let i = 0; i < list.length; i++) {
    total += bytes[i];
    if (reason[i] !== 0) open.push(bytes[i]);
    else if (isDrawn) buckets[hash[i] & 0xff] += bytes[i];
    else fixed[policy.selector === 'bucket-8' ? selectCiscoIndex(hash[i], count) : hash[i] % count] += bytes[i];
  }
  for (const weight of buckets) if (weight > 0) open.push(weight);
  if (total === 0) return 0;
  if (open.length === 0) return Math.max(...fixed) / total;
  const random = randomSource(SEED);
  const loads = new Float64Array(count);
  let sum = 0;
  for (let d = 0; d < DRAWS; d++) {
    loads.set(fixed);
    for (const weight of open) loads[Math.floor(random() * count)] += weight;
    sum += Math.max(...loads);
  }
  return sum / DRAWS / total;
}
