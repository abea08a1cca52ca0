/** What stands beside a scenario of the Plan view: flows that move, forecast, entropy audit, advice. */
import { effect, signal } from '@preact/signals';
import type { EntropyAudit } from '../../plan/entropy-types.ts';
import type { Forecast } from '../../plan/forecast.ts';
import type { MovedFlows, PlanChoice, PlanQuery } from '../../pipeline/plan-query.ts';
import type { PlanAdvice } from '../../report/plan-document.ts';
import { analysisService, generation, lag } from './analysis-store.ts';
import { fragment } from './fragment.ts';
import { MOST_PLANNED_MEMBERS } from './plan-choice.ts';
import { planFrom, plannedCount, plannedNames, plannedSpeeds, planView, REST_MS } from './plan-store.ts';

/** With more flows advice and audit keep the worker busy for so long that sliders wait. */
export const MOST_ADVISED_FLOWS = 20_000;
/** A forecast takes longer than a scenario: it waits until the slider is left alone. */
const FORECAST_REST_MS = 4 * REST_MS;
const MOVED_SHOWN = 20;
export const MOST_FORECAST_FLOWS = 2000;

export const moved = signal<MovedFlows | null>(null);
export const forecast = signal<Forecast | 'no-speed' | null>(null);
export const entropy = signal<EntropyAudit | null>(null);
export const advice = signal<readonly PlanAdvice[] | null>(null);
/** `wanted`: there are too many flows to ask unasked; `asked`: on its way. */
export const adviceState = signal<'wanted' | 'asked'>('asked');
/** Flows at a time and links of the forecast; 0 links: as many as the scenario has. */
export const forecastAsked = signal<{ readonly flows: number; readonly members: number }>({ flows: 40, members: 0 });

/** Runs `ask` whenever what it reads changes, while the view is open; only the newest answer counts. */
function whilePlanning(ask: (lagId: string, isNewest: () => boolean) => (() => void) | void): () => void {
  let newest = 0;
  return effect(() => {
    void generation.value;
    const lagId = lag.value?.id;
    const mine = ++newest;
    if (fragment.view.value !== 'plan' || !lagId) return;
    return ask(lagId, () => mine === newest);
  });
}

/** After a moment's rest, so that moved sliders come first. */
function afterRest(ask: () => void, restMs = REST_MS): () => void {
  const rest = setTimeout(ask, restMs);
  return () => clearTimeout(rest);
}

export function connectPlanDetails(): () => void {
  const stops = [connectMoved(), connectForecast(), connectAdvice(), connectEntropy()];
  return () => stops.forEach((stop) => stop());
}

function connectMoved(): () => void {
  return whilePlanning((lagId, isNewest) => {
    const { from, policy, failed, memberCount } = planView.value;
    if (policy === null && memberCount === null && failed.length === 0) {
      moved.value = null;
      return;
    }
    const names = plannedNames.value;
    const choice: PlanChoice = {
      from,
      memberCount: plannedCount.value,
      failed: failed.filter((name) => names.includes(name)),
      ...(policy && { policy }),
    };
    return afterRest(() => {
      void analysisService()
        .movedFlows(lagId, choice, MOVED_SHOWN)
        .then((found) => {
          if (isNewest()) moved.value = found;
        });
    });
  });
}

/** Of a direction, without scenarios of other policies. */
function lean(): PlanQuery {
  return { sides: [planFrom.value], policies: [], failed: [], detail: 'shares', chance: false, advice: false };
}

function connectForecast(): () => void {
  return whilePlanning((lagId, isNewest) => {
    const { flows, members } = forecastAsked.value;
    const count = Math.min(members > 0 ? members : plannedCount.value, MOST_PLANNED_MEMBERS);
    const query: PlanQuery = { ...lean(), memberCounts: [count], forecastFlows: flows, ...plannedSpeeds() };
    return afterRest(() => {
      void analysisService()
        .plan(lagId, query)
        .then((result) => {
          if (isNewest() && !('failed' in result)) forecast.value = result.directions[0]?.forecast?.[0] ?? 'no-speed';
        });
    }, FORECAST_REST_MS);
  });
}

function connectEntropy(): () => void {
  return whilePlanning((lagId, isNewest) => {
    entropy.value = null;
    const query: PlanQuery = { ...lean(), entropy: true };
    askEntropy = () => {
      void analysisService()
        .plan(lagId, query)
        .then((result) => {
          if (isNewest() && !('failed' in result)) entropy.value = result.directions[0]?.entropy ?? null;
        });
    };
    // Once asked for, the audit of the other direction is as welcome.
    if (!isLarge() || adviceState.peek() === 'asked') return afterRest(askEntropy);
  });
}

let askEntropy: () => void = () => undefined;
let askAdvice: () => void = () => undefined;

/** Asks for advice and audit where they are not asked for by themselves. */
export function workOutAdvice(): void {
  adviceState.value = 'asked';
  askAdvice();
  askEntropy();
}

function isLarge(): boolean {
  const flows = lag.peek()?.directions.reduce((sum, { totals }) => sum + totals.flows, 0) ?? 0;
  return flows > MOST_ADVISED_FLOWS;
}

function connectAdvice(): () => void {
  return whilePlanning((lagId, isNewest) => {
    advice.value = null;
    const speeds = plannedSpeeds();
    askAdvice = () => {
      void analysisService()
        .plan(lagId, { policies: [], failed: [], ...speeds })
        .then((result) => {
          if (isNewest() && !('failed' in result)) advice.value = result.advice;
        });
    };
    adviceState.value = isLarge() ? 'wanted' : 'asked';
    if (!isLarge()) return afterRest(askAdvice);
  });
}
