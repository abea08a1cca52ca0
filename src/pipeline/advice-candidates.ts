import type { Change } from '../fix/change.ts';
import { NEWEST_LINUX_VARIANT } from '../hash/linux-eras.ts';
import { hasVariant, POLICIES } from '../hash/registry.ts';
import { classifyHashes } from '../plan/hash-classes.ts';
import type { HashClasses } from '../plan/hash-classes.ts';
import { MAX_PLAN_MEMBERS } from '../plan/plan-rule.ts';
import type { PlanRule } from '../plan/plan-rule.ts';
import type { PlanScenario } from '../report/plan-document.ts';
import { costOf, MOST_COSTLY } from './advice-costs.ts';
import type { PlanDirectionTables } from './plan-direction.ts';
import { anyHashScenario, layOutMembers, whatIfScenario } from './plan-scenario.ts';
import type { ScenarioContext } from './scenario-context.ts';
import type { Steps } from './steps.ts';

/** Captures shorter than this many rounds do not tell that nothing rebalances. */
const QUIET_ROUNDS = 3;
const REBALANCE_MS = 10_000;

export type AdviceAction = 'set-policy' | 'newer-kernel' | 'rebalance' | 'add-member' | 'use-all-members' | 'set-switch-hash';

/** One change, with the scenario that shows what it does. */
export interface Candidate {
  readonly action: AdviceAction;
  readonly rule: PlanRule | null;
  readonly scenario: PlanScenario;
  readonly change: Change | null;
  /** What its hash tells apart; null where nobody knows the hash. */
  readonly classes: HashClasses | null;
  readonly costRank: number;
  readonly cost: string;
}

/** How things are, as far as it decides what to try. */
export interface Situation {
  /** Members out of use for most of the time, by name. */
  readonly idle: readonly string[];
  /** A link's fullest second has no room. */
  readonly isFull: boolean;
  /** The spread is worse than chance makes it. */
  readonly isUnlikely: boolean;
}

/** Every change that the sender could be told to make; of changes that do the same the one that asks for least. */
export function* listCandidates(context: ScenarioContext, own: PlanRule | null, situation: Situation): Steps<Candidate[]> {
  const { tables } = context;
  const { idle, isFull, isUnlikely } = situation;
  const present = tables.order.length;
  const silent = { ...context, chance: false };
  const whole = layOutMembers(tables, present, idle);
  if (own === null) return isUnlikely && tables.direction.sender.named === undefined ? [switchHash(silent, idle)] : [];
  const of = (
    action: AdviceAction,
    rule: PlanRule,
    change: Change | null,
    costRank: number,
    cost: string,
    layout: ReturnType<typeof layOutMembers> = whole,
  ): Candidate => ({
    action,
    rule,
    scenario: whatIfScenario(silent, rule, layout),
    change,
    classes: classifyHashes(tables.traffic, tables.hashes(rule), Math.max(layout.live.length, 2)),
    costRank,
    cost,
  });
  const candidates: Candidate[] = [];
  for (const policy of POLICIES) {
    const cost = costOf(policy);
    const { family, selector, id } = policy;
    if (cost === null || family !== own.policy.family || selector === 'none' || id === own.policy.id) continue;
    // An era that did not have the policy cannot be told to use it.
    if (family === 'linux' && !hasVariant(policy, own.variant)) continue;
    candidates.push(of('set-policy', tables.ruleFor({ id }), { kind: 'set-policy', policy: id }, cost.rank, cost.text));
    yield null;
  }
  if (own.policy.family === 'linux' && own.variant !== NEWEST_LINUX_VARIANT && hasVariant(own.policy, NEWEST_LINUX_VARIANT)) {
    const newer = { ...own, variant: NEWEST_LINUX_VARIANT };
    candidates.push(of('newer-kernel', newer, null, MOST_COSTLY + 1, 'a newer kernel: Linux 5.18, or 5.15.37.'));
  }
  if (own.policy.selector === 'bucket-256' && doesNotRebalance(tables)) {
    const change = { kind: 'set-rebalance-interval', intervalMs: REBALANCE_MS } as const;
    const rebalancing = { ...silent, rebalanceMs: REBALANCE_MS };
    const scenario = whatIfScenario(rebalancing, own, whole);
    candidates.push({ ...of('rebalance', own, change, MOST_COSTLY, 'buckets move every ten seconds, which may reorder.'), scenario });
  }
  if (isFull && present < MAX_PLAN_MEMBERS) {
    const more = layOutMembers(tables, present + 1, idle);
    const change = { kind: 'add-members', members: ['NEW_NIC'] } as const;
    candidates.push(of('add-member', own, change, MOST_COSTLY + 2, 'one more port at each end.', more));
  }
  if (idle.length > 0) {
    const mended = layOutMembers(tables, present, []);
    candidates.push(of('use-all-members', own, null, 0, 'mending the link or its LACP.', mended));
  }
  return withoutTwins(candidates);
}

/** Whatever places these frames: told to look at addresses and ports, a switch spreads flows as chance does. */
function switchHash(context: ScenarioContext, idle: readonly string[]): Candidate {
  const { tables } = context;
  return {
    action: 'set-switch-hash',
    rule: null,
    scenario: anyHashScenario(context, layOutMembers(tables, tables.order.length, idle)),
    change: { kind: 'set-switch-hash', fields: 'ip-and-ports' },
    classes: null,
    costRank: MOST_COSTLY,
    cost: 'if it is a switch, one line for all of it: all its port-channels change; fragments may be reordered.',
  };
}

/** A text says so, or nothing moved in a capture long enough. Open vSwitch rebalances unless told not to. */
function doesNotRebalance({ direction, traffic }: PlanDirectionTables): boolean {
  const { buckets } = direction.sender;
  if (buckets === undefined) return false;
  if (buckets.rebalanceIntervalMs !== null) return buckets.rebalanceIntervalMs === 0;
  return traffic.spanMs > QUIET_ROUNDS * REBALANCE_MS && !buckets.events.some(({ kind }) => kind === 'rebalance');
}

/** Of candidates that place everything alike (encapsulating policies without tunnels), the one that costs least. */
function withoutTwins(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return [...candidates]
    .sort((x, y) => x.costRank - y.costRank)
    .filter(({ scenario }) => {
      const placed = scenario.members.map(({ name, bytes }) => `${name} ${bytes}`).join();
      const key = scenario.draws > 0 ? `${scenario.policy} ${scenario.failed.join()}` : placed;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}
