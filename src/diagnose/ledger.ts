import { isFragmentRow } from '../flows/decode-flow-key.ts';
import { rowBytes, STAT_PACKETS } from '../flows/flow-table.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { destinationMac, sourceMac } from '../flows/mac.ts';
import type { HashPolicy } from '../hash/policy.ts';
import { UNPREDICTED_REASONS } from '../hash/policy.ts';
import { auditTunnels } from '../plan/entropy.ts';
import type { TunnelEntropy } from '../plan/entropy.ts';
import { createTunnelView, findTunnel } from '../plan/find-tunnel.ts';
import { findMicrobursts } from '../plan/microbursts.ts';
import type { Microburst } from '../plan/microbursts.ts';
import type { Placement } from '../plan/place.ts';
import { measureSpread } from '../plan/polarisation.ts';
import type { HashSpread } from '../plan/polarisation.ts';
import type { FrameEvidence, Moment } from './finding.ts';
import { firstFrame, firstFrames, describeFlow, Heaviest } from './flow-evidence.ts';
import { findPortParity } from '../plan/port-parity.ts';
import type { PortParity } from '../plan/port-parity.ts';

/** Pairs of MAC addresses are counted up to here: more is "many". */
export const MANY_MAC_PAIRS = 16;
/** Flows shown as evidence of one finding. */
const SHOWN = 5;
/** Flows in tunnels looked into: a finding needs no more. */
const MOST_TUNNELS = 1 << 16;

/** One direction as the analysis left it. */
export interface LedgerDirection {
  readonly list: Uint32Array;
  readonly sender: {
    readonly policy: HashPolicy | null;
    readonly variant: string;
    readonly basis: number;
    readonly order: readonly number[];
    readonly source: 'option' | 'state' | 'inferred' | 'default';
  };
  readonly epochs: readonly { readonly active: readonly number[] }[];
  readonly placement: Placement;
  predictedMember(flow: number): number;
}

/** What a direction's flows have in common and which of them show what, in few passes over them. */
export interface LedgerFacts {
  readonly bytes: number;
  readonly largestFlowBytes: number;
  readonly macPairs: number;
  readonly fragmentPackets: number;
  /** The heaviest flows; the largest first. */
  readonly heaviest: readonly FrameEvidence[];
  readonly fragments: readonly FrameEvidence[];
  /** Frames that are not where the policy puts them. */
  readonly wrong: readonly FrameEvidence[];
  readonly wrongMembers: readonly number[];
  /** Flows that no packet field explains. */
  readonly unpredicted: readonly FrameEvidence[];
  readonly tunnels: readonly TunnelFacts[];
  readonly portParity: (PortParity & { readonly evidence: readonly FrameEvidence[] }) | null;
  /** How hash values fall on the members; null where nothing made it worth a look. */
  readonly spread: HashSpread | null;
  readonly bursts: readonly (Microburst & { readonly since: Moment; readonly evidence: readonly FrameEvidence[] })[];
}

export interface TunnelFacts extends TunnelEntropy {
  readonly evidence: readonly FrameEvidence[];
}

export const NO_LEDGER: LedgerFacts = {
  bytes: 0,
  largestFlowBytes: 0,
  macPairs: 0,
  fragmentPackets: 0,
  heaviest: [],
  fragments: [],
  wrong: [],
  wrongMembers: [],
  unpredicted: [],
  tunnels: [],
  portParity: null,
  spread: null,
  bursts: [],
};

/** Reasons that lie in the sender's rule, and not in the capture. */
const INHERENT = new Set(['socket-hash', 'keyed-hash', 'kernel-bug', 'hidden-input']);
/** Flows of one member against the mean that make the spread of hash values worth a look. */
const UNEVEN = 1.25;

