/** Random subsets of the flows of real senders whose rule is known, ranked as if nothing else had been captured. */
import { observe, selectRows, type Observation } from '../../src/infer/observe.ts';
import { rankObserved, type Ranking } from '../../src/infer/rank-rules.ts';
import type { RuleRequest } from '../../src/infer/rule-source.ts';
import { RULE_SOURCES } from '../../src/infer/rule-sources.ts';
import { openInputs } from '../../src/cli/input-arguments.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeCaptures } from '../../src/pipeline/analyze-captures.ts';
import { ruleRequest } from '../../src/pipeline/rule-request.ts';
import type { LinuxRun } from './linux-runs.ts';
import { hashingSides } from './linux-runs.ts';

/** One direction of a run with its true rule. */
export interface KnownSender {
  readonly name: string;
  readonly policy: string;
  readonly request: RuleRequest;
  readonly seen: Observation;
}

/** Senders of a Linux run that hash over two members or more. Bonds of two LAGs in one run are told apart by their members. */
export async function knownSenders(run: LinuxRun): Promise<KnownSender[]> {
  const { truth } = run;
  const inputs = openInputs(run.members.map((path) => ({ path })));
  const { lags } = await analyzeCaptures(inputs, { ...DEFAULT_ANALYSIS_OPTIONS, local: [truth.bond_mac] }, {});
  return lags.flatMap((lag) => {
    const bond =
      truth.bonds?.find((b) => b.slaves_in_enslave_order.every((s) => lag.plan.members.some((m) => m.name === s))) ??
      (truth.bonds === undefined ? truth : undefined);
    if (bond === undefined) return [];
    const localSide = truth.bonds === undefined || lag.sides.macs[0].length === 0 ? 0 : sideOf(bond.bond_mac, lag.sides);
    return hashingSides(truth).flatMap((side): KnownSender[] => {
      const direction = lag.directions[side === 'a' ? localSide : 1 - localSide];
      const policy = side === 'a' ? bond.policy : bond.switch.policy;
      const request = ruleRequest(direction.asked, null);
      const seen = observe(request);
      if (policy === null || seen.members.length < 2 || direction.list.length < 5) return [];
      return [{ name: `${run.name} ${side}`, policy, request, seen }];
    });
  });
}

function sideOf(mac: string, sides: { sideOf(mac: number): number }): number {
  const side = sides.sideOf(Number.parseInt(mac.replaceAll(':', ''), 16));
  return side < 0 ? 0 : side;
}

/** Sources that make no rule from the flows themselves: those take seconds, and are for senders outside the families. */
const SOURCES = RULE_SOURCES.filter((source) => source.lastResort !== true);

/** Ranks `count` flows drawn at random. */
export function rankSubset({ request, seen }: KnownSender, count: number, random: () => number): Ranking {
  const rows = Array.from({ length: seen.sample.length }, (_, i) => i);
  for (let i = 0; i < Math.min(count, rows.length); i++) {
    const j = i + Math.floor(random() * (rows.length - i));
    [rows[i], rows[j]] = [rows[j], rows[i]];
  }
  const part = selectRows(seen, rows.slice(0, count));
  const kept = new Set(part.sample);
  return rankObserved({ ...request, list: part.sample, isData: (flow) => kept.has(flow) }, part, SOURCES);
}

export interface Outcome {
  /** What was said: probability of the best rules together, and whether the true policy is one of them. */
  readonly probability: number;
  readonly right: boolean;
  /** The best rule's policy alone. */
  readonly confidence: number;
  readonly policyRight: boolean;
  readonly decided: boolean;
}

export function judge(ranking: Ranking, policy: string): Outcome {
  const top = ranking.rules[0];
  if (top === undefined) return { probability: 0, right: false, confidence: 0, policyRight: false, decided: false };
  const best = top.best.hypothesis.policy.id;
  return {
    probability: top.probability,
    right: best === policy || top.equivalent.some((h) => h.policy.id === policy),
    confidence: ranking.confidence,
    policyRight: best === policy,
    decided: ranking.decided,
  };
}

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
