import { classifyHashes } from '../plan/hash-classes.ts';
import { findPortParity } from '../plan/port-parity.ts';
import type { PlanAdvice, PlanScenario } from '../report/plan-document.ts';
import { formatShare } from '../report/quantity.ts';
import { listCandidates } from './advice-candidates.ts';
import type { Candidate, Situation } from './advice-candidates.ts';
import { busiestOf, findLargestFlow, gainOf, largestShare } from './advice-load.ts';
import { writeAdvice } from './advice-target.ts';
import { loadText, modeText, movedText, ONE_MEMBER_TEXT, splitGainText, splitText, stayText, whyText } from './advice-texts.ts';
import type { PlanDirectionTables } from './plan-direction.ts';
import type { ScenarioContext } from './scenario-context.ts';
import type { Steps } from './steps.ts';

/** An imbalance that an ideal hash makes less often is no chance; below this much above the mean it harms nobody (contract, balance/skewed). */
const UNLIKELY = 0.05;
const SKEWED = 1.5;
/** A policy that leaves more than this share of the bytes open gains by expectation only, and comes after those that decide. */
const MOST_OPEN = 0.05;
/** A link this full in its fullest second has no room for more. */
const FULL = 0.8;
/** What a change must take off the busiest member to be worth it. */
const LEAST_GAIN = 0.1;
/** Gains this close are equal: then what costs less comes first. */
const SAME_GAIN = 0.05;
/** Shares of classes this much larger make a policy worse for other traffic, whatever it does to this. */
const MUCH_COARSER = 0.8;
/** Changes that gain nothing to rely on, listed for those who had them in mind. */
const LISTED_LOSERS = 3;

/** A change held against what its own scenario shows. */
interface Judged {
  readonly candidate: Candidate;
  readonly gain: number;
  readonly verdict: 'wins' | 'coarser' | 'luck';
  readonly isOpen: boolean;
}

/** Advice for the sender of a direction, best first; the ranks are given when both directions are known. */
export function* adviseDirection(context: ScenarioContext, current: PlanScenario, syntax: string | undefined): Steps<PlanAdvice[]> {
  const { tables } = context;
  const { traffic, rule: own, order, inUse, lag } = tables;
  if (traffic.list.length === 0 || order.length < 2) return [];
  const { named } = tables.direction.sender;
  const base = {
    side: tables.direction.side === 0 ? 'a' : 'b',
    rank: 0,
    policy: current.policy,
    variant: current.variant,
    memberCount: order.length,
  } as const;
  const stay = (why: string): PlanAdvice => ({
    ...base,
    action: 'change-nothing',
    why,
    gain: 'none.',
    cost: 'none.',
    fix: [],
    verify: [],
    effect: null,
  });
  const usesOne = own === null && current.members.filter(({ bytes }) => bytes > 0).length < 2;
  const idle = own === null || usesOne ? [] : order.filter((m) => !inUse.includes(m)).map((m) => lag.plan.members[m].name);
  const situation: Situation = { idle, ...judgeSpread(tables, current, usesOne || named?.endsWith('active-backup') === true) };
  const mayChange = situation.isUnlikely || situation.isFull;

  const judged = (yield* listCandidates(context, own, situation)).map(judge(tables, current, mayChange));
  const winners = bestFirst(judged.filter(({ verdict }) => verdict === 'wins'));
  const losers = bestFirst(judged.filter(({ verdict, gain, isOpen }) => verdict !== 'wins' && gain >= LEAST_GAIN && !isOpen));
  const isMode = own === null && named !== undefined;
  const split = isMode || usesOne ? null : adviseSplit(tables, current, { ...base, memberCount: Math.max(inUse.length, 1) });
  const isCapped = situation.isFull || (current.balance.maxOverMean ?? 1) >= SKEWED;
  const write = writeAdvice(tables, syntax);
  const describe = (of: Judged): PlanAdvice => ({ ...base, ...describeChange(of, current, situation, traffic.totalBytes, write) });
  const why = isMode ? modeText(named) : usesOne ? ONE_MEMBER_TEXT : stayText(tables, current, situation, UNLIKELY, winners.length > 0);
  const unsplit = [stay(why), ...losers.slice(0, LISTED_LOSERS).map(describe)];
  const changes = winners.map(describe);
  if (split === null) return [...changes, ...unsplit];
  if (!isCapped) return [...changes, unsplit[0], split.advice, ...unsplit.slice(1)];
  // A faulty member comes before what the application could do, and so does what gains more.
  const before = winners.filter(({ candidate, gain }) => candidate.action === 'use-all-members' || gain >= split.gain).length;
  return [...changes.slice(0, before), split.advice, ...changes.slice(before), ...unsplit];
}

function judgeSpread(tables: PlanDirectionTables, current: PlanScenario, isByDesign: boolean): Pick<Situation, 'isFull' | 'isUnlikely'> {
  const { pValue, maxOverMean } = current.balance;
  const isSkewed = (maxOverMean ?? 1) >= SKEWED && !isByDesign;
  return {
    isFull: (busiestOf(current).member?.peakLoad ?? 0) >= FULL,
    isUnlikely: isSkewed && ((pValue !== null && pValue < UNLIKELY) || hasEvenPorts(tables)),
  };
}

