/** Scenarios of the Plan view, asked of the worker; while a slider moves only the newest answer counts. */
import { computed, effect, signal } from '@preact/signals';
import type { Direction } from '../../report/document.ts';
import type { PlanScenario } from '../../report/plan-document.ts';
import type { PlanLoad, PlanQuery, PlanResult } from '../../pipeline/plan-query.ts';
import { analysisService, generation, lag } from './analysis-store.ts';
import { fragment } from './fragment.ts';
import { formatPlanView, parsePlanView, parseSpeeds, type PlanView } from './plan-choice.ts';

export const planView = computed<PlanView>(() => parsePlanView(fragment.plan.value));
/** Apart from the rest of the scenario: what depends on it alone is not asked again while a slider moves. */
export const planFrom = computed(() => planView.value.from);
export const planDirection = computed<Direction | null>(
  () => lag.value?.directions.find(({ from }) => from === planFrom.value) ?? lag.value?.directions[0] ?? null,
);
export const plannedCount = computed(() => planView.value.memberCount ?? lag.value?.members.length ?? 0);
/** Members that a scenario may have: those there are, then `new1` … */
export const plannedNames = computed<readonly string[]>(() => {
  const present = planDirection.value?.policy.members ?? [];
  const count = plannedCount.value;
  return Array.from({ length: count }, (_, i) => present[i] ?? `new${i - present.length + 1}`);
});

/** The traffic as it was, and under the chosen scenario (null where that is the same). */
export const outcome = signal<{ readonly current: PlanScenario; readonly planned: PlanScenario | null } | null>(null);
export const outcomeLoad = signal<{ readonly current: PlanLoad; readonly planned: PlanLoad | null } | null>(null);
/** Whole-capture shares of every policy and member count. */
export const matrix = signal<readonly PlanScenario[] | null>(null);
export const planTrouble = signal<string | null>(null);
/** Time from the question to the answer of the last scenario, in milliseconds. */
export const answerMs = signal(0);

export const MATRIX_COUNTS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8];
/** Steps of the charts: about half as many as a wide panel has pixels. */
const LOAD_STEPS = 480;
export const REST_MS = 150;

export function changePlan(change: Partial<PlanView>): void {
  const next = { ...planView.peek(), ...change };
  const asThereAre = next.memberCount === lag.peek()?.members.length;
  fragment.plan.value = formatPlanView({ ...next, memberCount: asThereAre ? null : next.memberCount });
}

export function connectPlan(): () => void {
  const stops = [connectOutcome(), connectMatrix()];
  return () => stops.forEach((stop) => stop());
}

/** Link speeds as typed; nothing where there are none, or they cannot be read. */
export function plannedSpeeds(): Pick<PlanQuery, 'speedsMbps'> {
  const parsed = parseSpeeds(fragment.speed.value);
  return parsed === null || parsed.length === 0 ? {} : { speedsMbps: parsed };
}

function connectOutcome(): () => void {
  let asked = 0;
  return effect(() => {
    void generation.value;
    const lagId = lag.value?.id;
    if (fragment.view.value !== 'plan' || !lagId) return;
    const mine = ++asked;
    const startedMs = performance.now();
    const { from, policy, failed } = planView.value;
    const names = plannedNames.value;
    const choice = {
      from,
      memberCount: plannedCount.value,
      failed: failed.filter((name) => names.includes(name)),
      ...(policy && { policy }),
    };
    const query: PlanQuery = {
      sides: [from],
      ...(policy === null ? { policies: [] } : { policies: [policy], onlyAsked: true }),
      memberCounts: [choice.memberCount],
      failed: choice.failed.length === 0 ? [] : [choice.failed],
      advice: false,
      ...plannedSpeeds(),
    };
    const service = analysisService();
    const show = (result: PlanResult | { readonly failed: string }): void => {
      if (mine !== asked) return;
      if ('failed' in result) {
        planTrouble.value = result.failed;
        return;
      }
      planTrouble.value = null;
      const scenarios = result.directions[0]?.scenarios ?? [];
      const current = scenarios.find((scenario) => scenario.current);
      const isAsked = ({ current, policy: id, failed: down }: PlanScenario): boolean =>
        !current && (policy === null || id === policy.id) && down.join() === choice.failed.join();
      const asIs = policy === null && planView.peek().memberCount === null && choice.failed.length === 0;
      // Behind the policy in use comes the one that was asked for.
      const planned = asIs ? undefined : scenarios.filter(isAsked).at(-1);
      outcome.value = current ? { current, planned: planned ?? null } : null;
    };
    void service.plan(lagId, { ...query, chance: false }).then((result) => {
      show(result);
      if (mine === asked) answerMs.value = performance.now() - startedMs;
    });
    // What takes longer waits until the slider rests.
    const rest = setTimeout(() => {
      void service.plan(lagId, query).then(show);
      void Promise.all([service.planLoad(lagId, { from, current: true }, LOAD_STEPS), service.planLoad(lagId, choice, LOAD_STEPS)]).then(
        ([current, planned]) => {
          if (mine === asked) outcomeLoad.value = current ? { current, planned } : null;
        },
      );
    }, REST_MS);
    return () => clearTimeout(rest);
  });
}

function connectMatrix(): () => void {
  let asked = 0;
  return effect(() => {
    void generation.value;
    const lagId = lag.value?.id;
    if (fragment.view.value !== 'plan' || !lagId) return;
    const mine = ++asked;
    matrix.value = null;
    const query: PlanQuery = {
      sides: [planFrom.value],
      memberCounts: MATRIX_COUNTS,
      failed: [],
      detail: 'shares',
      chance: false,
      advice: false,
    };
    void analysisService()
      .plan(lagId, query)
      .then((result) => {
        if (mine === asked && !('failed' in result)) matrix.value = result.directions[0]?.scenarios ?? [];
      });
  });
}
