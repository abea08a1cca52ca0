import type { LagFlows } from '../flows/lag-flows.ts';
import type { HashPolicy } from '../hash/policy.ts';
import type { PlaceableFlows } from './chance.ts';
import { tunnelName } from './entropy-text.ts';
import type { TunnelKind } from './entropy-types.ts';
import { createTunnelView, findTunnel } from './find-tunnel.ts';
import { isPolarised, measureSpread } from './polarisation.ts';
import { findPortParity } from './port-parity.ts';
import { ValueTable } from './value-table.ts';
import { flowBytes } from './weigh.ts';

export type ImbalanceCauseId =
  /** So many (or so few) flows of this size: what chance does to them. */
  | 'few-flows'
  /** Flows above half an equal part. */
  | 'elephants'
  /** The list of active members changed: some had less time. */
  | 'member-changes'
  /** Flows that the policy cannot tell apart. */
  | 'same-hash'
  /** The same, inside tunnels. */
  | 'tunnel'
  /** Ports of one parity under a hash that keeps the bit. */
  | 'even-ports'
  /** An earlier hash has picked the flows. */
  | 'polarisation'
  /** The bucket map of Open vSwitch leaves a member without buckets, or loads them unevenly. */
  | 'frozen-map'
  /** A member that is in use carries nothing. */
  | 'silent-member'
  /** The hash values of these headers fall unevenly. */
  | 'hash-structure'
  /** Frames that are not where the policy puts them. */
  | 'misplaced'
  /** The sender's rule is not known. */
  | 'unknown-policy';

/** A part of the unevenness, the sum of squared shares less 1/n. */
export interface ImbalanceCause {
  readonly cause: ImbalanceCauseId;
  /** 0 to 1; all causes together make 1. */
  readonly share: number;
  readonly text: string;
}

export interface ImbalanceRequest {
  readonly flows: LagFlows;
  readonly list: Uint32Array;
  /** Loads in bytes of the counted members, and the flows as the chance test places them. */
  readonly loads: readonly number[];
  readonly groups: readonly PlaceableFlows[];
  /** Chance that an ideal hash of these flows is as uneven. */
  readonly pValue: number;
  /** Null where the rule is not known. */
  readonly policy: HashPolicy | null;
  readonly variant: string;
  readonly basis: number;
  /** Hash (or bucket) by flow: flows of one value stay together. */
  readonly placeOf: (flow: number) => number;
  /** Members in use for the longest time, the counted ones. */
  readonly active: readonly number[];
  /** The sender is Open vSwitch, whatever is known of its policy: a member without traffic has no bucket. */
  readonly isOpenVSwitch: boolean;
  /** Packets that are where the policy puts them, of all that it places. */
  readonly agreement: { readonly match: number; readonly total: number };
}

/** Worse than this is not chance alone. */
const CHANCE = 0.05;
/** A flow above this part of an equal share is an elephant. */
const ELEPHANT = 0.5;
const LEAST_SHARE = 0.01;
const AGREES = 0.95;

/** How much of the unevenness is due to what; empty where all members carry the same. */
export function explainImbalance(request: ImbalanceRequest): ImbalanceCause[] {
  const { loads, groups, pValue } = request;
  const n = loads.length;
  const sum = loads.reduce((total, x) => total + x, 0);
  const uneven = sum === 0 ? 0 : loads.reduce((total, x) => total + (x / sum) ** 2, 0) - 1 / n;
  if (n < 2 || uneven < 1e-9) return [];
  const parts: { cause: ImbalanceCauseId; part: number; text: string }[] = [];
  const chance = splitChance(groups, n, sum);
  if (chance.changes > 0) parts.push({ cause: 'member-changes', part: chance.changes, text: 'members were active for different times' });
  if (chance.elephants > 0)
    parts.push({
      cause: 'elephants',
      part: chance.elephants,
      text: `${chance.elephantFlows} ${chance.elephantFlows === 1 ? 'flow is' : 'flows are'} larger than half an equal part`,
    });
  if (chance.rest > 0)
    parts.push({
      cause: 'few-flows',
      part: chance.rest,
      text: `chance, with ${chance.flows} ${chance.elephants > 0 ? 'other ' : ''}flows of different size`,
    });
  if (request.policy !== null && pValue < CHANCE) parts.push(...splitClasses(request, chance.elephants + chance.rest));
  const explained = parts.reduce((total, { part }) => total + part, 0);
  // What chance can give is given to it in full, however far this draw is from the mean of all.
  const rest = pValue >= CHANCE ? 0 : uneven - explained;
  if (rest > LEAST_SHARE * uneven) parts.push({ ...structuralCause(request), part: rest });
  const all = parts.reduce((total, { part }) => total + part, 0);
  return parts
    .map(({ cause, part, text }) => ({ cause, share: part / all, text }))
    .filter(({ share }) => share >= LEAST_SHARE)
    .sort((x, y) => y.share - x.share);
}

