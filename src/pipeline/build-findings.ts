import type { DiagnoseContext, OtherBond, SideFacts } from '../diagnose/context.ts';
import { findClockSkew, findCopySkew } from '../diagnose/clocks.ts';
import type { ClockSkew } from '../diagnose/clocks.ts';
import { collectConversations, NO_CONVERSATIONS } from '../diagnose/conversations.ts';
import type { Conversations } from '../diagnose/conversations.ts';
import { describeFinding } from '../diagnose/describe.ts';
import { findDisagreements } from '../diagnose/disagreements.ts';
import { findFlowStart } from '../diagnose/flow-starts.ts';
import { countPagp } from '../diagnose/per-port-protocols.ts';
import { RULES } from '../diagnose/registry.ts';
import { findStationAddresses } from '../diagnose/stations.ts';
import { countTraffic } from '../diagnose/traffic.ts';
import { STAT_PACKETS, STAT_WORDS } from '../flows/flow-table.ts';
import { NO_DOUBLES } from '../flows/frame-doubles.ts';
import { hashKey } from '../flows/merge.ts';
import type { Finding, Lag, ResultDocument } from '../report/document.ts';
import type { LagFacts, StateNote } from '../state/state-facts.ts';
import type { CaptureAnalysis } from './analyze-captures.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { findNeighbours } from './build-neighbours.ts';
import { rebuildPorts, sideOfPdu } from './build-ports.ts';
import type { LagPorts } from './build-ports.ts';
import { compareTiers } from './compare-tiers.ts';
import type { CaptureScan } from './scan-capture.ts';
import type { AnalysisSource } from './sources.ts';
import type { StateText } from './sender-facts.ts';
import type { Steps } from './steps.ts';
import { directionFacts, NOTHING_SENT } from './direction-facts.ts';
import { formatTime } from './time-text.ts';

const SEVERITY_ORDER = { error: 0, warn: 1, info: 2 } as const;

/** Findings of all LAGs, worst first; of those that only a state text names, too. */
export function* buildFindings(analysis: CaptureAnalysis): Steps<Finding[]> {
  return (yield* diagnose(analysis)).findings;
}

/** The document with what is wrong, and with what state texts say that the captures refute. */
export function* diagnose(analysis: CaptureAnalysis, syntax?: string): Steps<ResultDocument> {
  const { sources, lags, document, state } = analysis;
  const tiers = yield* compareTiers(lags);
  const used = new Set(lags.flatMap((lag) => lag.facts.map(({ facts }) => facts)));
  const otherBonds = listOtherBonds(analysis, used);
  const captured: DiagnoseContext[] = [];
  for (const [l, lag] of lags.entries())
    captured.push({ ...(yield* buildContext(analysis, lag, document.lags[l], rebuildPorts(lag, sources))), tiers: tiers[l], otherBonds });
  const named = new Set(captured.flatMap((context) => context.lagTexts.map(({ facts }) => facts)));
  const contexts = assignNotes(
    [
      ...captured,
      ...state.flatMap((text) =>
        text.facts.lags.filter((lag) => !used.has(lag) && !named.has(lag)).map((lag) => textContext(text.path, lag)),
      ),
    ],
    state,
  );
  const options = { language: analysis.language, syntax, formatTime, pathOf: (s: number): string => sources[s].capture.path };
  const findings: Finding[] = [];
  for (const context of contexts) {
    for (const rule of RULES) {
      yield null;
      for (const raw of rule.check(context)) findings.push(describeFinding(rule, raw, context, options));
    }
  }
  const sorted = findings
    .map((finding, order) => ({ finding, order }))
    .sort((x, y) => SEVERITY_ORDER[x.finding.severity] - SEVERITY_ORDER[y.finding.severity] || x.order - y.order)
    .map(({ finding }) => finding);
  return {
    ...document,
    findings: sorted,
    lags: document.lags.map((lag, l): Lag => ({ ...lag, disagreements: findDisagreements(captured[l]) })),
  };
}

