/** What was captured but not compared, and why: every frame is accounted for. */
import type { Lag, ResultDocument } from '../../report/document.ts';
import { REASON_TEXTS } from '../../report/format-terms.ts';
import { formatBytes, formatCount } from '../../report/quantity.ts';

export function LeftOutPanel({ lag, document }: { lag: Lag; document: ResultDocument }) {
  const rows: { what: string; why: string; packets: number; bytes: number | null }[] = [];
  for (const direction of lag.directions) {
    const way = `${direction.from}→${direction.to}`;
    for (const { reason, packets, bytes } of direction.unpredicted)
      rows.push({ what: `${way} unpredicted: ${reason}`, why: REASON_TEXTS[reason] ?? '', packets, bytes });
    if (direction.transition.packets > 0)
      rows.push({
        what: `${way} transition`,
        why: 'within a moment of a change of the active members',
        packets: direction.transition.packets,
        bytes: null,
      });
    if (direction.control.packets > 0)
      rows.push({
        what: `${way} control`,
        why: 'per-port protocols such as LACP: no policy places them',
        packets: direction.control.packets,
        bytes: direction.control.bytes,
      });
    if (direction.reflections.packets > 0)
      rows.push({
        what: `${way} reflections`,
        why: 'thrown back by a switch that does not aggregate',
        packets: direction.reflections.packets,
        bytes: direction.reflections.bytes,
      });
  }
  if (lag.unassigned.packets > 0) rows.push({ what: 'unassigned', why: 'of no side for certain', ...lag.unassigned });
  if (lag.duplicates.packets > 0) rows.push({ what: 'duplicates', why: 'copies of one frame within a member', ...lag.duplicates });
  if (document.outside.packets > 0) rows.push({ what: 'outside', why: 'frames of no LAG', ...document.outside });
  const captured = document.inputs.some(({ packets }) => packets > 0);
  return (
    <section class="panel left-out" data-testid="panel-left-out">
      <div class="panel-head">
        <h2>Not compared</h2>
        <span class="muted">every captured frame is in a direction above or here</span>
      </div>
      {rows.length === 0 ? (
        <p class="muted">{captured ? 'Nothing: every frame was compared.' : 'No frame was captured.'}</p>
      ) : (
        <div class="scroll-x">
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col" class="number">
                  Frames
                </th>
                <th scope="col" class="number">
                  Bytes
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.what}>
                  <td>
                    {row.what}
                    <span class="row-note">{row.why}</span>
                  </td>
                  <td class="number">{formatCount(row.packets)}</td>
                  <td class="number">{row.bytes === null ? '–' : formatBytes(row.bytes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
