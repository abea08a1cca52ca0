import { lagFlows } from '../flows/lag-flows.ts';
import { eraForKernel } from '../hash/kernel-version.ts';
import { hasVariant } from '../hash/registry.ts';
import { mergeTables } from '../flows/merge.ts';
import type { MergedFlows } from '../flows/merge.ts';
import type { FlowRecord, RecordGap, RecordList } from '../records/flow-record.ts';
import { tabulateRecords } from '../records/record-table.ts';
import type { Direction, Lag } from '../report/document.ts';
import { analyzeLag, findLagSides } from './analyze-lag.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import type { AnalysisOptions } from './analysis-options.ts';
import type { LagPlan } from './assemble-lags.ts';
import { buildLag } from './build-lag.ts';
import type { RecordTraffic } from './plan-direction.ts';
import { anchorSides } from './record-sides.ts';
import type { StateText } from './sender-facts.ts';
import type { Steps } from './steps.ts';

/** All flow records of a run as one LAG, whose members nobody captured. */
export interface RecordLag {
  readonly lag: LagAnalysis;
  readonly traffic: RecordTraffic;
  readonly document: Lag;
}

/** Members that are assumed where nothing names or counts them. */
const DEFAULT_MEMBERS = 2;

/** `memberCount`: as `--member-counts` says, where neither options nor state texts name the members. */
export function* analyzeRecords(
  lists: readonly RecordList[],
  id: string,
  options: AnalysisOptions,
  state: readonly StateText[],
  memberCount: number | undefined,
): Steps<RecordLag> {
  const records: FlowRecord[] = lists.flatMap((list) => list.records);
  const gaps = new Set<RecordGap>(lists.flatMap((list) => list.gaps));
  const { columns, shadow, hasTimes } = tabulateRecords(records, [...gaps]);
  const names = memberNames(options, state, memberCount ?? DEFAULT_MEMBERS);
  const plan: LagPlan = { id, members: names.map((name) => ({ name, sources: [], ends: [], links: 0, observed: [] })), bondDevices: [] };
  const merged = mergeTables([{ source: 0, kind: 'frames', columns }]);
  const flows = lagFlows(merged, Uint8Array.of(0), names.length);
  const anchored = { ...options, local: anchorSides(flows.merged, options, state) };
  const lag = yield* analyzeLag(plan, flows, findLagSides(plan, flows, anchored, state), anchored, state);
  const variants = [0, 1].map((side) => toldVariant(lag, side as 0 | 1, options));
  return {
    lag,
    traffic: { shadow: shadowOf(merged, shadow), hasTimes, variants },
    document: withoutObservation(yield* buildLag(lag, []), variants),
  };
}

/** No frame was seen on any member, so nothing but options and state texts tells the era; else it is the newest. */
function toldVariant(lag: LagAnalysis, side: 0 | 1, options: AnalysisOptions): string | null {
  const { policy } = lag.directions[side].sender;
  if (policy === null) return null;
  const given = { ...options.sender, ...options.sides[side === 0 ? 'a' : 'b'] };
  if (given.variant !== undefined && hasVariant(policy, given.variant)) return given.variant;
  const kernel = given.kernel ?? lag.facts.find((fact) => fact.side === side && fact.kernel !== null)?.kernel ?? undefined;
  const era = kernel === undefined ? null : eraForKernel(kernel);
  return era !== null && hasVariant(policy, era.variant) ? era.variant : policy.defaultVariant;
}

/** The merged flows with keys out of the other table: rows of both are in the same order. */
function shadowOf(merged: MergedFlows, columns: RecordLag['lag']['flows']['merged']['tables'][number]['columns']): MergedFlows {
  const [table] = merged.tables;
  const keyStart = merged.keyStart.slice();
  const placeOfStart = new Map<number, number>();
  for (let n = 0; n < table.columns.flows; n++) placeOfStart.set(table.columns.starts[n], n);
  const headWords = merged.count === 0 ? 0 : merged.keyStart[0] - table.columns.starts[0];
  for (let f = 0; f < merged.count; f++) keyStart[f] = columns.starts[placeOfStart.get(merged.keyStart[f] - headWords) ?? 0] + headWords;
  return { ...merged, tables: [{ ...table, columns }], keyStart };
}

function memberNames(options: AnalysisOptions, state: readonly StateText[], count: number): readonly string[] {
  const given = options.sides.a?.members ?? options.sides.b?.members ?? options.sender.members;
  if (given !== undefined) return given;
  for (const { facts } of state) for (const lag of facts.lags) if (lag.members.length > 0) return lag.members.map(({ name }) => name);
  return Array.from({ length: count }, (_, i) => `link${i + 1}`);
}

/** Which member carried what, records do not tell: nothing is observed, and nothing can agree. */
function withoutObservation(lag: Lag, variants: readonly (string | null)[]): Lag {
  const nothing = { flows: 0, packets: 0, bytes: 0, share: 0 };
  const none = { match: 0, total: 0 };
  return {
    ...lag,
    directions: lag.directions.map((direction): Direction => {
      const { totals, policy } = direction;
      const isGiven = policy.source === 'option' || policy.source === 'state';
      return {
        ...direction,
        policy: isGiven
          ? { ...policy, variant: variants[direction.from === 'a' ? 0 : 1] ?? policy.variant }
          : { ...policy, id: null, variant: null, basis: null, source: 'default', confidence: 0 },
        epochs: [],
        unpredicted: totals.packets === 0 ? [] : [{ reason: 'hidden-input', packets: totals.packets, bytes: totals.bytes }],
        transition: { packets: 0 },
        agreement: { flows: none, packets: none, bytes: none },
        members: direction.members.map(({ name }) => ({ name, observed: nothing, predicted: nothing })),
        balance: { jain: null, maxOverMean: null, effectiveMembers: null, pValue: null },
      };
    }),
  };
}
