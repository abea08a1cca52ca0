import { writeFixes } from '../fix/registry.ts';
import { targetOfLag } from '../fix/target.ts';
import type { FixTarget, TargetSystem } from '../fix/target.ts';
import type { Change } from '../fix/change.ts';
import { findPortParity } from '../plan/port-parity.ts';
import { NEWEST_LINUX_VARIANT } from '../hash/linux-eras.ts';
import type { HashPolicy } from '../hash/policy.ts';
import { hasVariant, POLICIES } from '../hash/registry.ts';
import { classifyHashes } from '../plan/hash-classes.ts';
import { MAX_PLAN_MEMBERS } from '../plan/plan-rule.ts';
import type { PlanRule } from '../plan/plan-rule.ts';
import type { PlanAdvice, PlanMember, PlanScenario } from '../report/plan-document.ts';
import { countNoun, formatBitRate, formatShare } from '../report/quantity.ts';
import type { PlanDirectionTables } from './plan-direction.ts';
import { anyHashScenario, layOutMembers, whatIfScenario } from './plan-scenario.ts';
import type { ScenarioContext } from './plan-scenario.ts';

/** An imbalance that an ideal hash makes less often is no chance; below this much above the mean it harms nobody (contract, balance/skewed). */
const UNLIKELY = 0.05;
const SKEWED = 1.5;
/** A policy that leaves more than this share of the bytes open gains by expectation only, and comes after those that decide. */
const MOST_OPEN = 0.05;
/** A link this full in its fullest second has no room for more. */
const FULL = 0.8;
/** What a change must take off the busiest member to be worth it. */
const LEAST_GAIN = 0.1;
/** Shares of classes this much larger make a policy worse for other traffic, whatever it does to this. */
const MUCH_COARSER = 0.8;
/** Changes that gain nothing, listed for those who had them in mind. */
const LISTED_LOSERS = 3;

/** Ordering, support and standard conformance, per policy; the earlier a policy stands here, the less it asks for. */
const COSTS: readonly (readonly [id: string, text: string])[] = [
  ['layer2', 'nothing: conforms to 802.3ad, any kernel.'],
  ['cisco-src-dst-mac', 'one line for the whole switch: all its port-channels change.'],
  ['layer2+3', 'nothing: conforms to 802.3ad, any kernel.'],
  ['esxi-ip-hash', 'needs a static channel at the physical switch.'],
  ['cisco-src-dst-ip', 'one line for the whole switch: all its port-channels change.'],
  ['layer3+4', 'fragments go by addresses only, so a flow with fragments may be reordered (not strictly 802.3ad).'],
  ['cisco-src-dst-port', 'one line for the whole switch, which not every model has; fragments may be reordered.'],
  ['ovs-balance-slb', 'the switch must not bundle the ports; addresses move between its ports.'],
  ['ovs-balance-tcp', 'needs LACP at the switch; the table is drawn anew, by chance.'],
  ['encap2+3', 'Linux 3.13 or newer; more work per packet.'],
  ['encap3+4', 'Linux 3.13 or newer; fragments may be reordered; what local sockets send goes by their own random hash.'],
  ['vlan+srcmac', 'Linux 5.12 or newer; one member per source MAC address and VLAN.'],
];

/** What one change does. */
interface Candidate {
  readonly action: string;
  readonly rule: PlanRule | null;
  readonly scenario: PlanScenario;
  readonly change: Change | null;
  readonly effectiveFlows: number;
  readonly costRank: number;
  readonly cost: string;
}

