/** Random subsets of the flows of senders whose rule is known, ranked as if nothing else had been captured. */
import { selectRows } from '../../src/infer/observe.ts';
import { rankObserved, type Ranking } from '../../src/infer/rank-rules.ts';
import { RULE_SOURCES } from '../../src/infer/rule-sources.ts';
import type { KnownSender } from './known-senders.ts';

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
  /** What was said: probability of the best rules together, and whether the true one is among them. */
  readonly probability: number;
  readonly right: boolean;
  /** The best rule's policy alone. */
  readonly confidence: number;
  readonly policyRight: boolean;
  readonly decided: boolean;
  /** Probability that was left to rules that nobody described. */
  readonly unexplained: number;
  /** What was said first, for those who look for the cause. */
  readonly said: string;
}

export function judge(ranking: Ranking, sender: Pick<KnownSender, 'isRule' | 'policy' | 'eitherEnd'>): Outcome {
  const top = ranking.rules[0];
  const { unexplained } = ranking;
  if (top === undefined)
    return { probability: 0, right: false, confidence: 0, policyRight: false, decided: false, unexplained, said: 'nothing' };
  const { policy, variant, basis } = top.best.hypothesis;
  return {
    probability: top.probability,
    right: [top.best.hypothesis, ...top.equivalent].some((h) => sender.isRule(h)),
    confidence: sender.eitherEnd ? ranking.confidence / 2 : ranking.confidence,
    policyRight: policy.id === sender.policy,
    decided: ranking.decided && !sender.eitherEnd,
    unexplained,
    said: `${policy.id} ${variant} ${basis}`,
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
