import { groupLinks } from '../lacp/group-lags.ts';
import type { LinkEnd } from '../lacp/group-lags.ts';
import { rowFlags, STAT_FIRST_NANOS, STAT_FIRST_SECONDS, STAT_WORDS } from '../flows/flow-table.ts';
import { destinationMac, sourceMac } from '../flows/mac.ts';
import { isNoStation } from '../flows/sides.ts';
import type { LagFacts, StateFacts } from '../state/state-facts.ts';
import type { ObservedSpan } from '../lacp/observed-time.ts';
import { findLinks } from '../lacp/split-links.ts';
import { findBondDevices } from './bond-devices.ts';
import { spansOf } from './observed-members.ts';
import type { AnalysisSource } from './sources.ts';

/** Members and sources of one LAG, before anything is computed. A member without sources is known from a state text only. */
export interface LagPlan {
  readonly id: string;
  readonly members: readonly {
    readonly name: string;
    readonly sources: readonly number[];
    readonly ends: readonly LinkEnd[];
    /** Links that its captures show: one, as long as each is of one port. */
    readonly links: number;
    /** When it was captured. */
    readonly observed: readonly ObservedSpan[];
  }[];
  /** Sources that were taken on the LAG itself beside its members: left out. */
  readonly bondDevices: readonly number[];
}

export interface Assembly {
  readonly lags: readonly LagPlan[];
  /** Per source: index of its LAG, -1 if it belongs to none. */
  readonly lagOfSource: readonly number[];
}

/** Sorts sources into members and members into LAGs, by LACPDUs where there are any. */
export function assembleLags(sources: readonly AnalysisSource[], oneLag: boolean, state: readonly StateFacts[]): Assembly {
  const takesPart = sources.map((source) => isCandidate(source, sources));
  const groups = oneLag
    ? sources.map(() => 0)
    : joinQuietSources(sources, joinSameMembers(sources, groupLinks(sources.map((s) => s.ends))), takesPart, state);
  const byGroup = new Map<number, number[]>();
  for (let s = 0; s < sources.length; s++) {
    if (!takesPart[s] || groups[s] < 0) continue;
    const list = byGroup.get(groups[s]);
    if (list === undefined) byGroup.set(groups[s], [s]);
    else list.push(s);
  }
  const bondDevices = new Map<readonly number[], readonly number[]>();
  for (const [group, list] of byGroup) {
    const devices = findBondDevices(sources, list);
    const members = list.filter((s) => !devices.includes(s));
    byGroup.set(group, members);
    bondDevices.set(members, devices);
  }
  const ordered = [...byGroup.values()].sort((x, y) => firstFrame(sources, x) - firstFrame(sources, y));
  const lagOfSource = sources.map(() => -1);
  const lags = ordered.map((list, l): LagPlan => {
    for (const s of list) lagOfSource[s] = l;
    const byName = new Map<string, number[]>();
    for (const s of list) byName.set(sources[s].memberName, [...(byName.get(sources[s].memberName) ?? []), s]);
    for (const name of uncapturedMembers([...byName.keys()], sources, state, endsOf(list.map((s) => sources[s])))) byName.set(name, []);
    return {
      id: `lag${l + 1}`,
      members: [...byName].map(([name, of]) => {
        const own = of.map((s) => sources[s]);
        return { name, sources: of, ends: endsOf(own), links: countLinks(own), observed: spansOf(own) };
      }),
      bondDevices: [...(bondDevices.get(list) ?? []), ...namedDevices(sources, l)],
    };
  });
  return { lags, lagOfSource };
}

/** Captures of their own that a state text knows as no member; told with the first LAG. */
function namedDevices(sources: readonly AnalysisSource[], lag: number): number[] {
  if (lag > 0) return [];
  return sources.flatMap((source, s) => (source.notMember && source.scan.source.ifIndex === null && source.scan.packets > 0 ? [s] : []));
}

function countLinks(sources: readonly AnalysisSource[]): number {
  return sources.reduce(
    (most, { scan }) => Math.max(most, findLinks(Array.from(scan.pduColumns.run, (run) => scan.pdus[run].pdu)).count),
    1,
  );
}

/** The ends heard on a member: each system by the first source that shows it, since several may show the same PDUs. */
function endsOf(sources: readonly AnalysisSource[]): LinkEnd[] {
  const bySystem = new Map<string, LinkEnd>();
  for (const end of sources.flatMap((source) => source.ends)) if (!bySystem.has(end.system)) bySystem.set(end.system, end);
  return [...bySystem.values()];
}

/**
 * Members that a state text lists beside captured ones of the same bond. They count in the hash order although nothing
 * was captured on them. A member captured but sorted into another LAG is not missing.
 */
function uncapturedMembers(
  captured: readonly string[],
  sources: readonly AnalysisSource[],
  state: readonly StateFacts[],
  ends: readonly LinkEnd[],
): string[] {
  for (const facts of state) {
    for (const lag of facts.lags) {
      if (!lag.members.some((m) => captured.includes(m.name)) || isOfOthers(lag, ends)) continue;
      return lag.members.map((m) => m.name).filter((name) => !captured.includes(name) && !sources.some((s) => s.memberName === name));
    }
  }
  return [];
}

