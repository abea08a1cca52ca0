/** The largest flows that the scenario takes off the member that carried them; each opens its panel. */
import type { MovedFlows } from '../../pipeline/plan-query.ts';
import { countNoun, formatBytes } from '../../report/quantity.ts';
import { fragment } from '../store/fragment.ts';
import { PlannedName } from './plan-members.tsx';

export function PlanMoved({ moved }: { moved: MovedFlows }) {
  const { total, totalBytes, undecided, flows } = moved;
  const rest = total - flows.length;
  return (
    <section class="panel" data-testid="plan-moved">
      <div class="panel-head">
        <h2>Flows that would move</h2>
        <span class="muted">
          {total > 0 && `${countNoun(total, 'flow')}, ${formatBytes(totalBytes)}; `}
          {rest > 0 ? `the largest ${flows.length}` : 'most bytes first'}
          {undecided > 0 && `; ${countNoun(undecided, 'other flow')} may move`}
        </span>
      </div>
      {flows.length === 0 ? (
        <p class="muted">{undecided > 0 ? 'None is known to move.' : 'None.'}</p>
      ) : (
        <div class="scroll-x">
          <table class="plain plan-moved">
            <thead>
              <tr>
                <th scope="col">Flow</th>
                <th scope="col" class="number">
                  Bytes
                </th>
                <th scope="col">From</th>
                <th scope="col">To</th>
              </tr>
            </thead>
            <tbody>
              {flows.map(({ id, text, bytes, from, to }) => (
                <tr key={id}>
                  <td>
                    <button type="button" class="link-button" onClick={() => (fragment.flow.value = id)}>
                      {id}
                    </button>{' '}
                    {text.replace('→ ', '→\u00a0')}
                  </td>
                  <td class="number">{formatBytes(bytes)}</td>
                  <td>
                    <PlannedName name={from} />
                  </td>
                  <td>{to === null ? <span class="muted">a member by chance</span> : <PlannedName name={to} />}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
