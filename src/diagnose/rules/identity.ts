import { secondsApart } from '../../lacp/pdu-sequence.ts';
import type { PduEvent } from '../../lacp/pdu-sequence.ts';
import type { PortHistory } from '../../lacp/port-history.ts';
import { SIDES } from '../context.ts';
import type { FrameEvidence, RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';

function frameOf(event: PduEvent, note: string): FrameEvidence {
  return { source: event.source, frame: event.frame, time: event, note };
}

/** A port whose partner is its own system. */
export const loopback: Rule = {
  id: 'lacp/loopback',
  severity: 'error',
  check: (context) =>
    context.members.flatMap((_, m): RawFinding[] => {
      const looped = context.pdusOfMember[m]?.find(({ pdu }) => pdu.malformed === null && pdu.partner.system === pdu.actor.system);
      if (looped === undefined) return [];
      return [
        {
          id: 'lacp/loopback',
          values: { system: looped.pdu.actor.system },
          members: [m],
          side: context.sideOfPdu(looped),
          since: looped,
          evidence: [frameOf(looped, 'names its own system as partner')],
        },
      ];
    }),
};

/** Two members of a side with one port number in one aggregator (IEEE 802.1AX-2020 6.3.4: unique within the system). */
export const duplicatePort: Rule = {
  id: 'lacp/duplicate-port',
  severity: 'error',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const byPort = new Map<string, PortHistory[]>();
      for (const port of context.ports) {
        const { side: of, actor } = port;
        if (of !== side || actor === null) continue;
        const id = `${actor.system} ${actor.key} ${actor.portPriority} ${actor.port}`;
        byPort.set(id, [...(byPort.get(id) ?? []), port]);
      }
      return [...byPort].flatMap(([id, ports]): RawFinding[] => {
        if (ports.length < 2) return [];
        const [, , priority, port] = id.split(' ');
        return [
          {
            id: 'lacp/duplicate-port',
            values: { port, priority },
            members: ports.map(({ member }) => member),
            ports,
            side,
            since: null,
            evidence: ports.flatMap(({ own }) => lastOf(own)),
          },
        ];
      });
    }),
};

function lastOf(own: readonly PduEvent[]): FrameEvidence[] {
  return own.length === 0 ? [] : [frameOf(own[own.length - 1], `port ${own[own.length - 1].pdu.actor.port}`)];
}

/** Permanent addresses have to differ: the source of a port's LACPDUs is its own (IEEE 802.1AX-2020 6.2.11.2). */
export const duplicateMac: Rule = {
  id: 'bond/duplicate-mac',
  severity: 'warn',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const byMac = new Map<string, PortHistory[]>();
      for (const port of context.ports)
        if (port.side === side && port.mac !== null) byMac.set(port.mac, [...(byMac.get(port.mac) ?? []), port]);
      return [...byMac].flatMap(([mac, ports]): RawFinding[] =>
        ports.length < 2
          ? []
          : [
              {
                id: 'bond/duplicate-mac',
                values: { mac },
                members: ports.map(({ member }) => member),
                ports,
                side,
                since: null,
                evidence: ports.flatMap(({ own }) => lastOf(own)),
              },
            ],
      );
    }),
};

/** Systems named at most: a flood of forged LACPDUs is one trouble, not thousands. */
const MAX_SYSTEMS = 10;

/** Systems heard on one link beside its two ends. */
export const thirdSystem: Rule = {
  id: 'lacp/third-system',
  severity: 'warn',
  check: (context) =>
    context.pdusOfMember.flatMap((pdus, m): RawFinding[] => {
      const systems = new Map<string, PduEvent[]>();
      for (const event of pdus) {
        if (event.pdu.malformed !== null) continue;
        const list = systems.get(event.pdu.actor.system);
        if (list === undefined) systems.set(event.pdu.actor.system, [event]);
        else list.push(event);
      }
      // Where captures show several links, each port of them is one of its two ends.
      const ends = context.ports.filter((port) => port.member === m && port.link !== null).map((port) => port.actor?.system);
      for (const system of ends) if (system !== undefined) systems.delete(system);
      if (systems.size < (ends.length > 0 ? 1 : 3)) return [];
      // The two heard most are the ends of the link, unless an end changed its own identity.
      const others = [...systems].sort(([, x], [, y]) => y.length - x.length).slice(ends.length > 0 ? 0 : 2, MAX_SYSTEMS);
      return others.flatMap(([system, events]): RawFinding[] => {
        const isChange = [...systems].some(([name, list]) => name !== system && list[0].pdu.srcMac === events[0].pdu.srcMac);
        if (isChange) return [];
        return [
          {
            id: 'lacp/third-system',
            values: { system, count: events.length },
            members: [m],
            side: null,
            since: events[0],
            evidence: [frameOf(events[0], `from ${events[0].pdu.srcMac}`)],
          },
        ];
      });
    }),
};

/** How long an identity must have held to be more than a step of the set-up. */
const SETTLED_SECONDS = 5;

/** System or key of a port that had settled changes. */
export const actorChanged: Rule = {
  id: 'lacp/actor-changed',
  severity: 'warn',
  check: (context) =>
    context.ports.flatMap((port): RawFinding[] =>
      port.transitions.flatMap((transition): RawFinding[] => {
        if (transition.event !== 'actor-changed') return [];
        const before = port.own[transition.place - 1]?.pdu.actor;
        const { actor } = transition.at.pdu;
        if (before === undefined || (before.system === actor.system && before.key === actor.key)) return [];
        if (secondsApart(port.own[0], transition.at) < SETTLED_SECONDS) return [];
        return [
          {
            id: 'lacp/actor-changed',
            values: { change: transition.cause },
            members: [port.member],
            ports: [port],
            side: port.side,
            since: transition.at,
            evidence: [frameOf(transition.at, 'first LACPDU with the new identity')],
          },
        ];
      }),
    ),
};
