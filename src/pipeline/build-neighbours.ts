import { parseMac } from '../flows/mac.ts';
import { secondsApart } from '../lacp/pdu-sequence.ts';
import { CONTROL_KINDS } from '../lacp/control-frame.ts';
import type { NeighbourRecord } from '../lacp/control-log.ts';
import { portName } from '../lacp/neighbour.ts';
import type { PortHistory } from '../lacp/port-history.ts';
import type { SideId } from '../report/document.ts';
import type { LagCable, LagCableEnd, LagControl, LagNeighbour } from '../report/lacp-document.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import type { AnalysisSource } from './sources.ts';
import type { StateText } from './sender-facts.ts';
import { formatTime } from './time-text.ts';

/** What a port of one end of a member says of itself. */
export interface MemberNeighbour {
  readonly member: number;
  /** The end that sent it; null where its address is of neither. */
  readonly side: 0 | 1 | null;
  readonly record: NeighbourRecord;
  readonly source: number;
}

/** Neighbours of each member in order of members and protocols; several captures of one member count once. */
export function findNeighbours(lag: LagAnalysis, sources: readonly AnalysisSource[]): MemberNeighbour[] {
  return lag.plan.members.flatMap((member, m) => {
    const newest = new Map<string, MemberNeighbour>();
    for (const source of member.sources) {
      for (const record of sources[source].scan.control.neighbours) {
        const id = `${record.neighbour.protocol} ${record.neighbour.srcMac}`;
        const known = newest.get(id);
        if (known === undefined || secondsApart(known.record, record) > 0)
          newest.set(id, { member: m, side: sideOfNeighbour(lag, record), record, source });
      }
    }
    return [...newest.values()].sort((x, y) => (x.side ?? 2) - (y.side ?? 2));
  });
}

/** Locally administered bit: lldpd sets it in the permanent address of a bond's member. */
const LOCAL_BIT = 0x0200_0000_0000;

function sideOfNeighbour(lag: LagAnalysis, { neighbour }: NeighbourRecord): 0 | 1 | null {
  const ids = [neighbour.srcMac, neighbour.port, neighbour.chassis].map((text) => (text === null ? null : parseMac(text)));
  for (const mac of ids) {
    if (mac === null || mac === 0) continue;
    const isLocal = (Math.floor(mac / LOCAL_BIT) & 1) === 1;
    for (const candidate of isLocal ? [mac, mac - LOCAL_BIT] : [mac]) {
      const side = lag.sides.sideOf(candidate);
      if (side !== -1) return side;
      for (const { facts, side: of } of lag.facts)
        if (facts.members.some((m) => [m.permanentMac, m.mac].some((text) => text !== undefined && parseMac(text) === candidate)))
          return of;
    }
  }
  return null;
}

/** The systems' own names, per side: one, or several where the members of a side end at several systems. */
export function systemNames(neighbours: readonly MemberNeighbour[], side: 0 | 1): string[] {
  return [
    ...new Set(
      neighbours.flatMap(({ side: of, record }) =>
        of === side && record.neighbour.systemName !== null ? [record.neighbour.systemName] : [],
      ),
    ),
  ];
}

export function describeNeighbours(
  lag: LagAnalysis,
  sources: readonly AnalysisSource[],
  neighbours: readonly MemberNeighbour[],
): LagNeighbour[] {
  return neighbours.map(({ member, side, record, source }): LagNeighbour => ({
    member: lag.plan.members[member].name,
    side: side === null ? null : sideId(side),
    ...record.neighbour,
    withdrawn: record.isWithdrawn,
    frames: record.count,
    path: sources[source].capture.path,
    packet: record.frame,
    time: formatTime(record.seconds, record.nanos),
  }));
}

/** Frames that ports speak for themselves: per member and kind. Of several captures of a member the one with most counts. */
export function describeControl(lag: LagAnalysis, sources: readonly AnalysisSource[]): LagControl[] {
  return lag.plan.members.flatMap(({ name, sources: own }) =>
    CONTROL_KINDS.flatMap((kind): LagControl[] => {
      const counts = own.flatMap((s) => sources[s].scan.control.counts.filter((count) => count.kind === kind));
      if (counts.length === 0) return [];
      const most = counts.reduce((best, count) => (count.count > best.count ? count : best));
      return [
        {
          member: name,
          kind,
          packets: most.count,
          firstTime: formatTime(most.firstSeconds, most.firstNanos),
          lastTime: formatTime(most.lastSeconds, most.lastNanos),
        },
      ];
    }),
  );
}

/** Which port of which system each member joins, as far as the ends, state texts and LACPDUs tell it. */
export function describeCables(
  lag: LagAnalysis,
  ports: readonly PortHistory[],
  neighbours: readonly MemberNeighbour[],
  state: readonly StateText[],
): LagCable[] {
  return lag.plan.members.map(({ name }, member) => {
    const end = (side: 0 | 1): LagCableEnd | null =>
      byNeighbour(neighbours, member, side) ?? byState(lag, state, member, side) ?? byLacp(ports, member, side);
    return { member: name, a: end(0), b: end(1) };
  });
}

function byNeighbour(neighbours: readonly MemberNeighbour[], member: number, side: 0 | 1): LagCableEnd | null {
  const found = neighbours.find(
    (candidate) => candidate.member === member && candidate.side === side && candidate.record.neighbour.malformed === null,
  );
  if (found === undefined) return null;
  const { neighbour } = found.record;
  const system = neighbour.systemName ?? neighbour.chassis;
  const port = portName(neighbour);
  return system === null && port === null ? null : { system, port, aggregate: neighbour.aggregate?.port ?? null, by: neighbour.protocol };
}

/** A text names its own members; and what it heard from the other end (lldpcli, show lacp neighbor). */
function byState(lag: LagAnalysis, state: readonly StateText[], member: number, side: 0 | 1): LagCableEnd | null {
  for (const { facts, side: of, members } of lag.facts) {
    const at = members.indexOf(member);
    if (at < 0) continue;
    const own = facts.members[at];
    if (of === side) return { system: facts.name, port: own.name, aggregate: null, by: 'state' };
    const heard = state
      .flatMap((text) => text.facts.interfaces)
      .find((candidate) => candidate.name === own.name && candidate.neighbor !== undefined)?.neighbor;
    if (heard !== undefined)
      return {
        system: heard.systemName ?? heard.chassis ?? null,
        port: portName({ port: heard.port ?? null, portDescription: heard.portDescription ?? null }),
        aggregate: heard.aggregateId ?? null,
        by: 'state',
      };
    if (own.partnerPortName !== undefined)
      return { system: own.partner?.system ?? null, port: own.partnerPortName, aggregate: null, by: 'state' };
  }
  return null;
}

function byLacp(ports: readonly PortHistory[], member: number, side: 0 | 1): LagCableEnd | null {
  const own = ports.find((port) => port.member === member && port.side === side)?.actor;
  if (own !== null && own !== undefined) return { system: own.system, port: String(own.port), aggregate: null, by: 'lacp' };
  return null;
}

function sideId(side: 0 | 1): SideId {
  return side === 0 ? 'a' : 'b';
}
