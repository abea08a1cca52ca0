import { LEARNED_POLICY_ID } from '../hash/learned-policy.ts';
import { findPolicy } from '../hash/registry.ts';
import type { ModeVerdict } from '../infer/detect-mode.ts';
import type { Hypothesis } from '../infer/hypothesis.ts';
import { DECIDED, explains, rankSteps } from '../infer/rank-rules.ts';
import type { RankedRule, Ranking } from '../infer/rank-rules.ts';
import { RULE_SOURCES } from '../infer/rule-sources.ts';
import { decidingRows, trafficThatDecides } from '../infer/what-decides.ts';
import type { Direction, Lag, ResultDocument } from '../report/document.ts';
import type { DirectionInference, InferHypothesis, RuleName, StatedRule } from '../report/infer-document.ts';
import { analyzeCaptures } from './analyze-captures.ts';
import type { AnalysisHost, AnalysisInput, CaptureAnalysis } from './analyze-captures.ts';
import type { AnalysisOptions } from './analysis-options.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { buildFindings } from './build-findings.ts';
import { statedPolicy } from './choose-sender.ts';
import { asEitherEnd } from './either-end.ts';
import { flowId } from './flow-rows.ts';
import { learnSender } from './learn-model.ts';
import { ruleRequest } from './rule-request.ts';
import { findMode, SIGNATURE_CERTAINTY } from './sender-mode.ts';
import type { SenderRequest } from './sender.ts';
import { stepsOfSender, takeSteps } from './steps.ts';
import type { Steps } from './steps.ts';

/** Hypotheses listed: all that are not beyond hope, and some in any case. */
const MOST_LISTED = 12;
const LEAST_LISTED = 3;
const NEGLIGIBLE = 1e-6;
/** Rules that are less likely than this need no traffic to be told apart. */
const WORTH_DECIDING = 0.001;
const MOST_DECIDING = 20;
/** Groups of findings that speak of rules and tables. */
const GROUPS = ['hash/', 'ovs/'];

/** The document of `infer`: what the wire says stands in `lags[].directions`. */
export async function analyzeInfer(
  inputs: readonly AnalysisInput[],
  options: AnalysisOptions,
  host: AnalysisHost,
): Promise<{ readonly document: ResultDocument }> {
  return { document: await takeSteps(inferDocument(await analyzeCaptures(inputs, options, host)), host) };
}

function* inferDocument(analysis: CaptureAnalysis): Steps<ResultDocument> {
  const { document, lags } = analysis;
  const findings = yield* buildFindings(analysis);
  const inferred: Lag[] = [];
  for (const [l, lag] of document.lags.entries()) {
    const inferences = yield* inferSteps(lags[l]);
    const directions: Direction[] = [];
    for (const [d, direction] of lag.directions.entries()) {
      yield null;
      const learned = isUnknownSwitch(inferences[d]) ? learnSender(lags[l], d === 0 ? 0 : 1) : null;
      directions.push({ ...direction, ...inferences[d], learned });
    }
    inferred.push({ ...lag, directions });
  }
  return {
    ...document,
    command: 'infer',
    findings: findings.filter(({ id }) => GROUPS.some((group) => id.startsWith(group))),
    lags: inferred,
  };
}

/** Flows stay with their members, or as good as, and no known rule says why. */
function isUnknownSwitch({ hypotheses, unexplained, mode }: DirectionInference): boolean {
  const best = hypotheses[0];
  if (best === undefined || best.policy === mode || best.tests === 0) return false;
  return unexplained > 0.5 || best.policy === LEARNED_POLICY_ID;
}

/** What the wire says of the sender of each direction: the rule, the mode, and what would decide. */
export function* inferSteps(lag: LagAnalysis): Steps<readonly DirectionInference[]> {
  const found: DirectionInference[] = [];
  for (const direction of lag.directions) found.push(yield* inferDirection(lag, direction));
  return lag.endsAreTold ? found : asEitherEnd(found);
}

