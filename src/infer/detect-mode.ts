import type { LagMode } from './lag-modes.ts';
import type { ModeSignatures } from './mode-signatures.ts';
import type { Ranking } from './rank-rules.ts';
import { DECIDED, explains } from './rank-rules.ts';
import type { LacpMaker } from './rule-priors.ts';

/** What is known of a direction's sender beside its frames. */
export interface ModeContext {
  /** `up`: this end distributes on some port; `failed`: it sends LACPDUs, but no port ever came up; `none`: it sends none. */
  readonly lacp: 'up' | 'failed' | 'none';
  readonly maker: LacpMaker;
  readonly spanMs: number;
  /** Flows of the direction. */
  readonly flows: number;
  readonly memberName: (member: number) => string;
  /** True if this end distributed on the member without a break around that time, as its LACPDUs say. */
  readonly distributes: (member: number, ms: number) => boolean;
}

export interface ModeVerdict {
  readonly mode: LagMode;
  readonly equivalent: readonly LagMode[];
  readonly evidence: readonly string[];
  /** The mode itself is the rule: no hash places the frames. */
  readonly withoutHash: boolean;
  /** This end follows the addresses it hears, as a bridge does that does not aggregate. */
  readonly followsAddresses?: boolean;
  /** Frames that the mode explains. */
  readonly match: number;
  readonly total: number;
  /** Members in the order the mode uses them, if it has one. */
  readonly order: readonly number[] | null;
}

/** Share of flows (frames, steps) that must show a mode's signature. */
const MOST = 0.9;
/** A cycle is kept by nearly all steps between frames whose times differ; captures of two members differ in their clocks. */
const LEAST_CYCLE = 0.85;
/** Without a common cycle: share of the flows that must go to and fro, and how much more even than chance, in standard deviations. */
const MOST_SPRAYED = 0.8;
const MORE_EVEN_THAN_CHANCE = -3;
const ONE_MEMBER = 0.97;
/** Fewer flows or frames say nothing of a mode. */
const LEAST_FLOWS = 3;
const LEAST_FRAMES = 20;
/** No LACPDU in so long a capture means no LACP: they come every 30 s at least. */
const LACP_SILENCE_MS = 90_000;

const percent = (match: number, total: number): string => `${total === 0 ? 0 : Math.round((1000 * match) / total) / 10} %`;

/** The mode of a sender from what its frames show, most telling signature first. */
export function detectMode(signs: ModeSignatures, ranking: Ranking, context: ModeContext): ModeVerdict {
  return (
    detectBroadcast(signs) ??
    (isShown(ranking) ? null : detectRoundRobin(signs)) ??
    detectLoadBalancing(signs, ranking, context) ??
    (isMadeUp(ranking) || !usesSeveral(ranking) ? detectOneMember(signs, context) : null) ??
    detectHash(ranking, context) ??
    detectOneMember(signs, context) ??
    detectBridge(signs, context) ??
    detectUndecided(signs, ranking, context)
  );
}

function verdict(mode: LagMode, evidence: readonly string[], rest: Partial<Omit<ModeVerdict, 'mode' | 'evidence'>> = {}): ModeVerdict {
  return { mode, evidence, equivalent: [], withoutHash: false, match: 0, total: 0, order: null, ...rest };
}

function detectBroadcast({ everywhere: { frames, match, total, byCounts, bothWays } }: ModeSignatures): ModeVerdict | null {
  // Copies are set apart as data where they fit frames of which a capture lost some; mere counts must fit as they are.
  if (frames < LEAST_FRAMES || match === 0 || (byCounts && match < MOST * total)) return null;
  const evidence = [`unicast frames were seen again, as data, on ${percent(match, total)} of the other members`];
  const equivalent: LagMode[] = [];
  if (byCounts) {
    evidence.push('the captures cannot be read twice: only the number of frames of each flow was compared');
    equivalent.push('balance-rr', 'active-backup');
  }
  if (bothWays) {
    evidence.push("so were the other end's: a switch that floods everything makes frames of one member look the same");
    equivalent.push('active-backup');
  }
  const share = match / total;
  return verdict('broadcast', evidence, {
    withoutHash: true,
    match: Math.round(frames * share),
    total: frames,
    equivalent: [...new Set(equivalent)],
  });
}

/** Nearly all frames go to another member than the one before: as good as no frame is missing. */
function isAlternating({ match, stays, total }: ModeSignatures['cycle']): boolean {
  return match - stays >= LEAST_CYCLE * total;
}