/**
 * True for a text of another host, whose interfaces have the same names: none of its addresses occurs in any LACPDU of
 * this LAG, as actor or as partner.
 */
export function isOfOthers(lag: LagFacts, ends: readonly LinkEnd[]): boolean {
  const heard = new Set(
    ends.flatMap((end) => [end.system, ...end.srcMacs, ...end.runs.flatMap(({ pdu }) => [pdu.actor.system, pdu.partner.system])]),
  );
  const named = [lag.mac, lag.system, ...lag.members.flatMap((m) => [m.permanentMac, m.mac, m.actor?.system])];
  const told = named.filter((mac) => mac !== undefined && mac !== NO_MAC);
  return heard.size > 0 && told.length > 0 && !told.some((mac) => mac !== undefined && heard.has(mac));
}

const NO_MAC = '00:00:00:00:00:00';

/**
 * Interfaces that cannot be members: what a state text says is the bond or above it, link types that cannot be read,
 * and in a capture of several interfaces ("any") those without LACPDUs when others have them.
 */
function isCandidate(source: AnalysisSource, all: readonly AnalysisSource[]): boolean {
  if (!source.scan.source.supported || source.notMember) return false;
  const siblings = all.filter((s) => s.capture === source.capture);
  if (siblings.length < 2 || source.ends.length > 0) return true;
  if (source.scan.packets === 0) return source.scan.source.ifIndex === null;
  return source.scan.source.ifIndex === null || !siblings.some((s) => s.ends.length > 0);
}

/**
 * Captures to which the user gave one name are of one member, and so of one LAG, even if each shows the LACPDUs of one
 * end only (a capture for each direction).
 */
function joinSameMembers(sources: readonly AnalysisSource[], groups: readonly number[]): number[] {
  const result = [...groups];
  const groupOfName = new Map<string, number>();
  sources.forEach(({ capture }, s) => {
    if (capture.memberName === null || groups[s] < 0) return;
    const known = groupOfName.get(capture.memberName);
    const group = result[s];
    if (known === undefined) groupOfName.set(capture.memberName, group);
    else if (known !== group) {
      for (let o = 0; o < result.length; o++) if (result[o] === group) result[o] = known;
      for (const [name, of] of groupOfName) if (of === group) groupOfName.set(name, known);
    }
  });
  return result;
}

/**
 * Captures without LACPDUs join the LAG whose stations they show; the only LAG there is also where they show none, or a state
 * text lists them. Those of other stations are of another network. Without any LACPDUs all are one LAG.
 */
function joinQuietSources(
  sources: readonly AnalysisSource[],
  groups: number[],
  takesPart: readonly boolean[],
  state: readonly StateFacts[],
): number[] {
  const count = Math.max(-1, ...groups) + 1;
  const known = [...new Set(groups.filter((group) => group >= 0))];
  const quiet = sources.map((_, s) => s).filter((s) => groups[s] < 0 && takesPart[s]);
  if (count === 0 || quiet.length === 0) return count === 0 ? groups.map(() => 0) : groups;
  const result = [...groups];
  const stations = groups.map((_, s) => (takesPart[s] ? stationsOf(sources[s]) : new Set<number>()));
  const listed = new Set(state.flatMap(({ lags }) => lags.flatMap((lag) => lag.members.map((member) => member.name))));
  for (const s of quiet) {
    const sameName = sources.findIndex((other, o) => groups[o] >= 0 && other.memberName === sources[s].memberName);
    const shared = new Array<number>(count).fill(0);
    let others = 0;
    for (let o = 0; o < sources.length; o++) {
      if (groups[o] < 0) continue;
      others += stations[o].size;
      for (const mac of stations[o]) if (stations[s].has(mac)) shared[groups[o]]++;
    }
    const best = shared.indexOf(Math.max(...shared));
    const tellsNothing = stations[s].size === 0 || others === 0 || listed.has(sources[s].memberName);
    if (sameName >= 0) result[s] = groups[sameName];
    else if (shared[best] > 0) result[s] = best;
    else if (known.length === 1 && tellsNothing) result[s] = known[0];
  }
  return result;
}

/** Addresses of stations in data frames, as sources or destinations: what a port sends for itself names no station of the LAG. */
function stationsOf(source: AnalysisSource): Set<number> {
  const { rows, starts, flows } = source.scan.table;
  const macs = new Set<number>();
  for (let f = 0; f < flows; f++) {
    if (rowFlags(rows, starts[f]) !== 0) continue;
    const key = starts[f] + STAT_WORDS;
    for (const mac of [sourceMac(rows, key), destinationMac(rows, key)]) if (!isNoStation(mac)) macs.add(mac);
  }
  return macs;
}

function firstFrame(sources: readonly AnalysisSource[], list: readonly number[]): number {
  let first = Infinity;
  for (const s of list) {
    const { rows, starts, flows } = sources[s].scan.table;
    if (flows > 0) first = Math.min(first, rows[starts[0] + STAT_FIRST_SECONDS] + rows[starts[0] + STAT_FIRST_NANOS] / 1e9);
  }
  return first;
}
