import { toldBasis, UNPREDICTED_REASONS } from '../hash/policy.ts';
import { formatMac } from '../flows/mac.ts';
import { measureBalance } from '../plan/balance.ts';
import { explainImbalance } from '../plan/imbalance-causes.ts';
import { weighFlows } from '../plan/weigh.ts';
import type { Direction, Epoch, Lag, Member, MemberLoad, PolicyInUse, Side, SideId } from '../report/document.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { balancedMembers } from './balanced-members.ts';
import { buildBuckets } from './build-buckets.ts';
import { buildChassis } from './build-chassis.ts';
import { confidenceOf } from './either-end.ts';
import { countFrames } from './count-frames.ts';
import type { FrameCounts } from './count-frames.ts';
import { findNeighbours, systemNames } from './build-neighbours.ts';
import type { MemberNeighbour } from './build-neighbours.ts';
import type { Sender } from './sender.ts';
import type { AnalysisSource } from './sources.ts';
import type { Steps } from './steps.ts';
import { formatAxisTime } from './time-text.ts';

/** Addresses listed per side; a bridge behind a LAG can have thousands. */
const MAX_LISTED_MACS = 1000;

/** The LAG's part of the document, without its flows. */
export function* buildLag(lag: LagAnalysis, sources: readonly AnalysisSource[]): Steps<Lag> {
  const counts = countFrames(lag.flows, lag.directed);
  yield null;
  const neighbours = findNeighbours(lag, sources);
  const directions = [yield* buildDirection(lag, lag.directions[0], counts), yield* buildDirection(lag, lag.directions[1], counts)];
  return {
    id: lag.plan.id,
    members: lag.plan.members.map((member, index): Member => ({
      name: member.name,
      index,
      sources: member.sources.map((s) => sources[s].name),
      speedMbps: findSpeed(lag, index),
    })),
    sides: [buildSide(lag, 0, neighbours), buildSide(lag, 1, neighbours)],
    unassigned: counts.unassigned,
    duplicates: counts.duplicates,
    directions,
  };
}

function* buildDirection(lag: LagAnalysis, direction: DirectionAnalysis, counts: FrameCounts): Steps<Direction> {
  const { side, sender, placement, epochs } = direction;
  const name = (m: number): string => lag.plan.members[m].name;
  const observed = counts.observed[side];
  const predictedBytes = placement.predicted.reduce((sum, p) => sum + p.bytes, 0);
  return {
    from: side === 0 ? 'a' : 'b',
    to: side === 0 ? 'b' : 'a',
    policy: {
      id: sender.policy?.id ?? sender.named ?? null,
      ...functionOf(sender),
      source: sender.source,
      members: sender.order.map(name),
      confidence: confidenceOf(lag, direction),
    },
    epochs: epochs.map((epoch, e): Epoch => ({
      fromTime: formatAxisTime(lag.flows.originSeconds, epoch.fromMs),
      toTime: formatAxisTime(lag.flows.originSeconds, epoch.toMs),
      active: epoch.active.map(name),
      why: epoch.why,
      ...(direction.spans.length > 1 ? { policy: ruleOf(direction.senderIn(e)) } : {}),
    })),
    totals: counts.totals[side],
    control: counts.control[side],
    reflections: counts.reflections[side],
    unpredicted: placement.unpredicted.flatMap(({ packets, bytes }, code) => {
      const reason = UNPREDICTED_REASONS[code];
      return reason === null || packets === 0 ? [] : [{ reason, packets, bytes }];
    }),
    transition: { packets: placement.transitionPackets },
    agreement: placement.agreement,
    members: lag.plan.members.map((member, m) => ({
      name: member.name,
      observed: observed[m],
      predicted: { ...placement.predicted[m], share: predictedBytes > 0 ? placement.predicted[m].bytes / predictedBytes : 0 },
    })),
    balance: yield* balanceOf(lag, direction, observed),
    ...buildBuckets(lag, direction),
    ...buildChassis(lag, direction),
  };
}

