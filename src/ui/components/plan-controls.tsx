/** The scenario: direction, policy, number of members, which of them fail, link speeds. */
import { LEARNED_POLICY_ID } from '../../hash/learned-policy.ts';
import { POLICIES } from '../../hash/registry.ts';
import type { Lag } from '../../report/document.ts';
import { capitalize, senderName } from '../../report/summary.ts';
import { countNoun } from '../../report/quantity.ts';
import { fragment } from '../store/fragment.ts';
import { loadedModels } from '../store/options.ts';
import { MOST_PLANNED_MEMBERS, parseSpeeds } from '../store/plan-choice.ts';
import { changePlan, planDirection, plannedCount, plannedNames, planView } from '../store/plan-store.ts';
import { PlannedName } from './plan-members.tsx';

export function PlanControls({ lag }: { lag: Lag }) {
  const view = planView.value;
  const direction = planDirection.value;
  const policy = view.policy && POLICIES.find(({ id }) => id === view.policy?.id);
  const names = plannedNames.value;
  const speedsRead = parseSpeeds(fragment.speed.value) !== null;
  return (
    <section class="panel plan-controls" aria-label="Scenario">
      <div class="facet" role="group" aria-label="Sender">
        {lag.directions.map(({ from, to }) => (
          <button
            key={from}
            type="button"
            class="button small"
            aria-pressed={view.from === from}
            onClick={() => changePlan({ from, policy: null })}
          >
            {capitalize(senderName(lag, from))} sends <span class="muted">({`${from}→${to}`})</span>
          </button>
        ))}
      </div>
      <label>
        Policy
        <select
          class="field"
          value={view.policy?.id ?? ''}
          data-testid="plan-policy"
          onChange={(event) => changePlan({ policy: event.currentTarget.value === '' ? null : { id: event.currentTarget.value } })}
        >
          <option value="">in use: {direction?.policy.id ?? 'not known'}</option>
          {(loadedModels.a.value ?? loadedModels.b.value) !== null && <option value={LEARNED_POLICY_ID}>{LEARNED_POLICY_ID}</option>}
          {POLICIES.filter(({ selector }) => selector !== 'none').map(({ id }) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
      </label>
      {policy && policy.variants.length > 1 && (
        <label>
          Version
          <select
            class="field"
            value={view.policy?.variant ?? ''}
            onChange={(event) =>
              changePlan({ policy: { id: policy.id, ...(event.currentTarget.value !== '' && { variant: event.currentTarget.value }) } })
            }
          >
            <option value="">as the sender’s</option>
            {policy.variants.map(({ id }) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        {countNoun(plannedCount.value, 'member')}
        <input
          type="range"
          min={1}
          max={MOST_PLANNED_MEMBERS}
          value={plannedCount.value}
          data-testid="plan-count"
          onInput={(event) => changePlan({ memberCount: Number(event.currentTarget.value) })}
        />
      </label>
      <fieldset class="plan-failed">
        <legend>Failed</legend>
        {names.map((name) => (
          <label key={name} class="check">
            <input
              type="checkbox"
              checked={view.failed.includes(name)}
              disabled={!view.failed.includes(name) && view.failed.filter((failed) => names.includes(failed)).length >= names.length - 1}
              data-testid={`plan-failed-${name}`}
              onChange={(event) =>
                changePlan({
                  failed: event.currentTarget.checked ? [...view.failed, name] : view.failed.filter((failed) => failed !== name),
                })
              }
            />
            <PlannedName name={name} />
          </label>
        ))}
      </fieldset>
      <label>
        Link speed, Mbit/s
        <input
          class="field"
          value={fragment.speed.value}
          placeholder="10000 or 10000, 1000"
          aria-invalid={!speedsRead}
          data-testid="plan-speed"
          onInput={(event) => (fragment.speed.value = event.currentTarget.value)}
        />
      </label>
    </section>
  );
}
