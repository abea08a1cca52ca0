import { fillHashInput } from '../flows/hash-input-from-keys.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { createHashInput } from '../hash/hash-input.ts';
import { findPolicy } from '../hash/registry.ts';
import { FieldEntropyCounter } from './entropy-fields.ts';
import { auditPolicies, familyOf, listCandidates } from './entropy-policies.ts';
import { changeText } from './entropy-text.ts';
import { collectTunnels } from './entropy-tunnels.ts';
import type { TunnelFlows } from './entropy-tunnels.ts';
import type { EntropyAudit, EntropyChange, EntropyDirection, PolicyEntropy, TunnelEntropy, TunnelKind } from './entropy-types.ts';
import { flowBytes } from './weigh.ts';

export type * from './entropy-types.ts';
export { tunnelName } from './entropy-text.ts';

/** Rows looked at in one go. */
const CHUNK_ROWS = 2048;
/** Hash values per member from which on balance is a matter of chance and no longer of too few values. */
const ENOUGH_PER_MEMBER = 8;
/** What more flows tell is not worth the seconds. */
const MOST_AUDITED = 1 << 17;
/** Flows named of each tunnel. */
const EXAMPLES = 5;
/** A change must give so many times the values to be worth it, and no simpler policy this share of them. */
const WORTH = 2;
const NEARLY_ALL = 0.8;

/** Which header bits vary in a direction's traffic, what each policy can see of them, and which tunnels hide flows. */
export function auditEntropy(flows: LagFlows, direction: EntropyDirection): EntropyAudit {
  const list = thinOut(direction.list);
  const bytes = weighList(flows, list);
  const fields = new FieldEntropyCounter();
  countFields(flows, list, bytes, fields);
  const tunnels = collectTunnels(flows, list, bytes, fields);
  const policies = auditPolicies(flows, list, bytes, listCandidates(direction));
  const audited = tunnels.map((tunnel) => auditTunnel(flows, { ...direction, list }, bytes, tunnel)).sort((x, y) => y.bytes - x.bytes);
  const change = bestPolicy(policies, direction, flows.memberCount, null);
  return {
    flows: direction.list.length,
    audited: list.length,
    packets: list.reduce((sum, flow) => sum + flowPackets(flows, flow), 0),
    bytes: bytes.reduce((sum, weight) => sum + weight, 0),
    fields: fields.results(),
    policies,
    tunnels: withShares(audited, bytes),
    change: change ?? audited.find(({ hides, change: freed }) => hides && freed !== null)?.change ?? null,
  };
}

/** All flows, or one in so many of very many, in order of their first frames. */
function thinOut(list: Uint32Array): Uint32Array {
  const step = Math.ceil(list.length / MOST_AUDITED);
  return step <= 1 ? list : list.filter((_, place) => place % step === 0);
}

/** Only the tunnels: what findings need of every capture. Nothing is hashed where there are none. */
export function auditTunnels(flows: LagFlows, direction: EntropyDirection): readonly TunnelEntropy[] {
  const bytes = weighList(flows, direction.list);
  const audited = collectTunnels(flows, direction.list, bytes).map((tunnel) => auditTunnel(flows, direction, bytes, tunnel));
  return withShares(
    audited.sort((x, y) => y.bytes - x.bytes),
    bytes,
  );
}

function withShares(tunnels: readonly TunnelEntropy[], bytes: Float64Array): TunnelEntropy[] {
  const all = bytes.reduce((sum, weight) => sum + weight, 0);
  return tunnels.map((tunnel) => ({ ...tunnel, share: all > 0 ? tunnel.bytes / all : 0 }));
}

function weighList(flows: LagFlows, list: Uint32Array): Float64Array {
  const bytes = new Float64Array(list.length);
  for (let i = 0; i < list.length; i++) bytes[i] = flowBytes(flows, list[i]);
  return bytes;
}

function flowPackets({ merged }: LagFlows, flow: number): number {
  let packets = 0;
  for (let e = merged.entryFrom[flow]; e < merged.entryFrom[flow + 1]; e++) {
    const table = merged.tables[merged.entryTable[e]];
    if (table.kind === 'frames') packets += table.columns.rows[merged.entryRow[e]];
  }
  return packets;
}