/** `names`: of the members; `speeds` in Mbit/s, null where not known; `memberFlows`: flows seen on each. */
export function summarizeFlows(
  flows: LagFlows,
  direction: LedgerDirection,
  names: readonly string[],
  speeds: readonly (number | null)[],
  memberFlows: readonly number[],
): LedgerFacts {
  const { merged } = flows;
  const { list, placement, sender } = direction;
  const pairs = new Set<string>();
  const heaviest = new Heaviest(SHOWN);
  const fragments = new Heaviest(SHOWN);
  const wrong = new Heaviest(SHOWN);
  const unpredicted = new Heaviest(SHOWN);
  const tunnels: number[] = [];
  const tunnel = createTunnelView();
  const isListed = new Uint8Array(merged.count);
  let all = 0;
  let fragmentPackets = 0;
  let largestFlowBytes = 0;
  let unknownPairs = false;
  let lastSrc = -1;
  let lastDst = -1;
  for (const f of list) {
    isListed[f] = 1;
    let bytes = 0;
    let packets = 0;
    for (let e = merged.entryFrom[f]; e < merged.entryFrom[f + 1]; e++) {
      const table = merged.tables[merged.entryTable[e]];
      if (table.kind !== 'frames') continue;
      bytes += rowBytes(table.columns.rows, merged.entryRow[e]);
      packets += table.columns.rows[merged.entryRow[e] + STAT_PACKETS];
    }
    all += bytes;
    if (bytes > largestFlowBytes) largestFlowBytes = bytes;
    heaviest.offer(f, bytes);
    if (placement.wrong[f] > 0) wrong.offer(f, placement.wrong[f]);
    const reason = UNPREDICTED_REASONS[placement.reason[f]];
    if (reason !== null && INHERENT.has(reason)) unpredicted.offer(f, packets);
    const { rows } = merged.tables[merged.keyTable[f]].columns;
    const start = merged.keyStart[f];
    if (isFragmentRow(rows, start)) {
      fragmentPackets += packets;
      fragments.offer(f, packets);
    }
    if (tunnels.length < MOST_TUNNELS && findTunnel(tunnel, rows, start)) tunnels.push(f);
    if (pairs.size >= MANY_MAC_PAIRS) continue;
    const src = sourceMac(rows, start);
    const dst = destinationMac(rows, start);
    if (src === lastSrc && dst === lastDst) continue;
    lastSrc = src;
    lastDst = dst;
    // SLL and SLL2 show no destination: how many there are is not known.
    if (dst === 0) unknownPairs = true;
    pairs.add(`${src} ${dst}`);
  }
  const active = activeMembers(direction);
  const rule = sender.policy === null || sender.source === 'default' ? null : { ...sender, policy: sender.policy };
  const parity = rule === null ? null : findPortParity(flows, { ...rule, list, active });
  const counts = active.map((m) => memberFlows[m]);
  const isUneven = Math.max(0, ...counts) * active.length > UNEVEN * counts.reduce((sum, count) => sum + count, 0);
  const wrongOn = findWrongMembers(flows, direction, wrong.flows);
  return {
    bytes: all,
    largestFlowBytes,
    macPairs: unknownPairs ? MANY_MAC_PAIRS : pairs.size,
    fragmentPackets,
    heaviest: firstFrames(flows, heaviest.flows),
    fragments: firstFrames(flows, fragments.flows),
    wrong: wrongOn.flatMap(({ flow, member }) => {
      const predicted = direction.predictedMember(flow);
      const note = `${describeFlow(flows, flow)} on ${names[member]}${predicted < 0 ? '' : `, predicted ${names[predicted]}`}`;
      return firstFrame(flows, flow, note, member) ?? [];
    }),
    wrongMembers: [...new Set(wrongOn.map(({ member }) => member))].sort((x, y) => x - y),
    unpredicted: firstFrames(flows, unpredicted.flows),
    tunnels: findTunnels(flows, direction, tunnels, all),
    portParity: parity === null ? null : { ...parity, evidence: firstFrames(flows, parity.examples) },
    spread: rule === null || !isUneven ? null : measureSpread(flows, list, { ...rule, members: active.length }),
    bursts: findMicrobursts(flows, isListed, speeds).map((burst) => ({
      ...burst,
      since: { seconds: flows.originSeconds + Math.floor(burst.fromMs / 1000), nanos: Math.round((burst.fromMs % 1000) * 1e6) },
      evidence: firstFrames(flows, burst.flows),
    })),
  };
}

/** Where a wrong flow went, if not only where it is predicted now. */
function findWrongMembers(
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

/** Members in use for the longest time. */
export function activeMembers({ epochs, placement, sender }: LedgerDirection): readonly number[] {
  const active = epochs[placement.longest]?.active ?? [];
  return active.length > 0 ? active : sender.order;
}

function findTunnels(flows: LagFlows, direction: LedgerDirection, found: readonly number[], allBytes: number): TunnelFacts[] {
  if (found.length === 0) return [];
  return auditTunnels(flows, { ...direction, inUse: activeMembers(direction) }, found).map((tunnel) => ({
    ...tunnel,
    share: allBytes > 0 ? tunnel.bytes / allBytes : 0,
    evidence: firstFrames(flows, tunnel.examples),
  }));
}
