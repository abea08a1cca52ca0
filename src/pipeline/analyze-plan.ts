import { LEARNED_POLICY_ID } from '../hash/learned-policy.ts';
import type { Direction, Lag, ResultDocument, SideId } from '../report/document.ts';
import { analyzeCaptures } from './analyze-captures.ts';
import type { AnalysisHost, AnalysisInput, CaptureAnalysis } from './analyze-captures.ts';
import type { AnalysisOptions, SenderOptions } from './analysis-options.ts';
import { readRecords } from '../records/registry.ts';
import type { RecordList } from '../records/flow-record.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { BadCall } from './bad-call.ts';
import { createPlanViews } from './build-plan.ts';
import type { RecordTraffic } from './plan-direction.ts';
import type { PlanQuery, PlanResult } from './plan-query.ts';
import { analyzeRecords } from './record-lag.ts';
import { takeSteps, type Steps } from './steps.ts';
import { formatTime } from './time-text.ts';

/** The analysis of `plan`: the document of all commands with `scenarios` and `advice` in every direction, and all advice per LAG. */
export async function analyzePlan(
  inputs: readonly AnalysisInput[],
  options: AnalysisOptions,
  host: AnalysisHost,
  query: PlanQuery,
): Promise<ResultDocument> {
  const lists: RecordList[] = [];
  const analysis = await analyzeRange(inputs, options, {
    ...host,
    onText(text) {
      const list = readRecords(text, query.columns ?? null);
      if (list === null) return null;
      lists.push(list);
      return describeRecords(list);
    },
  });
  if (lists.length === 0) return takeSteps(planDocument(analysis, query), host);
  // For a range of time inputs are read twice: the second reading counts.
  const heard = lists.slice(-analysis.document.inputs.filter(({ kind }) => kind === 'records').length);
  const id = `lag${analysis.document.lags.length + 1}`;
  const records = await takeSteps(analyzeRecords(heard, id, options, analysis.state, query.memberCounts?.[0]), host);
  const withRecords: CaptureAnalysis = {
    ...analysis,
    document: { ...analysis.document, lags: [...analysis.document.lags, records.document] },
    lags: [...analysis.lags, records.lag],
  };
  return takeSteps(
    planDocument(withRecords, query, (lag) => (lag === records.lag ? records.traffic : null)),
    host,
  );
}

/** Flow records as an input of the document. */
function describeRecords({ format, records, gaps }: RecordList): ReturnType<NonNullable<AnalysisHost['onText']>> {
  let packets = 0;
  let bytes = 0;
  let first = Infinity;
  let last = -Infinity;
  for (const record of records) {
    packets += record.packets;
    bytes += record.bytes;
    first = Math.min(first, record.firstSeconds ?? Infinity);
    last = Math.max(last, record.lastSeconds ?? -Infinity);
  }
  const time = (seconds: number): string | null =>
    Number.isFinite(seconds) ? formatTime(Math.floor(seconds), Math.floor((seconds % 1) * 1e9)) : null;
  return { kind: 'records', format, packets, bytes, firstTime: time(first), lastTime: time(last), lacks: [...gaps] };
}

/** Adds the plan of every LAG to the document of an analysis. */
export function* planDocument(
  { document, lags }: CaptureAnalysis,
  query: PlanQuery,
  recordsOf: (lag: LagAnalysis) => RecordTraffic | null = () => null,
): Steps<ResultDocument> {
  const views = createPlanViews(lags, recordsOf);
  checkFailed(document, query);
  const planned: Lag[] = [];
  for (const lag of document.lags) {
    const names = new Set(lag.members.map(({ name }) => name));
    const failed = query.failed
      ?.map((set) => set.filter((name) => names.has(name) || /^new\d+$/.test(name)))
      .filter((set) => set.length > 0);
    planned.push(withPlan(lag, yield* views.plan(lag.id, { ...query, ...(failed !== undefined && { failed }) }), query));
  }
  return { ...document, command: 'plan', lags: planned };
}

