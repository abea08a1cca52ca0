import { UNPREDICTED_REASONS } from '../hash/policy.ts';
import type { DiagnoseContext, DirectionFacts, SideFacts } from '../diagnose/context.ts';
import { describeFinding } from '../diagnose/describe.ts';
import { RULES } from '../diagnose/registry.ts';
import { rowBytes } from '../flows/flow-table.ts';
import { measureBalance } from '../plan/balance.ts';
import { countTraffic } from '../diagnose/traffic.ts';
import type { Direction, Finding, Lag } from '../report/document.ts';
import type { CaptureAnalysis } from './analyze.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { rebuildPorts, sideOfPdu } from './build-ports.ts';
import type { LagPorts } from './build-ports.ts';
import type { Language } from '../diagnose/messages.ts';
import { formatTime } from './time-text.ts';

const SEVERITY_ORDER = { error: 0, warn: 1, info: 2 } as const;

/** Findings of all LAGs, worst first. */
export function buildFindings(analysis: CaptureAnalysis, language: Language = 'en', syntax?: string): Finding[] {
  const findings = analysis.lags.flatMap((lag, l) => {
    const context = buildContext(analysis, lag, analysis.document.lags[l], rebuildPorts(lag, analysis.sources));
    return RULES.flatMap((rule) => rule.check(context).map((raw) => describeFinding(rule, raw, context, { language, syntax, formatTime, pathOf: (s) => analysis.sources[s].capture.path })));
  });
  return findings
    .map((finding, order) => ({ finding, order }))
    .sort((x, y) => SEVERITY_ORDER[x.finding.severity] - SEVERITY_ORDER[y.finding.severity] || x.order - y.order)
    .map(({ finding }) => finding);
}

function buildContext(analysis: CaptureAnalysis, lag: LagAnalysis, documented: Lag, { ports, pdusOfMember, end }: LagPorts): DiagnoseContext {
  const { sources, state, document } = analysis;
  const { members } = lag.plan;
  const captures = [...new Set(members.flatMap((member) => member.sources.map((s) => sources[s].capture)))].map((capture) => {
    const input = document.inputs.find((candidate) => candidate.kind === 'capture' && candidate.path === capture.path);
    const memberOf = (m: number): boolean => members[m].sources.some((s) => sources[s].capture === capture);
    return {
      path: capture.path,
      packets: capture.scan.info.packets,
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
  const system = (side: 0 | 1): string | null => documented.sides[side]?.system ?? null;
  const first = captures.reduce<{ seconds: number; nanos: number } | null>(
    (best, { firstTime }) =>
      firstTime !== null && (best === null || firstTime.seconds < best.seconds || (firstTime.seconds === best.seconds && firstTime.nanos < best.nanos)) ? firstTime : best,
    null,
  );
  return {
    lagId: lag.plan.id,
    members: members.map((member) => ({ name: member.name, captured: member.sources.length > 0 })),
    systems: [system(0), system(1)],
    ports,
    pdusOfMember,
    malformedPdus: members.reduce((sum, member) => sum + member.sources.reduce((of, s) => of + sources[s].scan.malformedPdus, 0), 0),
    sideOfPdu: (event) => sideOfPdu(lag, event),
    directions: [directionFacts(lag, documented.directions[0], 0), directionFacts(lag, documented.directions[1], 1)],
    traffic: countTraffic(lag.flows, lag.directed),
    facts: lag.facts.map((fact): SideFacts => ({ path: fact.path, side: fact.side, facts: fact.facts, members: fact.members })),
    lagTexts: state.flatMap(({ path, facts }) =>
      facts.lags.filter((text) => text.members.some((member) => names.has(member.name)) || state.length === 1).map((text) => ({ path, facts: text })),
    ),
    notes: state.flatMap(({ path, facts }) => (facts.notes ?? []).map((note) => ({ path, note }))),
    captures,
    start: first ?? end,
    end,
  };
}

function directionFacts(lag: LagAnalysis, documented: Direction, side: 0 | 1): DirectionFacts {
  const { placement } = lag.directions[side];
  return {
    side,
    policy: documented.policy.id,
    policySource: documented.policy.source,
    flows: documented.totals.flows,
    packets: documented.totals.packets,
    memberPackets: documented.members.map((member) => member.observed.packets),
    memberFlows: documented.members.map((member) => member.observed.flows),
    memberBytes: documented.members.map((member) => member.observed.bytes),
    agreement: documented.agreement.packets,
    balance: { maxOverMean: documented.balance.maxOverMean, pValue: chanceOfClasses(lag, documented, side) },
    unpredicted: placement.unpredicted.flatMap(({ packets }, code) => {
      const reason = UNPREDICTED_REASONS[code];
      return reason === null || packets === 0 ? [] : [{ reason, packets }];
    }),
    transitionPackets: placement.transitionPackets,
  };
}

/** Chance that an ideal hash is as uneven, over what it can tell apart: flows of one hash value (or bucket) are one. */
function chanceOfClasses(lag: LagAnalysis, documented: Direction, side: 0 | 1): number | null {
  const { list, hash, sender, bucketOf, epochs, placement } = lag.directions[side];
  const { merged } = lag.flows;
  const byClass = new Map<number, number>();
  for (const f of list) {
    let bytes = 0;
    for (let e = merged.entryFrom[f]; e < merged.entryFrom[f + 1]; e++) {
      const table = merged.tables[merged.entryTable[e]];
      if (table.kind === 'frames') bytes += rowBytes(table.columns.rows, merged.entryRow[e]);
    }
    const place = sender.buckets === undefined ? hash[f] : bucketOf(f);
    byClass.set(place, (byClass.get(place) ?? 0) + bytes);
  }
  const active = epochs[placement.longest]?.active ?? [];
  const loads = (active.length > 0 ? active : sender.order).map((m) => documented.members[m].observed.bytes);
  return measureBalance(loads, Float64Array.from(byClass.values())).pValue;
}