/** Bonds of state texts that are no LAG of the captures, as far as they name a policy. */
function listOtherBonds({ state, lags }: CaptureAnalysis, used: ReadonlySet<LagFacts>): OtherBond[] {
  const captured = new Set(lags.flatMap((lag) => lag.plan.members.map(({ name }) => name)));
  return state.flatMap(({ path, facts }) =>
    facts.lags.flatMap(({ name, policy, members }, l) =>
      used.has(facts.lags[l]) || policy === undefined || members.length < 2 || members.some((member) => captured.has(member.name))
        ? []
        : [{ name: name ?? 'the bond', path, policy, members: members.length }],
    ),
  );
}

function* buildContext(
  analysis: CaptureAnalysis,
  lag: LagAnalysis,
  documented: Lag,
  { ports, pdusOfMember, end }: LagPorts,
): Steps<DiagnoseContext> {
  const { sources, state, document } = analysis;
  const { members } = lag.plan;
  const captures = [...new Set(members.flatMap((member) => member.sources.map((s) => sources[s].capture)))].map((capture) => {
    const input = document.inputs.find((candidate) => candidate.kind === 'capture' && candidate.path === capture.path);
    const memberOf = (m: number): boolean => members[m].sources.some((s) => sources[s].capture === capture);
    return {
      path: capture.path,
      packets: capture.scan.info.packets,
      bytes: capture.scan.info.bytes,
      fingerprint: fingerprintOf(capture.scan),
      doubles: capture.scan.sources[0]?.doubles ?? NO_DOUBLES,
      firstTime: capture.scan.firstTime,
      lastTime: capture.scan.lastTime,
      truncated: input?.truncated ?? null,
      dropped: capture.scan.info.dropped,
      malformedPackets: capture.scan.info.malformedPackets,
      source: sources.findIndex((source) => source.capture === capture),
      members: members.map((_, m) => m).filter(memberOf),
    };
  });
  const names = new Set(members.map((member) => member.name));
  const speeds = documented.members.map((member) => member.speedMbps);
  const system = (side: 0 | 1): string | null => documented.sides[side]?.system ?? null;
  const first = captures.reduce<{ seconds: number; nanos: number } | null>(
    (best, { firstTime }) =>
      firstTime !== null &&
      (best === null || firstTime.seconds < best.seconds || (firstTime.seconds === best.seconds && firstTime.nanos < best.nanos))
        ? firstTime
        : best,
    null,
  );
  yield null;
  let found: Conversations | null = null;
  const conversations = (): Conversations => (found ??= collectConversations(lag.flows, lag.directed));
  const clockSkews = findClockSkews(lag, sources, conversations);
  yield null;
  const traffic = countTraffic(lag.flows, lag.traffic);
  yield null;
  const toB = directionFacts(lag, documented.directions[0], 0, speeds);
  yield null;
  const toA = directionFacts(lag, documented.directions[1], 1, speeds);
  yield null;
  return {
    lagId: lag.plan.id,
    members: members.map((member) => ({ name: member.name, captured: member.sources.length > 0 })),
    systems: [system(0), system(1)],
    ports,
    observed: lag.observed,
    pdusOfMember,
    malformedPdus: members.reduce((sum, member) => sum + member.sources.reduce((of, s) => of + sources[s].scan.malformedPdus, 0), 0),
    pagpFrames: countPagp(lag.flows),
    neighbours: findNeighbours(lag, sources).map(({ member, side, record, source }) => ({
      member,
      side,
      neighbour: record.neighbour,
      source,
      frame: record.frame,
      time: record,
    })),
    sideOfPdu: (event) => sideOfPdu(lag, event),
    directions: [toB, toA],
    traffic,
    facts: lag.facts.map((fact): SideFacts => ({ path: fact.path, side: fact.side, facts: fact.facts, members: fact.members })),
    lagTexts: state.flatMap(({ path, facts }) =>
      facts.lags
        .filter((text) => text.members.some((member) => names.has(member.name)) || state.length === 1)
        .map((text) => ({ path, facts: text })),
    ),
    notes: [],
    captures,
    conversations,
    reordering: analysis.reordering[analysis.lags.indexOf(lag)] ?? [],
    tiers: [],
    otherBonds: [],
    addressesOf: (side) => findStationAddresses(lag.flows, lag.directed, side),
    flowStart: (query) => findFlowStart(lag.flows, lag.directed, query),
    clockSkews,
    bondDevices: lag.plan.bondDevices.map((s) => ({ name: sources[s].memberName, path: sources[s].capture.path })),
    start: first ?? end,
    end,
  };
}