function detectRoundRobin({ scattered, cycle }: ModeSignatures): ModeVerdict | null {
  if (scattered.total < LEAST_FLOWS || scattered.match < 0.5 * scattered.total) return null;
  const evidence = [`${scattered.match} of ${scattered.total} flows go to and fro between members`];
  if (cycle.total < LEAST_FRAMES || !(cycle.isShown || isAlternating(cycle))) {
    const { frames, deviation } = scattered.evenness;
    if (scattered.match >= MOST_SPRAYED * scattered.total && deviation <= MORE_EVEN_THAN_CHANCE) {
      const several =
        cycle.total < LEAST_FRAMES
          ? 'more evenly over the members than chance would; they are too close in time to tell their order'
          : 'more evenly over the members than chance would, but in no common cycle: each CPU of the sender keeps its own';
      return verdict('balance-rr', [...evidence, several], { withoutHash: true, match: frames, total: frames });
    }
    const without = 'their frames follow no cycle of members: each frame is placed by chance or by load';
    return verdict('unknown', [...evidence, without], { equivalent: ['balance-rr'], withoutHash: true });
  }
  const runs = cycle.isShown ? cycle.framesPerMember : 1;
  const follows = runs > 1 ? cycle.match : cycle.match - cycle.stays;
  evidence.push(
    `${percent(follows, cycle.total)} of the steps from frame to frame follow one cycle of members` +
      (runs > 1 ? `, ${runs} frames at a time (packets_per_slave)` : ''),
  );
  return verdict('balance-rr', evidence, { withoutHash: true, match: follows, total: cycle.total, order: cycle.order });
}

function detectLoadBalancing(signs: ModeSignatures, ranking: Ranking, context: ModeContext): ModeVerdict | null {
  const { learning, rewritten, arpAnswers, ingressMacs } = signs;
  const perMember = new Set(learning.map(({ member }) => member));
  const isLearning = perMember.size >= 2;
  const isRewriting = rewritten.macs.length >= 2;
  // No hash but one of the source's own MAC address makes addresses change with the member; where nearly all frames do, it is the mode.
  const isRule = fits(ranking) && rewritten.packets < MOST * signs.oneAtATime.total;
  if (!isLearning && !(isRewriting && context.lacp === 'none' && !isRule)) return null;
  const evidence: string[] = [];
  if (isLearning)
    evidence.push(
      `members ${[...perMember].map(context.memberName).join(', ')} send themselves learning frames (EtherType 0x9000) about each second`,
    );
  if (isRewriting)
    evidence.push(`${rewritten.addresses} source addresses are used with another MAC address on each member (${rewritten.packets} frames)`);
  const isAlb = arpAnswers >= 2 || ingressMacs >= 2;
  if (arpAnswers >= 2) evidence.push(`ARP replies give ${arpAnswers} members' addresses for one IP address: received traffic is steered`);
  if (ingressMacs >= 2) evidence.push(`the other end sends to ${ingressMacs} members' own addresses`);
  const total = signs.oneAtATime.total;
  const found = { withoutHash: true, match: total, total };
  return isAlb
    ? verdict('balance-alb', evidence, found)
    : verdict('balance-tlb', [...evidence, 'no ARP reply steers received traffic, which balance-alb may leave out too'], {
        ...found,
        equivalent: ['balance-alb'],
      });
}

/** True where the best rule was made from these flows: one member at a time is the simpler account of them. */
function isMadeUp(ranking: Ranking): boolean {
  const family = ranking.rules[0]?.best.hypothesis.policy.family;
  return family === undefined || family === 'other';
}

/** So many tests are not passed by chance, as they would have to be where each frame takes a member of its own. */
const MANY_TESTS = 30;

/** True where a rule of headers shows itself beyond chance. */
export function isShown({ decided, rules }: Ranking): boolean {
  // A table learned over time follows whatever moves.
  return decided && !rules[0].best.learned && rules[0].best.tests >= MANY_TESTS;
}

/** The same where policies that place these flows alike cannot be told apart. */
export function showsPlacement({ rules, seen }: Ranking): boolean {
  const best = rules[0];
  return (
    best !== undefined && best.probability > DECIDED && explains(best.best, seen) && !best.best.learned && best.best.tests >= MANY_TESTS
  );
}

/** True where flows were on different members while all were in use. */
function usesSeveral({ seen }: Ranking): boolean {
  return seen.member.some((member) => member !== seen.member[0]);
}

/** True where a rule was found that a sender with several members in use follows. */
export function fits(ranking: Ranking): boolean {
  const best = ranking.rules[0]?.best;
  return best !== undefined && ranking.seen.members.length > 1 && ranking.unexplained < 0.5 && explains(best, ranking.seen);
}

function detectHash(ranking: Ranking, context: ModeContext): ModeVerdict | null {
  if (!fits(ranking)) return null;
  const { hypothesis, flows } = ranking.rules[0].best;
  const evidence = [`${hypothesis.policy.title} places ${flows.match} of ${flows.total} flows where they were seen`];
  const { match, total } = ranking.rules[0].best.packets;
  const rest = { match, total };
  if (hypothesis.policy.selector === 'bucket-256') return verdict(hypothesis.policy.id as LagMode, evidence, rest);
  if (context.lacp !== 'none') return verdict('802.3ad', [...evidence, 'this end sends LACPDUs'], rest);
  const maybeSlow: LagMode[] = context.spanMs < LACP_SILENCE_MS ? ['802.3ad'] : [];
  if (hypothesis.policy.family === 'linux')
    return verdict('balance-xor', [...evidence, 'this end sends no LACPDUs'], { ...rest, equivalent: ['static', ...maybeSlow] });
  return verdict('static', [...evidence, 'this end sends no LACPDUs'], { ...rest, equivalent: maybeSlow });
}