function withPlan(lag: Lag, plan: PlanResult, query: PlanQuery): Lag {
  return {
    ...lag,
    directions: lag.directions.map((direction): Direction => {
      const own = plan.directions.find(({ from }) => from === direction.from);
      return {
        ...direction,
        scenarios: [...(own?.scenarios ?? [])],
        advice: plan.advice.filter(({ side }) => side === direction.from),
        ...(query.cover !== undefined && { cover: own?.cover ?? null }),
        ...(own?.forecast !== undefined && { forecast: [...own.forecast] }),
        ...(own?.entropy !== undefined && { entropy: own.entropy }),
      };
    }),
    advice: plan.advice,
  };
}

/** With several LAGs a name need not be in each of them, but in one. */
function checkFailed(document: ResultDocument, query: PlanQuery): void {
  if (document.lags.length === 0) return;
  const known = new Set(document.lags.flatMap((lag) => lag.members.map(({ name }) => name)));
  for (const name of (query.failed ?? []).flat())
    if (!known.has(name) && !/^new\d+$/.test(name))
      throw new BadCall(`--failed ${name}: no such member; members: ${[...known].join(', ')}`);
}

/**
 * Of a range of time only the traffic is taken. Who sends, by which rule and in which order follows from all that the
 * captures hold, since a phase of failure shows less of it than the rest.
 */
async function analyzeRange(inputs: readonly AnalysisInput[], options: AnalysisOptions, host: AnalysisHost): Promise<CaptureAnalysis> {
  const isWhole = options.from === undefined && options.to === undefined;
  if (isWhole || inputs.some(({ source }) => source !== undefined && source.rereadable !== true))
    return analyzeCaptures(inputs, options, host);
  const { from: _from, to: _to, ...always } = options;
  const whole = await analyzeCaptures(inputs, always, host);
  if (whole.document.lags.length !== 1) return analyzeCaptures(inputs, options, host);
  const [lag] = whole.document.lags;
  const informed = { ...options, sides: knownSenders(lag, whole.lags[0], options), local: knownLocal(lag, options) };
  const part = await analyzeCaptures(inputs, informed, host).catch((error: unknown) => {
    // A member that has no frame in the range may not be listed there.
    if (error instanceof BadCall) return analyzeCaptures(inputs, options, host);
    throw error;
  });
  return { ...part, document: { ...part.document, lags: part.document.lags.map((of) => withSources(of, lag)) } };
}

/** What the whole capture tells of each sender, as options for a part of it. */
function knownSenders(lag: Lag, { directions }: LagAnalysis, options: AnalysisOptions): AnalysisOptions['sides'] {
  const sides: { [side in SideId]?: SenderOptions } = {};
  for (const { from, policy } of lag.directions) {
    const given = { ...options.sender, ...options.sides[from] };
    const isKnown =
      policy.id !== null &&
      policy.variant !== null &&
      policy.id !== LEARNED_POLICY_ID &&
      policy.source !== 'default' &&
      // The rule of these frames is as sure, whichever end they come from: `local` keeps the ends as they are named.
      (policy.source !== 'inferred' || directions[from === 'a' ? 0 : 1].sender.confidence > 0.5);
    const isNamed = policy.members.length === lag.members.length && given.members === undefined;
    sides[from] = {
      ...(isKnown && given.policy === undefined && { policy: policy.id ?? undefined, variant: policy.variant ?? undefined }),
      ...(isKnown && given.policy === undefined && policy.basis !== null && { basis: policy.basis }),
      ...(isNamed && (isKnown || given.policy !== undefined) && { members: policy.members }),
      ...options.sides[from],
    };
  }
  return sides;
}

function knownLocal(lag: Lag, options: AnalysisOptions): readonly string[] {
  return options.local.length > 0 ? options.local : (lag.sides.find(({ id }) => id === 'a')?.macs ?? []);
}

/** Where the knowledge of the senders comes from is told as it is, not as the option it was handed on by. */
function withSources(part: Lag, whole: Lag): Lag {
  return {
    ...part,
    directions: part.directions.map((direction) => {
      const known = whole.directions.find(({ from }) => from === direction.from);
      const isHandedOn = known !== undefined && known.policy.id === direction.policy.id;
      return isHandedOn
        ? { ...direction, policy: { ...direction.policy, source: known.policy.source, confidence: known.policy.confidence } }
        : direction;
    }),
  };
}
