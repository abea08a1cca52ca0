/** What more traffic of the captured kind would do, whatever its addresses. */
import { forecastText } from '../../report/forecast-text.ts';
import { capitalize } from '../../report/summary.ts';
import { MOST_PLANNED_MEMBERS } from '../store/plan-choice.ts';
import { forecast, forecastAsked, MOST_FORECAST_FLOWS } from '../store/plan-detail-store.ts';
import { plannedCount } from '../store/plan-store.ts';

export function PlanForecast() {
  const { flows, members } = forecastAsked.value;
  const shown = forecast.value;
  return (
    <section class="panel plan-aside">
      <div class="panel-head">
        <h2>Forecast</h2>
        <span class="muted">more flows of the captured kind, placed by an ideal hash</span>
      </div>
      <div class="plan-controls">
        <label>
          Flows at a time
          <input
            class="field"
            type="number"
            min={1}
            max={MOST_FORECAST_FLOWS}
            value={flows}
            data-testid="forecast-flows"
            onInput={(event) => change({ flows: within(event.currentTarget.value, MOST_FORECAST_FLOWS) })}
          />
        </label>
        <label>
          Members
          <input
            class="field"
            type="number"
            min={1}
            max={MOST_PLANNED_MEMBERS}
            value={members > 0 ? members : plannedCount.value}
            data-testid="forecast-members"
            onInput={(event) => change({ members: within(event.currentTarget.value, MOST_PLANNED_MEMBERS) })}
          />
        </label>
      </div>
      <p data-testid="plan-forecast">
        {shown === null
          ? 'Drawing flows'
          : shown === 'no-speed'
            ? 'Give the link speed above: neither captures nor state texts tell how much a link holds, or the traffic has no times.'
            : capitalize(forecastText(shown))}
      </p>
      <p class="muted">The interval comes from drawing the captured flows again: few flows say little.</p>
    </section>
  );
}

function change(part: { flows?: number | undefined; members?: number | undefined }): void {
  const before = forecastAsked.value;
  forecastAsked.value = { flows: part.flows ?? before.flows, members: part.members ?? before.members };
}

/** A whole number from 1 to `most`; undefined while what is typed is none. */
function within(text: string, most: number): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 ? Math.min(value, most) : undefined;
}