/** Advice for the sender of a direction, best first; the ranks are given when both directions are known. */
export function adviseDirection(context: ScenarioContext, current: PlanScenario, syntax: string | undefined): PlanAdvice[] {
  const { tables } = context;
  const { traffic } = tables;
  const side = tables.direction.side === 0 ? 'a' : 'b';
  const present = tables.order.length;
  if (traffic.list.length === 0 || present < 2) return [];
  const own = tables.rule;
  const before = busiest(current);
  const classes = own === null ? null : classifyHashes(traffic, tables.hashes(own), present);
  const { pValue } = current.balance;
  const isSkewed = (current.balance.maxOverMean ?? 1) >= SKEWED;
  const isActiveBackup = tables.direction.sender.named?.endsWith('active-backup') === true;
  const usesOne = isActiveBackup || (own === null && current.members.filter(({ bytes }) => bytes > 0).length < 2);
  const isUnlikely = isSkewed && !usesOne && ((pValue !== null && pValue < UNLIKELY) || hasEvenPorts(tables));
  const isFull = before.member !== undefined && (before.member.peakLoad ?? 0) >= FULL;
  const mayChange = isUnlikely || isFull;
  const largest = largestFlow(context);
  const target = targetOf(tables);
  const write = (change: Change | null): { syntax: string; text: string; verify: string }[] =>
    change === null ? [] : writeFixes(change, target, syntax);

  const judged = listCandidates(context, own, isFull, isUnlikely).map((candidate) => {
    const after = busiest(candidate.scenario);
    const gain = before.value > 0 ? 1 - after.value / before.value : 0;
    const isCoarser = classes !== null && candidate.effectiveFlows < classes.effectiveFlows * MUCH_COARSER;
    const isOpen = candidate.scenario.uncertain.bytes > traffic.totalBytes * MOST_OPEN;
    return { candidate, after, gain, wins: mayChange && gain >= LEAST_GAIN && !isCoarser, isCoarser, isOpen };
  });
  // Gains within a twentieth are equal: then what costs less comes first.
  const order = (x: (typeof judged)[number], y: (typeof judged)[number]): number =>
    Number(x.isOpen) - Number(y.isOpen) || Math.round(y.gain * 20) - Math.round(x.gain * 20) || x.candidate.costRank - y.candidate.costRank;
  const winners = judged.filter(({ wins }) => wins).sort(order);
  const losers = judged
    .filter(({ wins, gain, isOpen }) => !wins && gain >= LEAST_GAIN && !isOpen)
    .sort(order)
    .slice(0, LISTED_LOSERS);

  const base = { side, memberCount: present } as const;
  const describe = ({ candidate, after, gain, wins, isCoarser }: (typeof judged)[number]): PlanAdvice => {
    const fixes = write(candidate.change);
    const { scenario, rule } = candidate;
    return {
      ...base,
      rank: 0,
      action: candidate.action,
      policy: rule?.policy.id ?? scenario.policy,
      variant: rule?.variant ?? scenario.variant,
      memberCount: scenario.memberCount,
      why: whyText(candidate, current, isUnlikely, wins, isCoarser),
      gain: `${loadText(before)} → ${loadText(after)} (${formatShare(Math.abs(gain), 0)} ${gain >= 0 ? 'less' : 'more'}).`,
      cost: scenario.uncertain.bytes >= traffic.totalBytes ? candidate.cost : `${candidate.cost} ${movedText(scenario.moved.flows)}`,
      fix: fixes.map(({ syntax: id, text }) => ({ syntax: id, text })),
      verify: [...new Set(fixes.map(({ verify }) => verify))],
      effect: {
        busiestShareBefore: shareOf(current),
        busiestShareAfter: shareOf(scenario),
        peakBpsBefore: before.peakBps,
        peakBpsAfter: after.peakBps,
        movedFlows: scenario.moved.flows,
      },
    };
  };
  const stay: PlanAdvice = {
    ...base,
    rank: 0,
    action: 'change-nothing',
    policy: current.policy,
    variant: current.variant,
    why: usesOne ? oneMemberText(context) : stayText(context, current, isUnlikely, isFull, winners.length > 0),
    gain: 'none.',
    cost: 'none.',
    fix: [],
    verify: [],
    effect: null,
  };
  const split = splitAdvice(context, current, largest, base);
  const isHopeless = split !== null && winners.length === 0;
  return [
    ...(isHopeless ? [split] : []),
    ...winners.map(describe),
    stay,
    ...(split !== null && !isHopeless ? [split] : []),
    ...losers.map(describe),
  ];
}

