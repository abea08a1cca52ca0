/** The map of cables: where both ends of each member are plugged in, and what says so. */
import type { LagLacp } from '../../pipeline/pdu-timeline.ts';
import { cableEndText, controlText, isWiringKnown } from '../../report/format-wiring-blocks.ts';
import { MemberButton } from './member-label.tsx';

export function CablePanel({ wiring }: { wiring: LagLacp }) {
  const control = controlText(wiring);
  const known = isWiringKnown(wiring);
  if (!known && control === '') return null;
  return (
    <section class="panel" data-testid="panel-cables">
      <div class="panel-head">
        <h2>Cables</h2>
        <span class="muted">by what the ports say of themselves</span>
      </div>
      {known && (
        <div class="scroll-x">
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">Member</th>
                <th scope="col">Side a</th>
                <th scope="col">Side b</th>
              </tr>
            </thead>
            <tbody>
              {wiring.cables.map(({ member, a, b }) => (
                <tr key={member}>
                  <td>
                    <MemberButton name={member} />
                  </td>
                  <td>{cableEndText(a) || <span class="muted">–</span>}</td>
                  <td>{cableEndText(b) || <span class="muted">–</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {control !== '' && <p class="muted">{control}</p>}
    </section>
  );
}
