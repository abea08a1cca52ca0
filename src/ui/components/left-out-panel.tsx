/** What was captured but not compared, and why: every frame is accounted for. */
import type { Lag, ResultDocument } from '../../report/document.ts';
import { formatBytes, formatCount } from '../../report/quantity.ts';

const REASONS: Record<string, string> = {
  'socket-hash': 'the sender hashes by its socket, which no capture shows',
  'cut-header': 'the snap length cut what enters the hash',
  'no-destination-mac': 'the capture does not tell the destination MAC',
  'in-frame-tag': 'the tag is in the frame as the sender hashes it',
  'keyed-hash': 'the hash has a secret key',
  'unknown-bucket': 'no frame told which member the bucket uses',
  'unknown-policy': 'the policy is not known',
  'before-up': 'sent before the members were up',
  'kernel-bug': 'the sender’s kernel hashes memory that no capture shows',
  'hidden-input': 'something that is not in the frame enters the hash',
};

export function LeftOutPanel({ lag, document }: { lag: Lag; document: ResultDocument }) {
  const rows: { what: string; why: string; packets: number; bytes: number | null }[] = [];
  for (const direction of lag.directions) {
    const way = `${direction.from}→${direction.to}`;
    for (const { reason, packets, bytes } of direction.unpredicted)
      rows.push({ what: `${way} unpredicted: ${reason}`, why: REASONS[reason] ?? '', packets, bytes });
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
  return (
    <section class="panel left-out" data-testid="panel-left-out">
      <div class="panel-head">
        <h2>Not compared</h2>
        <span class="muted">every captured frame is in a direction above or here</span>
      </div>
      {rows.length === 0 ? (
        <p class="muted">Nothing: every frame was compared.</p>
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
