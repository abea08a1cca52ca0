import { STATE_COLLECTING, STATE_DISTRIBUTING, STATE_SYNCHRONIZATION } from '../../lacp/lacpdu.ts';
import { secondsApart } from '../../lacp/pdu-sequence.ts';
import type { PortHistory } from '../../lacp/port-history.ts';
import { NEGOTIATION_SECONDS } from '../../lacp/port-history.ts';
import { hasPartner } from '../../lacp/port-transitions.ts';
import { isPassivePair } from '../lost-partner.ts';
import type { DiagnoseContext } from '../context.ts';
import { peerOf } from '../context.ts';
import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { hexState } from '../words.ts';
import { keyMismatch } from './key-mismatch.ts';
import { splitPartner } from './split-partner.ts';

/** Ports that wait, without those whose reason is a finding of its own. */
function waitingPorts(context: DiagnoseContext): PortHistory[] {
  const explained = explainedMembers(context);
  return context.ports.filter(
    (port) =>
      port.state === 'waiting' &&
      port.since !== null &&
      !explained.has(port.member) &&
      !isPassivePair(port) &&
      secondsApart(port.since, port.end) >= NEGOTIATION_SECONDS,
  );
}

function explainedMembers(context: DiagnoseContext): ReadonlySet<number> {
  return new Set([...splitPartner.check(context), ...keyMismatch.check(context)].flatMap((found) => found.members));
}

function finding(id: 'lacp/not-synchronized' | 'lacp/not-distributing' | 'lacp/standby', port: PortHistory): RawFinding {
  const last = port.own[port.own.length - 1];
  return {
    id,
    values: { state: hexState(last.pdu.actor.state) },
    members: [port.member],
    ports: [port],
    side: port.side,
    since: port.since,
    evidence: [{ source: last.source, frame: last.frame, time: last, note: `last LACPDU: ${hexState(last.pdu.actor.state)}` }],
  };
}

export const notSynchronized: Rule = {
  id: 'lacp/not-synchronized',
  severity: 'warn',
  check: (context) =>
    waitingPorts(context)
      .filter(({ actor }) => actor !== null && (actor.state & STATE_SYNCHRONIZATION) === 0)
      .map((port) => finding('lacp/not-synchronized', port)),
};

export const notDistributing: Rule = {
  id: 'lacp/not-distributing',
  severity: 'warn',
  check: (context) =>
    waitingPorts(context)
      .filter((port) => {
        const theirs = peerOf(context, port).actor;
        const isInSync =
          port.actor !== null &&
          (port.actor.state & STATE_SYNCHRONIZATION) !== 0 &&
          theirs !== null &&
          (theirs.state & STATE_SYNCHRONIZATION) !== 0;
        return isInSync && ((port.actor?.state ?? 0) & (STATE_COLLECTING | STATE_DISTRIBUTING)) !== (STATE_COLLECTING | STATE_DISTRIBUTING);
      })
      .map((port) => finding('lacp/not-distributing', port)),
};

export const standby: Rule = {
  id: 'lacp/standby',
  severity: 'info',
  check: (context) => context.ports.filter((port) => port.state === 'standby').map((port) => finding('lacp/standby', port)),
};

/** Works alone although it had a partner, or says that it cannot be aggregated. A port that never had one is no-partner. */
export const individual: Rule = {
  id: 'lacp/individual',
  severity: 'warn',
  check: (context) =>
    context.ports.flatMap((port): RawFinding[] => {
      if (port.state !== 'individual' || !port.own.some((event) => hasPartner(event.pdu))) return [];
      const last = port.own[port.own.length - 1];
      const why = hasPartner(last.pdu) ? 'Aggregation clear' : 'Defaulted: no partner any more';
      return [
        {
          id: 'lacp/individual',
          values: { state: hexState(last.pdu.actor.state), why },
          members: [port.member],
          ports: [port],
          side: port.side,
          since: port.since,
          evidence: [{ source: last.source, frame: last.frame, time: last, note: why }],
        },
      ];
    }),
};

/** What a port believes of its partner has to be what the partner announced, one period later. */
const STALE_SECONDS = 5;

export const stalePartnerView: Rule = {
  id: 'lacp/stale-partner-view',
  severity: 'warn',
  check: (context) =>
    context.ports.flatMap((port): RawFinding[] => {
      const last = port.own[port.own.length - 1];
      const heard = port.heard.filter((event) => last !== undefined && secondsApart(event, last) >= 0);
      const newest = heard[heard.length - 1];
      if (
        last === undefined ||
        newest === undefined ||
        !hasPartner(last.pdu) ||
        port.state === 'expired' ||
        port.state === 'down' ||
        port.state === 'silent'
      )
        return [];
      const { partner } = last.pdu;
      const { actor } = newest.pdu;
      if (partner.system === actor.system && partner.key === actor.key && partner.port === actor.port) return [];
      const since =
        heard.find(({ pdu }) => pdu.actor.system === actor.system && pdu.actor.key === actor.key && pdu.actor.port === actor.port) ??
        newest;
      if (secondsApart(since, last) < STALE_SECONDS) return [];
      return [
        {
          id: 'lacp/stale-partner-view',
          values: {
            believed: `${partner.system} key ${partner.key} port ${partner.port}`,
            real: `${actor.system} key ${actor.key} port ${actor.port}`,
          },
          members: [port.member],
          ports: [port],
          side: port.side,
          since,
          evidence: [{ source: last.source, frame: last.frame, time: last, note: 'still names the old partner' }],
        },
      ];
    }),
};

/** Data of an end on a port that says it does not distribute. Ends without any partner are a finding of their own. */
const LEAST_PACKETS = 50;
const LEAST_SHARE = 0.05;

export const dataWhileNotDistributing: Rule = {
  id: 'lacp/data-while-not-distributing',
  severity: 'warn',
  check: (context) => {
    const explained = splitPartner.check(context).flatMap((found) => found.members);
    return context.ports.flatMap((port): RawFinding[] => {
      const packets = context.directions[port.side].memberPackets[port.member] ?? 0;
      if (
        // Data of several links in one capture cannot be told apart.
        port.link !== null ||
        explained.includes(port.member) ||
        packets < Math.max(LEAST_PACKETS, LEAST_SHARE * context.directions[port.side].packets) ||
        port.own.length === 0 ||
        port.own.some((event) => (event.pdu.actor.state & STATE_DISTRIBUTING) !== 0)
      )
        return [];
      if (!port.own.some((event) => hasPartner(event.pdu))) return [];
      const [first] = port.own;
      return [
        {
          id: 'lacp/data-while-not-distributing',
          values: { packets },
          members: [port.member],
          side: port.side,
          since: first,
          evidence: [{ source: first.source, frame: first.frame, time: first, note: hexState(first.pdu.actor.state) }],
        },
      ];
    });
  },
};