/** Mean unevenness that an ideal hash of these flows has, by what it comes from. */
function splitChance(
  groups: readonly PlaceableFlows[],
  n: number,
  sum: number,
): { changes: number; elephants: number; elephantFlows: number; rest: number; flows: number } {
  const mean = new Float64Array(n);
  let elephants = 0;
  let elephantFlows = 0;
  let rest = 0;
  let flows = 0;
  for (const { weights, targets } of groups) {
    const spread = targets.length < 2 ? 0 : (1 - 1 / targets.length) / (sum * sum);
    let total = 0;
    for (let i = 0; i < weights.length; i++) {
      const w = weights[i];
      total += w;
      if (w === 0 || targets.length < 2) continue;
      if (w > (ELEPHANT * sum) / n) {
        elephants += w * w * spread;
        elephantFlows++;
      } else {
        rest += w * w * spread;
        flows++;
      }
    }
    for (const target of targets) if (target >= 0) mean[target] += total / targets.length;
  }
  const placed = mean.reduce((total, x) => total + x, 0);
  const changes = placed === 0 ? 0 : mean.reduce((total, x) => total + (x / placed) ** 2, 0) - 1 / n;
  return { changes: changes < 1e-9 ? 0 : changes, elephants, elephantFlows, rest, flows };
}

/** What is added by flows that stay together because the policy sees one and the same hash value. */
function splitClasses(request: ImbalanceRequest, ofFlows: number): { cause: ImbalanceCauseId; part: number; text: string }[] {
  const { flows, list, placeOf, policy } = request;
  const { merged } = flows;
  const all = new ValueTable();
  const tunnelled = new Map<TunnelKind, { table: ValueTable; squares: number }>();
  const view = createTunnelView();
  let flowSquares = 0;
  for (const flow of list) {
    const bytes = flowBytes(flows, flow);
    const place = placeOf(flow);
    flowSquares += bytes * bytes;
    all.add(0, place, bytes);
    if (!findTunnel(view, merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart[flow])) continue;
    let tunnel = tunnelled.get(view.kind);
    if (tunnel === undefined) tunnelled.set(view.kind, (tunnel = { table: new ValueTable(), squares: 0 }));
    tunnel.table.add(0, place, bytes);
    tunnel.squares += bytes * bytes;
  }
  if (flowSquares === 0) return [];
  // In units of what the flows alone give.
  const unit = ofFlows / flowSquares;
  let together = sumOfSquares(all) - flowSquares;
  const parts: { cause: ImbalanceCauseId; part: number; text: string }[] = [];
  for (const [kind, { table, squares }] of tunnelled) {
    const hidden = Math.min(together, sumOfSquares(table) - squares);
    if (hidden <= 0) continue;
    together -= hidden;
    parts.push({ cause: 'tunnel', part: hidden * unit, text: `${tunnelName(kind)} carries its flows under ${table.values} hash values` });
  }
  if (together > 0)
    parts.push({
      cause: 'same-hash',
      part: together * unit,
      text: `${policy?.id ?? ''} tells ${all.values} of ${list.length} flows apart; the others stay together`,
    });
  return parts;
}

function sumOfSquares(table: ValueTable): number {
  return table.weights().reduce((total, bytes) => total + bytes * bytes, 0);
}

/** Names what is left: neither chance nor flows that stay together. */
function structuralCause(request: ImbalanceRequest): { cause: ImbalanceCauseId; text: string } {
  const { flows, list, policy, variant, basis, active, loads, agreement, isOpenVSwitch } = request;
  const silent = loads.filter((load) => load === 0).length;
  if (policy === null && isOpenVSwitch && silent > 0) return frozenMap(silent, loads.length);
  if (policy === null)
    return silent > 0
      ? { cause: 'silent-member', text: `${silent} of ${loads.length} members carry nothing; the sender's rule is not known` }
      : { cause: 'unknown-policy', text: "the sender's rule is not known" };
  if (policy.selector === 'bucket-256')
    return silent > 0 ? frozenMap(silent, loads.length) : { cause: 'frozen-map', text: 'the bucket map is uneven for this traffic' };
  if (agreement.match < AGREES * agreement.total) return { cause: 'misplaced', text: 'frames are not where the policy puts them' };
  const parity = findPortParity(flows, { list, policy, variant, basis, active });
  if (parity !== null)
    return { cause: 'even-ports', text: `all ${parity.end} ports are ${parity.parity}, and ${policy.id} keeps their lowest bit` };
  const spread = measureSpread(flows, list, { policy, variant, basis, members: active.length });
  if (spread !== null && isPolarised(spread))
    return { cause: 'polarisation', text: 'an earlier hash that uses the same bits has picked these flows' };
  if (silent > 0) return { cause: 'silent-member', text: `${silent} of ${loads.length} members carry nothing` };
  return { cause: 'hash-structure', text: `the hash values of these addresses and ports fall unevenly under ${policy.id}` };
}

function frozenMap(silent: number, members: number): { cause: ImbalanceCauseId; text: string } {
  return { cause: 'frozen-map', text: `${silent} of ${members} members hold no bucket in use` };
}
