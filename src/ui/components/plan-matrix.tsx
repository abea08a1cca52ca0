/** Policies against numbers of members: the largest share of the bytes that one member would carry. */
import type { PlanScenario } from '../../report/plan-document.ts';
import { countNoun, formatShare } from '../../report/quantity.ts';
import { changePlan, MATRIX_COUNTS, plannedCount, planView } from '../store/plan-store.ts';

export function PlanMatrix({ scenarios }: { scenarios: readonly PlanScenario[] }) {
  const rows = rowsOf(scenarios);
  const view = planView.value;
  const chosenPolicy = view.policy ? `${view.policy.id},${view.policy.variant ?? ''}` : '';
  return (
    <div class="scroll-x">
      <table class="plan-matrix" data-testid="plan-matrix">
        <thead>
          <tr>
            <th scope="col">Policy</th>
            {MATRIX_COUNTS.map((count) => (
              <th key={count} scope="col">
                {count}
                <span class="visually-hidden"> members</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={row.key}>
              <th scope="row">
                {row.policy} {r === 0 && <span class="muted">in use</span>}
                <span class="matrix-variant">{row.variant}</span>
              </th>
              {MATRIX_COUNTS.map((count) => {
                const scenario = row.byCount.get(count);
                if (!scenario) return <td key={count}>–</td>;
                const share = largestShare(scenario);
                // How far from even, of the way to all on one member.
                const excess = count === 1 ? 0 : (share - 1 / count) / (1 - 1 / count);
                const isChosen =
                  count === plannedCount.value &&
                  (view.policy === null
                    ? r === 0
                    : chosenPolicy === `${row.policy},${view.policy.variant === undefined ? '' : row.variant}`);
                const open = scenario.uncertain.packets > 0;
                const label = `${row.policy}, ${countNoun(count, 'member')}: the busiest carries ${formatShare(share)}, even would be ${formatShare(1 / count)}`;
                return (
                  <td key={count}>
                    <button
                      type="button"
                      class="matrix-cell"
                      aria-pressed={isChosen}
                      aria-label={label}
                      title={`${label}${open ? `; ${countNoun(scenario.uncertain.packets, 'frame')} not decided: ${scenario.uncertain.reason}` : ''}`}
                      style={{ '--excess': `${Math.round(Math.max(0, Math.min(1, excess)) * 100)}%` }}
                      onClick={() =>
                        changePlan({
                          policy: r === 0 ? null : { id: row.policy, ...(row.variant && { variant: row.variant }) },
                          memberCount: count,
                        })
                      }
                    >
                      {formatShare(share, 0)}
                      {open && <span class="muted">*</span>}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {scenarios.some(({ uncertain }) => uncertain.packets > 0) && (
        <p class="muted">* by expected value: where some frames would go is not decided.</p>
      )}
    </div>
  );
}

export function largestShare(scenario: PlanScenario): number {
  return Math.max(0, ...scenario.members.map(({ share }) => share));
}

interface Row {
  readonly key: string;
  readonly policy: string;
  readonly variant: string;
  readonly byCount: Map<number, PlanScenario>;
}

/** The policy in use first, as the scenarios come. */
function rowsOf(scenarios: readonly PlanScenario[]): Row[] {
  const rows: Row[] = [];
  for (const scenario of scenarios) {
    const { policy, variant, basis, memberCount } = scenario;
    if (policy === null) continue;
    const key = `${policy},${variant ?? ''},${basis ?? 0}`;
    let row = rows.find((candidate) => candidate.key === key);
    if (!row) rows.push((row = { key, policy, variant: variant ?? '', byCount: new Map() }));
    if (!row.byCount.has(memberCount) || scenario.current) row.byCount.set(memberCount, scenario);
  }
  return rows;
}