const OVS_MODES: readonly LagMode[] = ['ovs-balance-tcp', 'ovs-balance-slb', 'ovs-active-backup'];

function detectOneMember({ oneAtATime }: ModeSignatures, context: ModeContext): ModeVerdict | null {
  const { match, total, left, members } = oneAtATime;
  if (total < LEAST_FRAMES || match < ONE_MEMBER * total || left.length > Math.max(3, total / 200)) return null;
  const evidence = [
    members.length === 1
      ? `${match} of ${total} frames were on ${context.memberName(members[0])}`
      : `one member at a time carried the data (${match} of ${total} frames), first ${members.map(context.memberName).join(', then ')}`,
  ];
  const rest = { match, total, order: members };
  const healthy = left.find(({ member, ms }) => context.distributes(member, ms));
  if (context.maker === 'ovs' && healthy !== undefined) {
    evidence.push(
      `all data left ${context.memberName(healthy.member)} while it went on distributing: set as the active member, as no rebalance does`,
    );
    return verdict('ovs-active-backup', evidence, { ...rest, equivalent: ['ovs-balance-tcp', 'ovs-balance-slb', '802.3ad'] });
  }
  if (context.maker === 'ovs') {
    evidence.push('its LACPDUs carry the priorities of Open vSwitch, whose table of buckets may have all on one member');
    return verdict('ovs-balance-tcp', evidence, { ...rest, equivalent: ['ovs-balance-slb', 'ovs-active-backup', '802.3ad'] });
  }
  if (context.lacp === 'failed') {
    evidence.push('this end sends LACPDUs, but no port ever distributed: a bond without a partner keeps one member in use');
    return verdict('802.3ad', evidence, { ...rest, equivalent: ['ovs-active-backup'] });
  }
  if (context.lacp === 'up') {
    evidence.push('this end sends LACPDUs and distributes');
    return verdict('802.3ad', evidence, { ...rest, equivalent: OVS_MODES });
  }
  evidence.push('this end sends no LACPDUs; a LAG whose other members are down, and a switch that does not aggregate, look the same');
  return verdict('active-backup', evidence, {
    ...rest,
    withoutHash: true,
    equivalent: [...(['ovs-active-backup', 'balance-xor', 'static', 'balance-tlb', 'balance-alb'] as const)],
  });
}

/** Share of frames that go where their station was heard: what a bridge floods, and learns anew from a frame thrown back, does not. */
const MOST_FOLLOWED = 0.8;
/** Share of the frames that are to stations which were heard. */
const LEAST_HEARD = 0.5;

function detectBridge({ followed }: ModeSignatures, context: ModeContext): ModeVerdict | null {
  const { match, total, unicast, stations } = followed;
  // An end whose LACP came up aggregates.
  if (context.lacp === 'up' || total < Math.max(LEAST_FRAMES, LEAST_HEARD * unicast) || match < MOST_FOLLOWED * total) return null;
  if (stations.filter((count) => count > 0).length < 2) return null;
  const evidence = [
    `${match} of ${total} frames went to the member on which their destination was heard: so does a bridge that does not aggregate`,
  ];
  return verdict('unknown', evidence, { withoutHash: true, followsAddresses: true, match, total, equivalent: ['static', 'balance-xor'] });
}

function detectUndecided({ scattered }: ModeSignatures, ranking: Ranking, context: ModeContext): ModeVerdict {
  if (context.flows === 0) return verdict(context.lacp === 'none' ? 'unknown' : '802.3ad', ['this end sent no data']);
  const stable = scattered.total >= LEAST_FLOWS && scattered.match < 0.1 * scattered.total;
  const evidence = [`no rule that is known explains where the flows were`];
  if (stable) evidence.push(`${scattered.total - scattered.match} of ${scattered.total} flows kept to their member`);
  if (context.maker === 'ovs')
    return verdict('ovs-balance-tcp', [...evidence, 'its LACPDUs carry the priorities of Open vSwitch'], {
      equivalent: ['ovs-balance-slb', '802.3ad'],
    });
  if (context.lacp !== 'none') return verdict('802.3ad', [...evidence, 'this end sends LACPDUs'], { equivalent: OVS_MODES.slice(0, 2) });
  const several = ranking.seen.members.length > 1;
  if (stable && several)
    return verdict('static', evidence, { equivalent: ['balance-xor', 'ovs-balance-tcp', 'ovs-balance-slb', 'active-backup'] });
  return verdict('unknown', evidence, { equivalent: ['static', 'balance-xor', 'active-backup'] });
}