function listCandidates(context: ScenarioContext, own: PlanRule | null, isFull: boolean, isUnlikely: boolean): Candidate[] {
  const { tables } = context;
  const present = tables.order.length;
  const whole = layOutMembers(tables, present, []);
  const silent = { ...context, chance: false };
  const of = (action: string, rule: PlanRule, count: number, change: Change | null, costText?: string): Candidate => ({
    action,
    rule,
    scenario: whatIfScenario(silent, rule, count === present ? whole : layOutMembers(tables, count, [])),
    change,
    effectiveFlows:
      rule.policy.selector === 'bucket-256' ? Infinity : classifyHashes(tables.traffic, tables.hashes(rule), count).effectiveFlows,
    costRank: costRankOf(rule.policy),
    cost: costText ?? COSTS.find(([id]) => id === rule.policy.id)?.[1] ?? 'not known.',
  });
  const candidates: Candidate[] = [];
  if (own === null) {
    // Whatever places these frames: told to look at addresses and ports, a switch spreads flows as chance does.
    if (isUnlikely)
      candidates.push({
        action: 'set-switch-hash',
        rule: null,
        scenario: anyHashScenario(silent, whole),
        change: { kind: 'set-switch-hash', fields: 'ip-and-ports' },
        effectiveFlows: Infinity,
        costRank: COSTS.length,
        cost: 'one line for the whole switch: all its port-channels change; fragments may be reordered.',
      });
    return candidates;
  }
  const others = POLICIES.filter(({ id, family, selector }) => family === own.policy.family && selector !== 'none' && id !== own.policy.id);
  for (const { id } of others) {
    if (!COSTS.some(([known]) => known === id)) continue;
    candidates.push(of('set-policy', tables.ruleFor({ id }), present, { kind: 'set-policy', policy: id }));
  }
  if (own.policy.family === 'linux' && own.variant !== NEWEST_LINUX_VARIANT && hasVariant(own.policy, NEWEST_LINUX_VARIANT)) {
    const newer = { ...own, variant: NEWEST_LINUX_VARIANT };
    const cost = 'a newer kernel: Linux 5.18, or 5.15.37.';
    candidates.push({ ...of('newer-kernel', newer, present, null, cost), costRank: COSTS.length + 1 });
  }
  if (own.policy.selector === 'bucket-256') {
    const cost = 'buckets move every ten seconds, which may reorder.';
    candidates.push(of('rebalance', own, present, { kind: 'set-rebalance-interval', intervalMs: 10_000 }, cost));
  }
  if (isFull && present < MAX_PLAN_MEMBERS) {
    const added = of('add-member', own, present + 1, { kind: 'add-members', members: ['NEW_NIC'] }, 'one more port at each end.');
    candidates.push({ ...added, costRank: COSTS.length + 2 });
  }
  return withoutTwins(candidates);
}

/** Of candidates that place everything alike (encapsulating policies without tunnels), the one that costs least. */
function withoutTwins(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return [...candidates]
    .sort((x, y) => x.costRank - y.costRank)
    .filter(({ scenario }) => {
      const key = scenario.draws > 0 ? scenario.policy : scenario.members.map(({ name, bytes }) => `${name} ${bytes}`).join();
      if (seen.has(`${key}`)) return false;
      seen.add(`${key}`);
      return true;
    });
}

function costRankOf({ id }: HashPolicy): number {
  const at = COSTS.findIndex(([known]) => known === id);
  return at < 0 ? COSTS.length : at;
}

interface Busiest {
  readonly member: PlanMember | undefined;
  /** What is compared: load of the link, else rate, else share. */
  readonly value: number;
  readonly peakBps: number | null;
}

