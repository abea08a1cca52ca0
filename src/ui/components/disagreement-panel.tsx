/** What the state texts say and the captures refute. */
import type { Lag } from '../../report/document.ts';
import { countNoun } from '../../report/quantity.ts';
import { MemberLabel } from './member-label.tsx';

export function DisagreementPanel({ lag }: { lag: Lag }) {
  const disagreements = lag.disagreements ?? [];
  if (disagreements.length === 0) return null;
  return (
    <section class="panel" data-testid="panel-disagreements">
      <div class="panel-head">
        <h2>State text against the wire</h2>
        <span class="text-warn">! they disagree in {countNoun(disagreements.length, 'point')}</span>
      </div>
      <div class="scroll-x">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Side</th>
              <th scope="col">Of</th>
              <th scope="col">What</th>
              <th scope="col">The text says</th>
              <th scope="col">The wire shows</th>
              <th scope="col">Text</th>
            </tr>
          </thead>
          <tbody>
            {disagreements.map(({ path, side, member, what, stated, observed }, i) => (
              <tr key={i} data-testid="disagreement">
                <td>{side}</td>
                <td>{member === null ? <span class="muted">the LAG</span> : <MemberLabel name={member} />}</td>
                <td>{what}</td>
                <td class="mono">{stated}</td>
                <td class="mono">{observed}</td>
                <td class="mono muted">{path}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
