import { countPortData } from '../diagnose/port-data.ts';
import { countTraffic } from '../diagnose/traffic.ts';
import { parseMac } from '../flows/mac.ts';
import { stateBits } from '../lacp/lacpdu.ts';
import type { LacpPort, Lacpdu } from '../lacp/lacpdu.ts';
import { machinesSince } from '../lacp/machines.ts';
import { findLinks } from '../lacp/split-links.ts';
import { joinPdus } from '../lacp/pdu-sequence.ts';
import type { PduEvent } from '../lacp/pdu-sequence.ts';
import { buildPort, markStandby } from '../lacp/port-history.ts';
import type { Moment, PortHistory } from '../lacp/port-history.ts';
import type { SideId } from '../report/document.ts';
import type { LagMachineChange, LagPdu, LagPort, PortInfo } from '../report/lacp-document.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import type { AnalysisSource } from './sources.ts';
import { formatTime } from './time-text.ts';

/** The LACP part of a LAG: every end of every member, and the PDUs behind them. */
export interface LagPorts {
  /** Side a and b of member 0, of member 1, …, of each link where captures show several; empty where no member shows a LACPDU. */
  readonly ports: readonly PortHistory[];
  /** All PDUs of each member in order of time, malformed ones too. */
  readonly pdusOfMember: readonly (readonly PduEvent[])[];
  /** Last frame of all captures of the LAG. */
  readonly end: Moment;
}

export function rebuildPorts(lag: LagAnalysis, sources: readonly AnalysisSource[]): LagPorts {
  const { members } = lag.plan;
  const pdusOfMember = members.map((member) =>
    joinPdus(member.sources.map((s) => ({ source: s, runs: sources[s].scan.pdus, columns: sources[s].scan.pduColumns }))),
  );
  const end = lastMoment(members.flatMap((member) => member.sources.map((s) => sources[s].capture.scan.lastTime)));
  if (pdusOfMember.every((pdus) => pdus.length === 0)) return { ports: [], pdusOfMember, end };
  const ports = members.flatMap((_, member) => {
    const spans = lag.observed[member];
    const observed = spans.length === 0 ? [{ from: end, to: end }] : spans;
    const links = findLinks(pdusOfMember[member].map(({ pdu }) => pdu));
    const pdus = Array.from({ length: links.count }, (): [PduEvent[], PduEvent[]] => [[], []]);
    for (const event of pdusOfMember[member]) {
      const side = event.pdu.malformed === null ? sideOfPdu(lag, event) : null;
      if (side !== null) pdus[links.of(event.pdu)][side].push(event);
    }
    return pdus.flatMap(([a, b], l) => {
      const link = links.count === 1 ? null : l;
      return [
        buildPort({ member, link, side: 0, own: a, heard: b, observed }),
        buildPort({ member, link, side: 1, own: b, heard: a, observed }),
      ];
    });
  });
  return { ports: markStandby(ports), pdusOfMember, end };
}

/** The side whose system sent a PDU; null for a third system, or where it cannot be told. */
export function sideOfPdu(lag: LagAnalysis, { pdu }: PduEvent): 0 | 1 | null {
  let known = sideOfRun.get(lag);
  if (known === undefined) sideOfRun.set(lag, (known = new Map()));
  let side = known.get(pdu);
  // Equal PDUs in a row are one object.
  if (side === undefined) known.set(pdu, (side = findSide(lag, pdu)));
  return side;
}

const sideOfRun = new WeakMap<LagAnalysis, Map<Lacpdu, 0 | 1 | null>>();

function findSide(lag: LagAnalysis, pdu: Lacpdu): 0 | 1 | null {
  const system = parseMac(pdu.actor.system) ?? 0;
  const side = system === 0 ? -1 : lag.sides.sideOf(system);
  if (side === 0 || side === 1) return side;
  const bySource = lag.sides.sideOf(parseMac(pdu.srcMac) ?? 0);
  return bySource === 0 || bySource === 1 ? bySource : null;
}