function* inferDirection(lag: LagAnalysis, direction: DirectionAnalysis): Steps<DirectionInference> {
  const { side, asked } = direction;
  const stated = statedPolicy(asked);
  const from = side === 0 ? 'a' : 'b';
  yield { from, source: null };
  const ranking =
    direction.sender.ranking ?? (yield* stepsOfSender(from, rankSteps(ruleRequest(asked, stated?.policy ?? null), RULE_SOURCES)));
  yield { from, source: null };
  const mode = direction.mode ?? findMode(asked, side, lag.directions[1 - side].list, lag.sides, ranking);
  const name = (m: number): string => lag.plan.members[m].name;
  const hypotheses = listHypotheses(direction, ranking, mode, name);
  const byHash = !mode.withoutHash && !isOneMember(mode);
  const decided = byHash ? ranking.decided : mode.withoutHash && mode.mode !== 'unknown' && mode.equivalent.length === 0;
  return {
    from,
    to: side === 0 ? 'b' : 'a',
    hypotheses,
    unexplained: byHash ? ranking.unexplained : Math.max(0, 1 - hypotheses.reduce((sum, h) => sum + h.probability, 0)),
    decided,
    confidence: byHash ? ranking.confidence : decided ? (hypotheses[0]?.probability ?? 0) : 0,
    mode: mode.mode,
    equivalentModes: [...mode.equivalent],
    modeEvidence: [...mode.evidence],
    needs: describeNeeds(asked, ranking, mode, decided),
    decidedBy: byHash
      ? decidingRows(ranking.rules, ranking.seen, MOST_DECIDING).map((i) => ({
          flow: flowId(ranking.seen.sample[i]),
          observed: name(ranking.seen.member[i]),
          best: memberName(ranking.rules[0].best.predicted[i], name),
          other: memberName(ranking.rules[1].best.predicted[i], name),
        }))
      : [],
    stated: stated === null ? null : describeStated(stated, ranking),
  };
}

const memberName = (m: number, name: (m: number) => string): string | null => (m < 0 ? null : name(m));

/** One member carries all although others could: no rule shows itself. */
function isOneMember(mode: ModeVerdict): boolean {
  return mode.order !== null && !mode.withoutHash;
}

function listHypotheses(direction: DirectionAnalysis, ranking: Ranking, mode: ModeVerdict, name: (m: number) => string): InferHypothesis[] {
  if (direction.list.length === 0) return [];
  const { rules } = ranking;
  const listed = rules
    .filter(({ best, probability }, r) => probability > NEGLIGIBLE || (r < LEAST_LISTED && isComparable(best, ranking)))
    .slice(0, MOST_LISTED);
  const described = listed.map((rule) => describeRule(rule, name));
  if (isOneMember(mode) || mode.mode === 'active-backup') return [describeOneMember(direction, ranking, mode, name)];
  if (!mode.withoutHash) return described;
  if (mode.followsAddresses === true) return [];
  if (mode.mode === 'unknown') return described;
  const byMode = describeMode(direction, mode, name);
  return [byMode, ...described.map((h) => ({ ...h, probability: h.probability * (1 - byMode.probability) }))];
}

/**
 * A refuted rule is listed to compare with. Of Linux and Open vSwitch each is exact; what else is known of vendors is tried on
 * any sender, and to name one that the frames refute would mislead.
 */
function isComparable(best: RankedRule['best'], { seen }: Ranking): boolean {
  const { family } = best.hypothesis.policy;
  return family === 'linux' || family === 'ovs' || explains(best, seen);
}

function describeRule({ best, equivalent, probability }: RankedRule, name: (m: number) => string): InferHypothesis {
  return {
    ...ruleName(best.hypothesis),
    basis: best.hypothesis.basis,
    members: best.order.map(name),
    untestedMembers: best.untested.map(name),
    agreement: { packets: { ...best.packets }, flows: { ...best.flows } },
    tests: best.tests,
    probability,
    equivalent: equivalent.map(ruleName),
  };
}

function ruleName({ policy, variant }: Hypothesis): RuleName {
  return { policy: policy.id, variant };
}

