/** When the active members changed, and how: each epoch is predicted with its own. */
import type { Lag } from '../../report/document.ts';
import { clockTime, secondsBetween } from '../../report/iso-time.ts';
import { formatDuration } from '../../report/quantity.ts';
import { capitalize, describeChange, senderName } from '../../report/summary.ts';
import { MemberLabel } from './member-label.tsx';

export function EpochList({ lag }: { lag: Lag }) {
  const changing = lag.directions.filter((direction) => direction.epochs.length > 1);
  if (changing.length === 0) return null;
  return (
    <section class="panel" data-testid="panel-epochs">
      <div class="panel-head">
        <h2>Epochs of active members</h2>
        <span class="muted">each is predicted with its own members</span>
      </div>
      <div class="columns tight">
        {changing.map((direction) => (
          <div key={direction.from} class="scroll-x">
            <table class="plain">
              <caption class="muted">
                {capitalize(senderName(lag, direction.from))} ({direction.from}→{direction.to})
              </caption>
              <thead>
                <tr>
                  <th scope="col">From (UTC)</th>
                  <th scope="col" class="number">
                    For
                  </th>
                  <th scope="col">Active, in hash order</th>
                  <th scope="col">Why</th>
                </tr>
              </thead>
              <tbody>
                {direction.epochs.map((epoch, i) => (
                  <tr key={i}>
                    <td class="nowrap">{clockTime(epoch.fromTime)}</td>
                    <td class="number">{formatDuration(secondsBetween(epoch.fromTime, epoch.toTime))}</td>
                    <td>
                      <span class="chips tight">
                        {epoch.active.length === 0 && <span class="muted">none</span>}
                        {epoch.active.map((name) => (
                          <MemberLabel key={name} name={name} />
                        ))}
                      </span>
                    </td>
                    <td>{i === 0 ? epoch.why : `${epoch.why}: ${describeChange(direction.epochs[i - 1], epoch)}`}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ))}
      </div>
    </section>
  );
}