/** Version and basis of the rule that places: of several chassis those that all have. */
function functionOf({ policy, variant, basis, split = [] }: Sender): Pick<PolicyInUse, 'variant' | 'basis'> {
  const own = split.map(({ hypothesis }) => hypothesis);
  if (policy !== null || own.length === 0) return { variant: policy === null ? null : variant, basis: toldBasis(policy, basis) };
  return {
    variant: own.every((other) => other.variant === variant) ? variant : null,
    basis: own.every((other) => other.basis === basis) ? toldBasis(own[0].policy, basis) : null,
  };
}

function ruleOf(sender: Sender): { id: string | null; variant: string | null } {
  return { id: sender.policy?.id ?? sender.named ?? null, variant: sender.policy === null ? null : sender.variant };
}

/** The balance, the chance of it, and what it comes from. */
function* balanceOf(lag: LagAnalysis, direction: DirectionAnalysis, observed: readonly MemberLoad[]): Steps<Direction['balance']> {
  const active = balancedMembers(direction);
  const { list, sender, epochs, placement } = direction;
  const loads = active.map((m) => observed[m].bytes);
  const groups = weighFlows(lag.flows, list, epochs, active);
  yield null;
  const balance = measureBalance(loads, groups);
  yield null;
  return {
    ...balance,
    causes: explainImbalance({
      flows: lag.flows,
      list,
      loads,
      groups,
      pValue: balance.pValue ?? 1,
      policy: sender.policy,
      variant: sender.variant,
      basis: sender.basis,
      placeOf: (flow) => (sender.buckets === undefined ? direction.hash[flow] : direction.bucketOf(flow)),
      active,
      agreement: placement.agreement.packets,
      isOpenVSwitch: isOpenVSwitch(lag, direction.side),
    }),
  };
}

/** Open vSwitch's default system priority (bridge.c: UINT16_MAX - 1) is nobody else's; or a state text says so. */
const OVS_SYSTEM_PRIORITY = 65_534;

function isOpenVSwitch(lag: LagAnalysis, side: 0 | 1): boolean {
  const said = lag.facts.some((fact) => fact.side === side && fact.facts.mode?.startsWith('ovs-') === true);
  return said || lag.portEnds.some((ends) => ends[side]?.systemPriority === OVS_SYSTEM_PRIORITY);
}

function buildSide(lag: LagAnalysis, index: 0 | 1, neighbours: readonly MemberNeighbour[]): Side {
  const id: SideId = index === 0 ? 'a' : 'b';
  const ends = lag.portEnds.map((pair) => pair[index]).filter((end) => end !== null);
  const system = ends[0]?.system ?? null;
  const facts = lag.facts.find((f) => f.side === index);
  const macs = lag.sides.macs[index];
  // The name that LLDP or CDP gives the system, and the bond's own.
  const names = systemNames(neighbours, index);
  const named = [names.length === 1 ? names[0] : null, facts?.facts.name ?? null].filter((name) => name !== null).join(' ');
  const label = named === '' ? (system ?? (macs.length > 0 ? formatMac(macs[0]) : `side ${id}`)) : named;
  const role = !lag.sides.aIsLocal ? 'unknown' : index === 0 ? 'local' : 'remote';
  const keys = ends[0]?.keys ?? [];
  return {
    id,
    role,
    label,
    system,
    key: keys.length > 0 ? keys[keys.length - 1] : null,
    macs: macs.slice(0, MAX_LISTED_MACS).map(formatMac),
    evidence: [...lag.sides.evidence[index]],
  };
}

function findSpeed(lag: LagAnalysis, member: number): number | null {
  for (const { facts, members } of lag.facts) {
    const place = members.indexOf(member);
    const speed = place < 0 ? undefined : facts.members[place].speedMbps;
    if (speed !== undefined) return speed;
  }
  return null;
}