function describeMode(direction: DirectionAnalysis, mode: ModeVerdict, name: (m: number) => string): InferHypothesis {
  const { list, asked } = direction;
  const order = mode.order ?? asked.plan.members.map((_, m) => m);
  return {
    ...modeName(mode.mode),
    basis: 0,
    members: order.map(name),
    untestedMembers: [],
    agreement: { packets: { match: mode.match, total: mode.total }, flows: { match: list.length, total: list.length } },
    tests: mode.total,
    probability: SIGNATURE_CERTAINTY,
    equivalent: mode.equivalent.filter((id) => findPolicy(id) !== null).map(modeName),
  };
}

function modeName(mode: string): RuleName {
  return { policy: mode, variant: findPolicy(mode)?.defaultVariant ?? '' };
}

/** With one member in use at a time every rule places all frames alike: they are one hypothesis. */
function describeOneMember(
  direction: DirectionAnalysis,
  ranking: Ranking,
  mode: ModeVerdict,
  name: (m: number) => string,
): InferHypothesis {
  const { list, asked } = direction;
  const modes = [mode.mode, ...mode.equivalent].filter((id) => findPolicy(id) !== null).map(modeName);
  const request = ruleRequest(asked, statedPolicy(asked)?.policy ?? null);
  const rules = [...request.hypotheses].sort((x, y) => y.logPrior - x.logPrior).map(ruleName);
  const names = mode.mode === '802.3ad' ? [...rules, ...modes] : [...modes, ...rules];
  const used = mode.order ?? ranking.seen.members;
  const others = asked.plan.members.map((_, m) => m).filter((m) => !used.includes(m));
  return {
    ...names[0],
    basis: 0,
    members: [...used, ...others].map(name),
    untestedMembers: asked.plan.members.length > 1 ? asked.plan.members.map((m) => m.name) : [],
    agreement: { packets: { match: mode.match, total: mode.total }, flows: { match: list.length, total: list.length } },
    tests: 0,
    probability: mode.total === 0 ? 0 : mode.match / mode.total,
    equivalent: names.slice(1),
  };
}

function describeStated({ policy, facts }: NonNullable<ReturnType<typeof statedPolicy>>, ranking: Ranking): StatedRule {
  const best = ranking.rules[0]?.best.hypothesis;
  return {
    policy: policy.id,
    variant: null,
    path: facts.path,
    refuted: ranking.decided && best !== undefined && policy.selector === 'modulo' && best.policy.id !== policy.id,
  };
}

/** Which traffic would decide what is open. */
function describeNeeds(asked: SenderRequest, ranking: Ranking, mode: ModeVerdict, decided: boolean): string {
  const { list } = asked;
  if (list.length === 0) return 'any traffic of this direction: none was captured';
  if (asked.plan.members.length < 2) return 'captures of the other members: with one, every rule places all frames alike';
  if (isOneMember(mode) || mode.mode === 'active-backup')
    return 'traffic while a second member is in use: with one member every rule places all frames alike';
  if (mode.mode === 'balance-tlb') return 'ARP requests to addresses of this end: balance-alb answers them with several MAC addresses';
  if (mode.followsAddresses === true) return 'nothing: this end sends to each station where it heard it, and aggregates nothing';
  if (mode.withoutHash) return mode.mode === 'unknown' ? 'captures of all members with one clock, to see in which order frames left' : '';
  const texts = trafficThatDecides(ranking.rules, WORTH_DECIDING);
  if (ranking.unexplained > 1 - DECIDED) {
    const tests = ranking.rules[0]?.best.tests ?? 0;
    const few = 'more flows between different addresses and ports: those captured may fit by chance';
    const none = `the rule is none of those known, or depends on what the capture does not show; several hundred flows with different addresses and ports would show which fields decide (${tests} were tests)`;
    texts.unshift(ranking.rules[0] !== undefined && ranking.unexplained < 0.5 ? few : none);
  }
  const open = ranking.rules[0]?.best.untested ?? [];
  if (open.length > 0)
    texts.push(`flows that the rule puts on ${open.map((m) => asked.plan.members[m].name).join(', ')}: their order is open`);
  if (texts.length === 0) return '';
  return `${decided ? 'the policy is decided; still open: ' : ''}${texts.join('; ')}`;
}
