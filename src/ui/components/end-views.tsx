/** What each end of a member says of itself beside what the other end believes of it, differences marked. */
import type { ComponentChildren } from 'preact';
import type { Lag } from '../../report/document.ts';
import type { LagPort, PortInfo } from '../../report/lacp-document.ts';
import { MemberButton, MemberLabel } from './member-label.tsx';
import { PORT_MARKS, portTone, sideName } from './port-table.tsx';
import { formatState, StateBits } from './state-bits.tsx';

export function EndViews({ lag, ports }: { lag: Lag; ports: readonly LagPort[] }) {
  return (
    <div class="end-views">
      {lag.members.map(({ name }) => {
        const [a, b] = (['a', 'b'] as const).map((side) => ports.find((port) => port.member === name && port.side === side));
        if (!a || !b) return null;
        const ends = <MemberEnds key={name} lag={lag} a={a} b={b} />;
        return lag.members.length > MOST_UNFOLDED && agree(a, b) ? <Folded key={name} name={name} ends={ends} /> : ends;
      })}
    </div>
  );
}

/** Of many members those whose ends agree stand folded, so that the others are seen. */
const MOST_UNFOLDED = 3;

function agree(a: LagPort, b: LagPort): boolean {
  return isBelieved(a.actor, b.partner) && isBelieved(b.actor, a.partner);
}

const COMPARED = ['state', 'system', 'systemPriority', 'key', 'port', 'portPriority'] as const;

function isBelieved(said: PortInfo | null, believed: PortInfo | null): boolean {
  if (said === null || believed === null) return false;
  return COMPARED.every((field) => said[field] === believed[field]);
}

function Folded({ name, ends }: { name: string; ends: ComponentChildren }) {
  return (
    <details class="member-ends">
      <summary>
        <MemberLabel name={name} /> <span class="muted">✓ each end believes what the other says</span>
      </summary>
      {ends}
    </details>
  );
}

function MemberEnds({ lag, a, b }: { lag: Lag; a: LagPort; b: LagPort }) {
  return (
    <section class="member-ends" data-testid={`ends-${a.member}`}>
      <h3>
        <MemberButton name={a.member} />
      </h3>
      <div class="scroll-x">
        <table class="plain">
          <thead>
            <tr>
              <td />
              {[a, b].map((port) => (
                <th key={port.side} scope="colgroup" colSpan={2}>
                  Of side {port.side} <span class="muted">{sideName(lag, port)}</span>{' '}
                  <strong class={portTone(port.state)}>
                    {PORT_MARKS[port.state]} {port.state}
                  </strong>
                </th>
              ))}
            </tr>
            <tr>
              <td />
              <th scope="col">itself says</th>
              <th scope="col">b believes</th>
              <th scope="col">itself says</th>
              <th scope="col">a believes</th>
            </tr>
          </thead>
          <tbody>
            <Row title="State" of={(info) => info.state} show={(info, other) => <State info={info} other={other} />} a={a} b={b} />
            <Row title="System" of={(info) => info.system} show={(info) => <code>{info.system}</code>} a={a} b={b} />
            <Row title="System priority" of={(info) => info.systemPriority} show={(info) => info.systemPriority} a={a} b={b} />
            <Row title="Key" of={(info) => info.key} show={(info) => info.key} a={a} b={b} />
            <Row title="Port" of={(info) => info.port} show={(info) => info.port} a={a} b={b} />
            <Row title="Port priority" of={(info) => info.portPriority} show={(info) => info.portPriority} a={a} b={b} />
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface RowProps {
  title: string;
  of: (info: PortInfo) => unknown;
  show: (info: PortInfo, other: PortInfo | null) => preact.ComponentChildren;
  a: LagPort;
  b: LagPort;
}

function Row({ title, of, show, a, b }: RowProps) {
  const pairs = [
    { said: a.actor, believed: b.partner },
    { said: b.actor, believed: a.partner },
  ];
  return (
    <tr>
      <th scope="row">{title}</th>
      {pairs.map(({ said, believed }, i) => {
        const differs = said !== null && believed !== null && of(said) !== of(believed);
        return [
          <td key={`${i}s`}>{said ? show(said, believed) : <span class="muted">not heard</span>}</td>,
          <td key={`${i}b`} class={differs ? 'differs' : ''}>
            {differs && (
              <strong class="text-warn" title="The two ends differ">
                ≠{' '}
              </strong>
            )}
            {believed ? show(believed, said) : <span class="muted">not heard</span>}
          </td>,
        ];
      })}
    </tr>
  );
}

function State({ info, other }: { info: PortInfo; other: PortInfo | null }) {
  return (
    <span class="nowrap">
      <code>{formatState(info.state)}</code> <StateBits state={info.state} differs={other ? info.state ^ other.state : 0} />
    </span>
  );
}