/** Counts the outer fields, a chunk of one table's rows at a time. */
function countFields(flows: LagFlows, list: Uint32Array, bytes: Float64Array, fields: FieldEntropyCounter): void {
  const { merged } = flows;
  const input = createHashInput(CHUNK_ROWS);
  const starts = new Uint32Array(CHUNK_ROWS);
  const weights = new Float64Array(CHUNK_ROWS);
  for (let t = 0; t < merged.tables.length; t++) {
    let filled = 0;
    const flush = (): void => {
      fillHashInput(input, merged.tables[t].columns.rows, starts, 0, filled, { tagInFrame: false });
      fields.add(input, weights, 0);
      filled = 0;
    };
    for (let i = 0; i < list.length; i++) {
      if (merged.keyTable[list[i]] !== t) continue;
      starts[filled] = merged.keyStart[list[i]];
      weights[filled++] = bytes[i];
      if (filled === CHUNK_ROWS) flush();
    }
    if (filled > 0) flush();
  }
}

function auditTunnel(flows: LagFlows, direction: EntropyDirection, bytes: Float64Array, tunnel: TunnelFlows): TunnelEntropy {
  const list = Uint32Array.from(tunnel.places, (place) => direction.list[place]);
  const weights = Float64Array.from(tunnel.places, (place) => bytes[place]);
  const policies = auditPolicies(flows, list, weights, listCandidates(direction));
  const current = policies.find((policy) => policy.current);
  // Of a sender whose policy is not known, the best that the outer headers allow.
  const seen = current?.hashes ?? tunnel.outerFlows;
  const { innerFlows, kind } = tunnel;
  const enough = ENOUGH_PER_MEMBER * Math.max(flows.memberCount, 2);
  // What socket hashes place cannot be judged from packets; encryption hides how many flows there are.
  const isPlaced = current === undefined || current.unplacedBytes < tunnel.bytes / 2;
  const hides =
    isPlaced && seen < enough && (innerFlows === null || innerFlows >= WORTH * seen) && (tunnel.byHeader || innerFlows === null);
  return {
    kind,
    by: tunnel.byHeader ? 'header' : 'port',
    packets: list.reduce((sum, flow) => sum + flowPackets(flows, flow), 0),
    bytes: tunnel.bytes,
    share: 0,
    examples: [...list.subarray(0, EXAMPLES)],
    endpoints: tunnel.endpoints,
    outerFlows: tunnel.outerFlows,
    sourcePorts: tunnel.sourcePorts,
    sourcePortBits: tunnel.sourcePortBits,
    innerFlows,
    mostInnerPerOuter: tunnel.mostInnerPerOuter,
    hashes: seen,
    hides,
    change: hides ? (bestPolicy(policies, direction, flows.memberCount, kind) ?? otherChange(kind, familyOf(direction) === 'linux')) : null,
  };
}

/**
 * The simplest policy of the sender's family that gives (nearly) the most hash values, if that is much more than now and
 * now is too little; null else. Later policies of the registry look deeper and cost more.
 */
function bestPolicy(
  policies: readonly PolicyEntropy[],
  direction: EntropyDirection,
  members: number,
  kind: TunnelKind | null,
): EntropyChange | null {
  const family = familyOf(direction);
  const current = policies.find((policy) => policy.current);
  if (current === undefined || current.effectiveFlows >= ENOUGH_PER_MEMBER * Math.max(members, 2)) return null;
  // Per effective flows, so that many small flows beside one large tunnel do not count as freedom.
  const choices = policies.filter((policy) => !policy.current && findPolicy(policy.policy)?.family === family);
  const most = Math.max(0, ...choices.map((policy) => policy.effectiveFlows));
  const best = choices.find((policy) => policy.effectiveFlows >= NEARLY_ALL * most);
  if (best === undefined || best.effectiveFlows < WORTH * current.effectiveFlows) return null;
  const change = { kind: 'set-policy', policy: best.policy, hashes: best.hashes } as const;
  return { ...change, text: changeText(change, kind, family === 'linux') };
}

/** What frees the flows of a tunnel where no policy of the sender does. */
function otherChange(kind: TunnelKind, byLinux: boolean): EntropyChange {
  const change = { kind: changeKind(kind), policy: null, hashes: null } as const;
  return { ...change, text: changeText(change, kind, byLinux) };
}

function changeKind(kind: TunnelKind): EntropyChange['kind'] {
  switch (kind) {
    case 'vxlan':
    case 'geneve':
    case 'gtp':
      return 'vary-source-port';
    case 'gre':
    case 'erspan':
    case 'pptp':
    case 'ipip':
      return 'wrap-in-udp';
    case 'roce':
      return 'more-queue-pairs';
    case 'mpls':
      return 'entropy-label';
    default:
      return 'more-endpoints';
  }
}
