import { fillHashInput } from '../flows/hash-input-from-keys.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { createHashInput } from '../hash/hash-input.ts';
import { bestPolicy, changeRequest, ENOUGH_PER_MEMBER, listChoices, otherChange } from './entropy-change.ts';
import type { ChangeRequest } from './entropy-change.ts';
import { FieldEntropyCounter } from './entropy-fields.ts';
import { auditPolicies } from './entropy-policies.ts';
import { collectTunnels } from './entropy-tunnels.ts';
import type { TunnelFlows } from './entropy-tunnels.ts';
import type { EntropyAudit, EntropyDirection, TunnelEntropy } from './entropy-types.ts';
import { flowBytes, flowPackets } from './weigh.ts';

export type * from './entropy-types.ts';
export { tunnelName } from './entropy-text.ts';

/** Rows looked at in one go. */
const CHUNK_ROWS = 2048;
/** What more flows tell is not worth the seconds. */
const MOST_AUDITED = 1 << 17;
/** Flows named of each tunnel. */
const EXAMPLES = 5;
/** Flows inside for each hash value from which on a tunnel hides them. */
const HIDDEN = 2;
/** What a change must take off the busiest member to be named as the one to make. */
const LEAST_GAIN = 0.1;

/** Which header bits vary in a direction's traffic, what each policy can see of them, and which tunnels hide flows. */
export function auditEntropy(flows: LagFlows, direction: EntropyDirection): EntropyAudit {
  const list = thinOut(direction.list);
  const bytes = weighList(flows, list);
  const fields = new FieldEntropyCounter();
  countFields(flows, list, bytes, fields);
  const tunnels = collectTunnels(flows, list, bytes, fields);
  const request = changeRequest({ ...direction, list }, { flows, list, bytes, members: membersOf(flows, direction) });
  const policies = request.policies();
  const audited = tunnels.map((tunnel) => auditTunnel(request, tunnel)).sort((x, y) => y.bytes - x.bytes);
  const changes = [bestPolicy(request, policies, null), ...audited.map(({ change }) => change)];
  return {
    flows: direction.list.length,
    audited: list.length,
    packets: list.reduce((sum, flow) => sum + flowPackets(flows, flow), 0),
    bytes: bytes.reduce((sum, weight) => sum + weight, 0),
    fields: fields.results(),
    policies,
    tunnels: withShares(audited, bytes),
    change: changes.find((change) => change !== null && change.gain >= LEAST_GAIN) ?? null,
  };
}

function membersOf({ memberCount }: LagFlows, { inUse }: EntropyDirection): readonly number[] {
  return inUse ?? Array.from({ length: memberCount }, (_, m) => m);
}

/** All flows, or one in so many of very many, in order of their first frames. */
function thinOut(list: Uint32Array): Uint32Array {
  const step = Math.ceil(list.length / MOST_AUDITED);
  return step <= 1 ? list : list.filter((_, place) => place % step === 0);
}

/** Only the tunnels among the flows of `found`: what findings need of every capture. Changes are judged by all of the direction's traffic. */
export function auditTunnels(flows: LagFlows, direction: EntropyDirection, found: readonly number[]): readonly TunnelEntropy[] {
  const { list } = direction;
  const asked = new Set(found);
  const bytes = weighList(flows, list);
  const traffic = { flows, list, bytes, members: membersOf(flows, direction) };
  const request = changeRequest(direction, traffic, listChoices(direction));
  const audited = collectTunnels(flows, list, bytes, undefined, (flow) => asked.has(flow)).map((tunnel) => auditTunnel(request, tunnel));
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

function auditTunnel(request: ChangeRequest, tunnel: TunnelFlows): TunnelEntropy {
  const { direction, traffic } = request;
  const { flows, bytes, members } = traffic;
  const list = Uint32Array.from(tunnel.places, (place) => direction.list[place]);
  const weights = Float64Array.from(tunnel.places, (place) => bytes[place]);
  const policies = auditPolicies(flows, list, weights, request.candidates);
  const current = policies.find((policy) => policy.current);
  // Of a sender whose policy is not known, the best that the outer headers allow.
  const seen = current?.hashes ?? tunnel.outerFlows;
  const { innerFlows, kind } = tunnel;
  const enough = ENOUGH_PER_MEMBER * Math.max(members.length, 2);
  // What socket hashes place cannot be judged from packets; encryption hides how many flows there are.
  const isPlaced = current === undefined || current.unplacedBytes < tunnel.bytes / 2;
  // A mode that places nothing by a hash is not misled by headers.
  const isHashed = direction.sender.policy !== null || direction.sender.named === undefined;
  const hides =
    isHashed &&
    isPlaced &&
    seen < enough &&
    (innerFlows === null || innerFlows >= HIDDEN * seen) &&
    (tunnel.byHeader || innerFlows === null);
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
    change: hides ? (bestPolicy(request, policies, kind) ?? otherChange(request, kind, tunnel.places)) : null,
  };
}
