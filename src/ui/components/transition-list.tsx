/** Every transition of every port in order of time, with its cause and the LACPDU that shows it. */
import { useState } from 'preact/hooks';
import type { LagPort } from '../../report/document.ts';
import { clockTime } from '../../report/iso-time.ts';
import { countNoun, formatCount } from '../../report/quantity.ts';
import { choosePdu, findPdu, lacp } from '../store/lacp-store.ts';
import { fragment } from '../store/fragment.ts';
import { MemberLabel } from './member-label.tsx';
import { formatState } from './state-bits.tsx';

/** More would make the page slow; the rest is one click away, and all are in the lanes. */
const SHOWN = 60;
const MOST = 2000;

const BAD: readonly string[] = ['expired', 'defaulted', 'lost-sync', 'silent'];
const GOOD: readonly string[] = ['distributing', 'recovered'];

export function TransitionList({ ports }: { ports: readonly LagPort[] }) {
  const [all, setAll] = useState(false);
  const marked = fragment.member.value;
  const rows = ports
    .filter((port) => marked === '' || port.member === marked)
    .flatMap((port) => port.transitions.map((transition) => ({ ...transition, member: port.member, side: port.side })))
    .sort((x, y) => (x.time < y.time ? -1 : x.time > y.time ? 1 : 0));
  const shown = rows.slice(0, all ? MOST : SHOWN);
  return (
    <section class="panel" data-testid="panel-transitions">
      <div class="panel-head">
        <h2>What happened</h2>
        <span class="muted">
          {countNoun(rows.length, 'transition')}
          {marked && ` of ${marked}`}
        </span>
      </div>
      <div class="scroll-x">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Time (UTC)</th>
              <th scope="col">Member</th>
              <th scope="col">Side</th>
              <th scope="col">Event</th>
              <th scope="col">Actor, partner</th>
              <th scope="col">Frame</th>
              <th scope="col" class="why">
                Why
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row, i) => (
              <tr key={i} data-testid="transition-row">
                <td class="nowrap">{clockTime(row.time)}</td>
                <td>
                  <MemberLabel name={row.member} />
                </td>
                <td>{row.side}</td>
                <td class={`nowrap ${BAD.includes(row.event) ? 'text-error' : GOOD.includes(row.event) ? 'text-good' : ''}`}>
                  {BAD.includes(row.event) ? '✗ ' : ''}
                  {row.event}
                </td>
                <td class="nowrap">
                  <code>{formatState(row.actorState)}</code> <code class="muted">{formatState(row.partnerState)}</code>
                </td>
                <td>
                  <PduLink path={row.path} frame={row.packet} />
                </td>
                <td>{row.cause}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown.length && (
        <p class="muted">
          {all ? (
            `${countNoun(rows.length - shown.length, 'more transition')}: mark a member to see its own.`
          ) : (
            <button type="button" class="button small" onClick={() => setAll(true)}>
              Show {formatCount(Math.min(MOST, rows.length))}
            </button>
          )}
        </p>
      )}
    </section>
  );
}

/** A frame that is a LACPDU of this LAG opens in the inspector. */
export function PduLink({ path, frame }: { path: string; frame: number }) {
  const data = lacp.value;
  const index = data ? findPdu(data.timeline, path, frame) : -1;
  const text = formatCount(frame);
  if (index < 0) return <span title={path}>{text}</span>;
  return (
    <button type="button" class="link-button" title={`${path}: open the LACPDU`} onClick={() => choosePdu(index)}>
      {text}
    </button>
  );
}
