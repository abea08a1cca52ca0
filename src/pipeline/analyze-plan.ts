import type { Direction, Lag, ResultDocument, SideId } from '../report/document.ts';
import { analyzeCaptures } from './analyze-captures.ts';
import type { AnalysisHost, AnalysisInput, CaptureAnalysis } from './analyze-captures.ts';
import type { AnalysisOptions, SenderOptions } from './analysis-options.ts';
import { BadCall } from './bad-call.ts';
import { createPlanViews } from './build-plan.ts';
import type { PlanQuery } from './plan-query.ts';

/** The analysis of `plan`: the document of all commands with `scenarios` and `advice` in every direction, and all advice per LAG. */
export async function analyzePlan(
  inputs: readonly AnalysisInput[],
  options: AnalysisOptions,
  host: AnalysisHost,
  query: PlanQuery,
): Promise<ResultDocument> {
  const analysis = await analyzeRange(inputs, options, host);
  return planDocument(analysis, query);
}

/** Adds the plan of every LAG to the document of an analysis. */
export function planDocument({ document, lags }: CaptureAnalysis, query: PlanQuery): ResultDocument {
  const views = createPlanViews(lags);
  checkFailed(document, query);
  return {
    ...document,
    command: 'plan',
    lags: document.lags.map((lag): Lag => {
      const names = new Set(lag.members.map(({ name }) => name));
      const failed = query.failed
        ?.map((set) => set.filter((name) => names.has(name) || /^new\d+$/.test(name)))
        .filter((set) => set.length > 0);
      const plan = views.plan(lag.id, { ...query, ...(failed !== undefined && { failed }) });
      return {
        ...lag,
        directions: lag.directions.map((direction): Direction => {
          const own = plan.directions.find(({ from }) => from === direction.from);
          return {
            ...direction,
            scenarios: [...(own?.scenarios ?? [])],
            advice: plan.advice.filter(({ side }) => side === direction.from),
            ...(query.cover !== undefined && { cover: own?.cover ?? null }),
          };
        }),
        advice: plan.advice,
      };
    }),
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
  const part = await analyzeCaptures(inputs, { ...options, sides: knownSenders(lag, options), local: knownLocal(lag, options) }, host);
  return { ...part, document: { ...part.document, lags: part.document.lags.map((of) => withSources(of, lag)) } };
}

/** What the whole capture tells of each sender, as options for a part of it. */
function knownSenders(lag: Lag, options: AnalysisOptions): AnalysisOptions['sides'] {
  const sides: { [side in SideId]?: SenderOptions } = {};
  for (const { from, policy } of lag.directions) {
    const given = { ...options.sender, ...options.sides[from] };
    const isKnown = policy.id !== null && policy.variant !== null && (policy.source !== 'inferred' || policy.confidence > 0.5);
    sides[from] = {
      ...(isKnown && given.policy === undefined && { policy: policy.id ?? undefined, variant: policy.variant ?? undefined }),
      ...(isKnown && given.policy === undefined && policy.basis !== null && { basis: policy.basis }),
      ...(policy.members.length === lag.members.length && given.members === undefined && { members: policy.members }),
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
