/** Every transition of every port in order of time, with its cause and the LACPDU that shows it; and the machines behind. */
import { useState } from 'preact/hooks';
import type { LagPort } from '../../report/lacp-document.ts';
import { clockTime } from '../../report/iso-time.ts';
import { countNoun, formatCount } from '../../report/quantity.ts';
import { choosePdu, lacp } from '../store/lacp-store.ts';
import { findPdu } from '../store/pdu-timeline.ts';
import { fragment } from '../store/fragment.ts';
import { MemberLabel } from './member-label.tsx';
import { formatState } from './state-bits.tsx';

/** More would make the page slow; the rest is one click away, and all are in the lanes. */
const SHOWN = 30;
const MOST = 2000;

const BAD: readonly string[] = ['expired', 'defaulted', 'lost-sync', 'silent'];
const GOOD: readonly string[] = ['distributing', 'recovered'];

interface Row {
  readonly time: string;
  readonly member: string;
  readonly side: 'a' | 'b';
  readonly what: string;
  readonly tone: string;
  readonly states: string;
  readonly path: string | null;
  readonly frame: number | null;
  readonly cause: string;
}

export function TransitionList({ ports }: { ports: readonly LagPort[] }) {
  const [all, setAll] = useState(false);
  const [machines, setMachines] = useState(false);
  const marked = fragment.member.value;
  const rows = ports
    .filter((port) => marked === '' || port.member === marked)
    .flatMap(machines ? machineRows : transitionRows)
    .sort((x, y) => (x.time < y.time ? -1 : x.time > y.time ? 1 : 0));
  const shown = rows.slice(0, all ? MOST : SHOWN);
  return (
    <section class="panel" data-testid="panel-transitions">
      <div class="panel-head">
        <h2>What happened</h2>
        <span class="muted">
          {countNoun(rows.length, machines ? 'state of a machine' : 'transition', machines ? 'states of machines' : undefined)}
          {marked && ` of ${marked}`}
        </span>
        <span class="facet end" role="group" aria-label="What to list">
          <button type="button" class="button small" aria-pressed={!machines} onClick={() => setMachines(false)}>
            Transitions
          </button>
          <button type="button" class="button small" aria-pressed={machines} onClick={() => setMachines(true)} data-testid="show-machines">
            Machines
          </button>
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
              {!machines && <th scope="col">Actor, partner</th>}
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
                <td class={`nowrap ${row.tone}`}>
                  {row.tone === 'text-error' ? '✗ ' : ''}
                  {row.what}
                </td>
                {!machines && (
                  <td class="nowrap">
                    <code>{row.states}</code>
                  </td>
                )}
                <td>
                  {row.path !== null && row.frame !== null ? (
                    <PduLink path={row.path} frame={row.frame} />
                  ) : (
                    <span class="muted">timer</span>
                  )}
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
            `${countNoun(rows.length - shown.length, 'more')}: mark a member to see its own.`
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

function transitionRows({ member, side, transitions }: LagPort): Row[] {
  return transitions.map(({ time, event, actorState, partnerState, path, packet, cause }) => ({
    time,
    member,
    side,
    what: event,
    tone: BAD.includes(event) ? 'text-error' : GOOD.includes(event) ? 'text-good' : '',
    states: `${formatState(actorState)} ${formatState(partnerState)}`,
    path,
    frame: packet,
    cause,
  }));
}

function machineRows({ member, side, machineChanges }: LagPort): Row[] {
  return machineChanges.map(({ time, machine, from, to, path, packet, cause }) => ({
    time,
    member,
    side,
    what: `${machine}: ${from === null ? '' : `${from} → `}${to}`,
    tone: BAD.includes(to) ? 'text-error' : '',
    states: '',
    path,
    frame: packet,
    cause,
  }));
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
