import type { LagFlows } from '../flows/lag-flows.ts';
import { auditTunnels } from '../plan/entropy.ts';
import { createTunnelView, findTunnel } from '../plan/find-tunnel.ts';
import { findPortParity } from '../plan/port-parity.ts';
import { measureSpread } from '../plan/polarisation.ts';
import { flowBytes } from '../plan/weigh.ts';
import { firstFrames } from './flow-evidence.ts';
import type { LedgerDirection, LedgerFacts, TunnelFacts } from './ledger-facts.ts';
import {
  countMacPairs,
  describeWrong,
  findBursts,
  findFragments,
  findHeaviest,
  findUnpredicted,
  findWrong,
  findWrongMembers,
} from './ledger-flows.ts';

/** A tunnel must carry this share of the bytes to matter. */
export const LEAST_TUNNEL_SHARE = 0.1;
/** Flows in tunnels looked into: a finding needs no more. */
const MOST_TUNNELS = 1 << 16;

/** Flows of one member against the mean that make the spread of hash values worth a look. */
const UNEVEN = 1.25;

/**
 * `names`: of the members; `speeds` in Mbit/s, null where not known; `memberFlows`: flows seen on each. Each fact is found
 * when a rule first asks for it: most captures have nothing to tell of most of them.
 */
export function summarizeFlows(
  flows: LagFlows,
  direction: LedgerDirection,
  names: readonly string[],
  speeds: readonly (number | null)[],
  memberFlows: readonly number[],
): LedgerFacts {
  const { list, sender } = direction;
  const weights = once(() => findHeaviest(flows, list));
  const fragments = once(() => findFragments(flows, list));
  const wrongOn = once(() => findWrongMembers(flows, direction, findWrong(direction)));
  const rule = sender.policy === null || sender.source === 'default' ? null : { ...sender, policy: sender.policy };
  const facts = {
    macPairs: once(() => countMacPairs(flows, list)),
    heaviest: once(() => firstFrames(flows, weights().heaviest)),
    fragments: once(() => firstFrames(flows, fragments().heaviest)),
    wrong: once(() => describeWrong(flows, direction, names, wrongOn())),
    unpredicted: once(() => firstFrames(flows, findUnpredicted(flows, direction))),
    tunnels: once(() => findTunnels(flows, direction, weights().bytes)),
    portParity: once(() => {
      const parity = rule === null ? null : findPortParity(flows, { ...rule, list, active: activeMembers(direction) });
      return parity === null ? null : { ...parity, evidence: firstFrames(flows, parity.examples) };
    }),
    spread: once(() => {
      const active = activeMembers(direction);
      return rule === null || !isUneven(active.map((m) => memberFlows[m]))
        ? null
        : measureSpread(flows, list, { ...rule, members: active.length });
    }),
    bursts: once(() => findBursts(flows, list, speeds)),
  };
  return {
    get bytes() {
      return weights().bytes;
    },
    get largestFlowBytes() {
      return weights().largest;
    },
    get macPairs() {
      return facts.macPairs();
    },
    get fragmentPackets() {
      return fragments().packets;
    },
    get heaviest() {
      return facts.heaviest();
    },
    get fragments() {
      return facts.fragments();
    },
    get wrong() {
      return facts.wrong();
    },
    get wrongMembers() {
      return [...new Set(wrongOn().map(({ member }) => member))].sort((x, y) => x - y);
    },
    get unpredicted() {
      return facts.unpredicted();
    },
    get tunnels() {
      return facts.tunnels();
    },
    get portParity() {
      return facts.portParity();
    },
    get spread() {
      return facts.spread();
    },
    get bursts() {
      return facts.bursts();
    },
  };
}

/** What `find` gives, found once. */
function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | null = null;
  return () => (found ??= { value: find() }).value;
}

function isUneven(counts: readonly number[]): boolean {
  return Math.max(0, ...counts) * counts.length > UNEVEN * counts.reduce((sum, count) => sum + count, 0);
}

/** Members in use for the longest time. */
export function activeMembers({ epochs, placement, sender }: LedgerDirection): readonly number[] {
  const active = epochs[placement.longest]?.active ?? [];
  return active.length > 0 ? active : sender.order;
}

/** Tunnels in which enough is carried to be told of; none is looked into where all of them together carry less. */
function findTunnels(flows: LagFlows, direction: LedgerDirection, allBytes: number): TunnelFacts[] {
  const { tables, keyTable, keyStart } = flows.merged;
  const { list } = direction;
  const tunnel = createTunnelView();
  const found: number[] = [];
  let bytes = 0;
  for (let i = 0; i < list.length && found.length < MOST_TUNNELS; i++) {
    const flow = list[i];
    if (!findTunnel(tunnel, tables[keyTable[flow]].columns.rows, keyStart[flow])) continue;
    found.push(flow);
    bytes += flowBytes(flows, flow);
  }
  if (found.length === 0 || bytes < LEAST_TUNNEL_SHARE * allBytes) return [];
  return auditTunnels(flows, { ...direction, inUse: activeMembers(direction) }, found).map((audited) => ({
    ...audited,
    share: allBytes > 0 ? audited.bytes / allBytes : 0,
    evidence: firstFrames(flows, audited.examples),
  }));
}