/** The fullest member; where chance decides, that of the middle placement. */
function busiest(scenario: PlanScenario): Busiest {
  const weight = ({ peakLoad, peakBps, share }: PlanMember): number => peakLoad ?? peakBps ?? share;
  let member: PlanMember | undefined;
  for (const of of scenario.members) if (member === undefined || weight(of) > weight(member)) member = of;
  if (member === undefined) return { member, value: 0, peakBps: null };
  const drawn = scenario.busiest;
  if (drawn === undefined || member.peakBps === null || member.peakBps === 0)
    return { member, value: weight(member), peakBps: member.peakBps };
  return { member, value: (weight(member) * drawn.peakBps.middle) / member.peakBps, peakBps: drawn.peakBps.middle };
}

function movedText(flows: number): string {
  return `${countNoun(flows, 'flow')} ${flows === 1 ? 'moves' : 'move'} once.`;
}

function shareOf(scenario: PlanScenario): number {
  return scenario.busiest?.share.middle ?? Math.max(...scenario.members.map(({ share }) => share));
}

function loadText({ member, peakBps, value }: Busiest): string {
  if (member === undefined) return 'nothing';
  if (peakBps === null) return `${formatShare(value)} of the bytes on the busiest member`;
  const load = member.peakLoad === null ? '' : `, ${formatShare(value, 0)} of its link`;
  return `busiest second ${formatBitRate(peakBps)}${load}`;
}

function whyText(
  { action, rule, scenario, effectiveFlows }: Candidate,
  current: PlanScenario,
  isUnlikely: boolean,
  wins: boolean,
  isCoarser: boolean,
): string {
  const shares = (of: PlanScenario): string => of.members.map(({ share }) => (share * 100).toFixed(0)).join('/');
  const now = `${shares(current)} now`;
  const name = rule?.policy.id ?? scenario.policy ?? '';
  const then = scenario.draws > 0 ? `about ${formatShare(shareOf(scenario), 0)} on the busiest member` : `${shares(scenario)}`;
  const what =
    action === 'add-member'
      ? `${scenario.memberCount} members under ${name}: ${then}, ${now}`
      : action === 'newer-kernel'
        ? `${name} as a newer kernel computes it: ${then}, ${now}`
        : action === 'rebalance'
          ? `rebalancing every 10 s: ${then}, ${now}`
          : action === 'set-switch-hash'
            ? `addresses and ports in the hash: ${then}, ${now}`
            : `${name}: ${then}, ${now}`;
  if (wins) return `${what}${isUnlikely ? ', which is worse than chance' : ''}.`;
  if (isCoarser)
    return `${what}; it tells fewer flows apart (like ${Math.round(effectiveFlows)} equal ones), so other traffic may lie worse.`;
  return `${what}; the present spread is what chance makes of these flows, and other traffic will lie otherwise.`;
}

/** Nobody spreads anything here: that is not for a hash to mend. */
function oneMemberText({ tables }: ScenarioContext): string {
  const { named } = tables.direction.sender;
  if (named?.endsWith('active-backup') === true)
    return 'change nothing: active-backup sends over one member by design, the others wait for its failure.';
  return 'this side sends all over one member: no hash spreads these flows so badly. It does not aggregate (active-backup, one link up, a switch without the channel, a frozen table): lacpviz check and lacpviz lacp tell more.';
}

function stayText({ tables }: ScenarioContext, current: PlanScenario, isUnlikely: boolean, isFull: boolean, hasWinner: boolean): string {
  const { pValue, maxOverMean } = current.balance;
  const spread = maxOverMean === null ? '' : `the busiest member carries ${maxOverMean.toFixed(2)} times the mean`;
  if (hasWinner) return `leave it: ${spread}.`;
  if (tables.rule === null && isUnlikely)
    return `${spread}, which chance makes rarely, but the sender's rule is not known: lacpviz infer shows what it looks at.`;
  if (isUnlikely) return `${spread}, which chance makes rarely, but no other policy of this sender would do better with these flows.`;
  if (isFull) return `a link is full, and no change helps.`;
  const chance =
    pValue === null
      ? ''
      : pValue < UNLIKELY
        ? ', more than chance makes of these flows but too little to matter'
        : ` (an ideal hash does as badly with these flows in ${formatShare(pValue, 0)} of cases)`;
  return `change nothing: ${spread}${chance}, and no link is full.`;
}