/** All ports of one parity, and a hash that passes the lowest bit on. */
function hasEvenPorts({ rule, direction, lag, order }: PlanDirectionTables): boolean {
  return rule !== null && findPortParity(lag.flows, { list: direction.list, ...rule, active: order }) !== null;
}

/**
 * A change wins if there is something to mend, if its scenario takes enough off the busiest member, and if that is no luck:
 * by what its hash tells apart, traffic of this kind is to lie better too.
 */
function judge(tables: PlanDirectionTables, current: PlanScenario, mayChange: boolean): (candidate: Candidate) => Judged {
  const { traffic, rule, inUse } = tables;
  const members = Math.max(inUse.length, 2);
  const own = rule === null ? null : classifyHashes(traffic, tables.hashes(rule), members);
  const squares = current.members.reduce((sum, { share }) => sum + share * share, 0);
  return (candidate) => {
    const { classes, scenario, action } = candidate;
    const gain = gainOf(current, scenario);
    const live = scenario.memberCount - scenario.failed.length;
    const isCoarser =
      own !== null &&
      classes !== null &&
      (classes.effectiveFlows < own.effectiveFlows * MUCH_COARSER || classes.expectedSquares(live) > squares);
    const isWanted = mayChange || action === 'use-all-members';
    return {
      candidate,
      gain,
      verdict: isWanted && gain >= LEAST_GAIN && !isCoarser ? 'wins' : isCoarser ? 'coarser' : 'luck',
      isOpen: scenario.uncertain.bytes > traffic.totalBytes * MOST_OPEN,
    };
  };
}

/** What gains most first, and of those within a twentieth of it what costs least; what is left open last. */
function bestFirst(judged: readonly Judged[]): Judged[] {
  const left = [...judged];
  const sorted: Judged[] = [];
  while (left.length > 0) {
    const decided = left.some(({ isOpen }) => !isOpen) ? left.filter(({ isOpen }) => !isOpen) : left;
    const most = Math.max(...decided.map(({ gain }) => gain));
    const near = decided.filter(({ gain }) => gain >= most - SAME_GAIN);
    const best = near.reduce((x, y) => (y.candidate.costRank < x.candidate.costRank ? y : x));
    sorted.push(best);
    left.splice(left.indexOf(best), 1);
  }
  return sorted;
}

type Description = Omit<PlanAdvice, 'side' | 'rank'>;

function describeChange(
  { candidate, gain, verdict }: Judged,
  current: PlanScenario,
  situation: Situation,
  totalBytes: number,
  write: ReturnType<typeof writeAdvice>,
): Description {
  const { scenario, rule, change } = candidate;
  const fixes = write(change);
  return {
    action: candidate.action,
    policy: rule?.policy.id ?? scenario.policy,
    variant: rule?.variant ?? scenario.variant,
    memberCount: scenario.memberCount,
    why: whyText(candidate, current, situation, verdict),
    gain: `${loadText(current)} → ${loadText(scenario)} (${formatShare(Math.abs(gain), 0)} ${gain >= 0 ? 'less' : 'more'}).`,
    cost: scenario.uncertain.bytes >= totalBytes ? candidate.cost : `${candidate.cost} ${movedText(scenario.moved.flows)}`,
    fix: fixes.map(({ syntax: id, text }) => ({ syntax: id, text })),
    verify: [...new Set(fixes.map(({ verify }) => verify))],
    effect: {
      busiestShareBefore: largestShare(current),
      busiestShareAfter: largestShare(scenario),
      peakBpsBefore: busiestOf(current).peakBps,
      peakBpsAfter: busiestOf(scenario).peakBps,
      movedFlows: scenario.moved.flows,
    },
  };
}

/** Said where one flow is more than its member's fair share by so much that a change would be worth it. */
function adviseSplit(
  tables: PlanDirectionTables,
  current: PlanScenario,
  base: Pick<PlanAdvice, 'side' | 'rank' | 'policy' | 'variant' | 'memberCount'>,
): { readonly advice: PlanAdvice; readonly gain: number } | null {
  const { share, shareOnceSplit } = findLargestFlow(tables, current, base.memberCount);
  if (base.memberCount < 2 || share * base.memberCount < 1 + LEAST_GAIN) return null;
  const before = largestShare(current);
  const advice: PlanAdvice = {
    ...base,
    action: 'split-flows',
    why: splitText(share, tables.traffic.list.length),
    gain: splitGainText(before, shareOnceSplit),
    cost: 'a change in the application that sends it.',
    fix: [],
    verify: [],
    effect: {
      busiestShareBefore: before,
      busiestShareAfter: shareOnceSplit,
      peakBpsBefore: null,
      peakBpsAfter: null,
      movedFlows: 0,
    },
  };
  return { advice, gain: before > 0 ? 1 - shareOnceSplit / before : 0 };
}
