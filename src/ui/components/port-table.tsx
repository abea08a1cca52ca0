/** Every end of every member: state, since when, timers asked for against measured, machines. */
import type { Lag } from '../../report/document.ts';
import type { LagPort } from '../../report/lacp-document.ts';
import { clockTime } from '../../report/iso-time.ts';
import { formatCount, formatDuration } from '../../report/quantity.ts';
import { MemberButton } from './member-label.tsx';
import { formatState, StateBits } from './state-bits.tsx';

export const PORT_MARKS: Record<LagPort['state'], string> = {
  up: '✓',
  waiting: '…',
  standby: '–',
  expired: '✗',
  'no-partner': '✗',
  individual: '!',
  silent: '✗',
  down: '✗',
};

export function portTone(state: LagPort['state']): string {
  if (state === 'up') return 'text-good';
  return state === 'waiting' || state === 'standby' || state === 'individual' ? 'text-warn' : 'text-error';
}

export function PortTable({ lag, ports }: { lag: Lag; ports: readonly LagPort[] }) {
  return (
    <div class="scroll-x">
      <table class="plain port-table" data-testid="port-table">
        <thead>
          <tr>
            <th scope="col">Member</th>
            <th scope="col">Side</th>
            <th scope="col">State at the end</th>
            <th scope="col">Since (UTC)</th>
            <th scope="col">Says of itself</th>
            <th scope="col" class="number">
              LACPDUs
            </th>
            <th scope="col" class="number">
              Asked every
            </th>
            <th scope="col" class="number">
              Sent every
            </th>
            <th scope="col" class="number">
              Longest gap
            </th>
            <th scope="col" class="number">
              To distributing
            </th>
            <th scope="col" class="number" title="Data frames of this end while its LACPDUs said distributing, and while they did not">
              Data while on, off
            </th>
          </tr>
        </thead>
        <tbody>
          {ports.map((port) => (
            <tr key={`${port.member} ${port.side}`} data-testid={`port-${port.member}-${port.side}`}>
              <td>
                <MemberButton name={port.member} />
              </td>
              <td class="nowrap">
                {port.side} <span class="muted">{sideName(lag, port)}</span>
              </td>
              <td class="port-state">
                <strong class={portTone(port.state)}>
                  {PORT_MARKS[port.state]} {port.state}
                </strong>
                {port.stateSource === 'timer' && (
                  <span class="muted" title="Moved by a timer that ran out after the last LACPDU">
                    {' '}
                    by timer
                  </span>
                )}
                <span class="row-note">{describeMachines(port)}</span>
              </td>
              <td class="nowrap">{port.since ? clockTime(port.since) : '–'}</td>
              <td class="nowrap">
                {port.actor ? (
                  <>
                    <code>{formatState(port.actor.state)}</code> <StateBits state={port.actor.state} />
                  </>
                ) : (
                  <span class="muted">nothing heard</span>
                )}
              </td>
              <td class="number">{formatCount(port.pdus)}</td>
              <td class="number">{seconds(port.interval.expected)}</td>
              <td class="number">{seconds(port.interval.median)}</td>
              <td class={`number${isLate(port) ? ' text-warn' : ''}`}>{seconds(port.interval.max)}</td>
              <td class="number">{seconds(port.secondsToDistributing)}</td>
              <td class="number">
                {formatCount(port.data.whileDistributing)},{' '}
                <span class={port.data.whileNotDistributing > 0 ? 'text-warn' : ''}>{formatCount(port.data.whileNotDistributing)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function sideName(lag: Lag, port: { side: 'a' | 'b' }): string {
  const side = lag.sides.find((candidate) => candidate.id === port.side);
  return side ? side.label || side.system || '' : '';
}

/** Three periods without a LACPDU: the other end's timer runs out. */
function isLate({ interval }: LagPort): boolean {
  return interval.expected !== null && interval.max !== null && interval.max > 3 * interval.expected;
}

function seconds(value: number | null): string {
  return value === null ? '–' : formatDuration(value);
}

/** A churn machine at rest says nothing. */
function describeMachines({ machines, machinesSince }: LagPort) {
  if (!machines) return null;
  const names = (Object.keys(machines) as (keyof typeof machines)[]).filter(
    (name) => !(name.endsWith('Churn') && machines[name] === 'none'),
  );
  return names.map((name, i) => (
    <span key={name} title={machinesSince?.[name] ? `since ${clockTime(machinesSince[name])}` : undefined}>
      {i > 0 && ' · '}
      {MACHINE_WORDS[name] ?? name} {machines[name]}
    </span>
  ));
}

const MACHINE_WORDS: Readonly<Record<string, string>> = { actorChurn: 'actor churn', partnerChurn: 'partner churn' };