interface LargestFlow {
  readonly bytes: number;
  readonly share: number;
}

function largestFlow({ tables }: ScenarioContext): LargestFlow {
  const { bytes, totalBytes } = tables.traffic;
  let most = 0;
  for (const b of bytes) if (b > most) most = b;
  return { bytes: most, share: totalBytes > 0 ? most / totalBytes : 0 };
}

/** One flow that is more than its member's fair share caps what any policy can do. */
function splitAdvice(
  { tables }: ScenarioContext,
  current: PlanScenario,
  largest: LargestFlow,
  base: { readonly side: 'a' | 'b'; readonly memberCount: number },
): PlanAdvice | null {
  if (largest.share <= 1 / base.memberCount || largest.share * base.memberCount < 1 + LEAST_GAIN) return null;
  const flows = tables.traffic.list.length;
  return {
    ...base,
    rank: 0,
    action: 'split-flows',
    policy: current.policy,
    variant: current.variant,
    why: `one flow carries ${formatShare(largest.share, 0)} of the bytes${flows === 1 ? '' : ` of ${countNoun(flows, 'flow')}`}: no policy can split one flow.`,
    gain: `with more connections (SMB multichannel, NFS nconnect, iperf3 -P, more tunnels) each finds its own member; ${base.memberCount} members then hold up to ${base.memberCount} times as much.`,
    cost: 'a change in the application that sends it.',
    fix: [],
    verify: [],
    effect: null,
  };
}

/** The system to configure: as its state text says, else as its policy's family tells. */
function targetOf(tables: PlanDirectionTables): FixTarget {
  const { lag, direction } = tables;
  const known = lag.facts.find(({ side }) => side === direction.side);
  const family = tables.rule?.policy.family;
  const system: TargetSystem =
    family === 'ovs' ? 'ovs' : family === 'cisco' ? 'switch' : family === 'vmware' ? 'esxi' : family === 'linux' ? 'linux' : 'switch';
  if (known !== undefined) return targetOfLag(known.facts, system);
  return { system, bond: null, members: lag.plan.members.map(({ name }) => name) };
}

/** All ports of one parity, and a hash that passes the lowest bit on. */
function hasEvenPorts({ rule, direction, lag, order }: PlanDirectionTables): boolean {
  return rule !== null && findPortParity(lag.flows, { list: direction.list, ...rule, active: order }) !== null;
}

/** Both directions' advice in one order: what gains most first; "change nothing" after what wins, before what does not. */
export function rankAdvice(lists: readonly (readonly PlanAdvice[])[]): PlanAdvice[] {
  const gainOf = ({ effect }: PlanAdvice): number => {
    if (effect === null) return 0;
    const [before, after] =
      effect.peakBpsBefore !== null && effect.peakBpsAfter !== null
        ? [effect.peakBpsBefore, effect.peakBpsAfter]
        : [effect.busiestShareBefore, effect.busiestShareAfter];
    return before > 0 ? 1 - after / before : 0;
  };
  const placed = lists.flatMap((list) => {
    const stay = list.findIndex(({ action }) => action === 'change-nothing');
    return list.map((advice, i) => ({ advice, tier: i < stay ? 0 : i === stay ? 1 : 2, i }));
  });
  return placed
    .sort((x, y) => x.tier - y.tier || (x.tier === 0 ? gainOf(y.advice) - gainOf(x.advice) : 0) || x.i - y.i)
    .map(({ advice }, i) => ({ ...advice, rank: i + 1 }));
}