function lastMoment(times: readonly (Moment | null)[]): Moment {
  let last: Moment = { seconds: 0, nanos: 0 };
  for (const time of times) {
    if (time !== null && (time.seconds > last.seconds || (time.seconds === last.seconds && time.nanos > last.nanos))) last = time;
  }
  return last;
}

/** `lags[].ports` of the document. */
export function describePorts(lag: LagAnalysis, sources: readonly AnalysisSource[], { ports }: LagPorts): LagPort[] {
  const traffic = countTraffic(lag.flows, lag.traffic);
  return ports.map((port): LagPort => ({
    member: lag.plan.members[port.member].name,
    side: sideId(port.side),
    actor: port.actor === null ? null : describeInfo(port.actor),
    partner: port.partner === null ? null : describeInfo(port.partner),
    mac: port.mac,
    version: port.version,
    pdus: port.own.length,
    interval: port.interval,
    state: port.state,
    stateSource: port.stateSource,
    since: port.since === null ? null : formatTime(port.since.seconds, port.since.nanos),
    machines: port.machines,
    machinesSince: port.machines === null ? null : describeSince(port),
    machineChanges: port.machineChanges.map(({ machine, from, to, time, at, cause }): LagMachineChange => ({
      time: formatTime(time.seconds, time.nanos),
      machine,
      from,
      to,
      path: at === null ? null : sources[at.source].capture.path,
      packet: at === null ? null : at.frame,
      cause,
    })),
    data: countPortData(port, traffic),
    secondsToDistributing: port.secondsToDistributing,
    transitions: port.transitions.map(({ event, seconds, nanos, at, actorState, partnerState, cause }) => ({
      time: formatTime(seconds, nanos),
      packet: at.frame,
      path: sources[at.source].capture.path,
      actorState,
      partnerState,
      event,
      cause,
    })),
  }));
}

/** A PDU and the member of the LAG on which it was captured. */
export interface MemberPdu {
  readonly event: PduEvent;
  readonly member: number;
}

/** `lags[].pdus` of the document, in order of time over all members. */
export function describePdus(
  lag: LagAnalysis,
  sources: readonly AnalysisSource[],
  { pdusOfMember }: LagPorts,
): { readonly length: number; readonly events: readonly MemberPdu[]; at(i: number): LagPdu } {
  const all = pdusOfMember.flatMap((pdus, member) => pdus.map((event) => ({ event, member })));
  all.sort((x, y) => x.event.seconds - y.event.seconds || x.event.nanos - y.event.nanos);
  return {
    length: all.length,
    events: all,
    at(i) {
      const { event, member } = all[i];
      const { pdu } = event;
      const side = sideOfPdu(lag, event);
      return {
        path: sources[event.source].capture.path,
        packet: event.frame,
        time: formatTime(event.seconds, event.nanos),
        member: lag.plan.members[member].name,
        side: side === null ? null : sideId(side),
        srcMac: pdu.srcMac,
        subtype: 1,
        version: pdu.version,
        actor: describeInfo(pdu.actor),
        partner: describeInfo(pdu.partner),
        collectorMaxDelay: pdu.collectorMaxDelay,
        tlvs: pdu.tlvs.map(({ type, length }) => ({ type, length })),
        malformed: pdu.malformed,
      };
    },
  };
}

function describeSince(port: PortHistory): LagPort['machinesSince'] {
  const since = machinesSince(port.machineChanges);
  const text = (time: Moment | null): string | null => (time === null ? null : formatTime(time.seconds, time.nanos));
  return {
    receive: text(since.receive),
    periodic: text(since.periodic),
    mux: text(since.mux),
    actorChurn: text(since.actorChurn),
    partnerChurn: text(since.partnerChurn),
  };
}

function describeInfo({ systemPriority, system, key, portPriority, port, state }: LacpPort): PortInfo {
  return { systemPriority, system, key, portPriority, port, state, bits: stateBits(state) };
}

function sideId(side: 0 | 1): SideId {
  return side === 0 ? 'a' : 'b';
}