/** Flows that are looked at to tell one capture from another. */
const FINGERPRINT_FLOWS = 64;

function fingerprintOf({ sources }: CaptureScan): number {
  let hash = 0;
  for (const { table } of sources) {
    for (let f = 0; f < Math.min(table.flows, FINGERPRINT_FLOWS); f++) {
      const row = table.starts[f];
      hash = Math.imul(hash ^ hashKey(table.rows, row + STAT_WORDS) ^ table.rows[row + STAT_PACKETS], 0x9e3779b1) >>> 0;
    }
  }
  return hash;
}

/** Clocks that differ: between members by their conversations, between captures of one member by the LACPDUs in both. */
function findClockSkews(lag: LagAnalysis, sources: readonly AnalysisSource[], conversations: () => Conversations): ClockSkew[] {
  const { members } = lag.plan;
  const between = members.length < 2 ? null : findClockSkew(conversations(), members.length, lag.flows.firstMs);
  const within = members.flatMap((member, m): ClockSkew[] => {
    const [first, ...others] = member.sources.map((source) => ({ source, runs: sources[source].scan.pdus }));
    return others.flatMap((copy) => findCopySkew(m, first, copy) ?? []).slice(0, 1);
  });
  return [...(between === null ? [] : [between]), ...within];
}

/** A LAG of which only a state text is known. Its own end is side a. */
function textContext(path: string, facts: LagFacts): DiagnoseContext {
  const never = { seconds: 0, nanos: 0 };
  const none = new Uint32Array(0);
  return {
    lagId: null,
    members: facts.members.map((member) => ({ name: member.name, captured: false })),
    systems: [facts.system ?? null, facts.partnerSystem ?? null],
    ports: [],
    observed: facts.members.map(() => []),
    pdusOfMember: [],
    malformedPdus: 0,
    pagpFrames: [],
    neighbours: [],
    sideOfPdu: () => null,
    directions: [
      { side: 0, ...NOTHING_SENT },
      { side: 1, ...NOTHING_SENT },
    ],
    traffic: {
      memberCount: 0,
      bins: 0,
      binMs: 1,
      fromMs: 0,
      originSeconds: 0,
      any: none,
      data: [none, none],
      heard: [none, none],
      longestFrameBytes: 0,
    },
    facts: [{ path, side: 0, facts, members: facts.members.map((_, m) => m) }],
    lagTexts: [{ path, facts }],
    notes: [],
    captures: [],
    conversations: () => NO_CONVERSATIONS,
    reordering: [],
    tiers: [],
    otherBonds: [],
    flowStart: () => null,
    addressesOf: () => [],
    clockSkews: [],
    bondDevices: [],
    start: never,
    end: never,
  };
}

/** Gives every note of a state text to the LAG it speaks of: by its name, else by the member's, else to the first. */
function assignNotes(contexts: readonly DiagnoseContext[], state: readonly StateText[]): DiagnoseContext[] {
  const all =
    contexts.length > 0
      ? contexts
      : state.some(({ facts }) => (facts.notes ?? []).length > 0)
        ? [textContext('', { name: null, members: [], membersInHashOrder: false })]
        : [];
  const notes = all.map((): { path: string; note: StateNote }[] => []);
  const isNamed = (context: DiagnoseContext, note: StateNote): boolean =>
    context.facts.some(({ facts }) => facts.name === note.lag) || context.lagTexts.some(({ facts }) => facts.name === note.lag);
  for (const { path, facts } of state) {
    for (const note of facts.notes ?? []) {
      let at = note.lag === undefined ? -1 : all.findIndex((context) => isNamed(context, note));
      if (at < 0 && note.member !== undefined) at = all.findIndex((context) => context.members.some(({ name }) => name === note.member));
      notes[Math.max(at, 0)]?.push({ path, note });
    }
  }
  return all.map((context, c) => ({ ...context, notes: notes[c] }));
}
