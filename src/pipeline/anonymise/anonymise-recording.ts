/**
 * A recording (recording.ts) without the addresses of those who were captured: one that can be given away. Sizes, times,
 * VLANs, protocols and server ports stay; addresses and names of systems are replaced, each one everywhere alike; flows
 * stay on the members that the senders' rules name.
 */
import { keyOfRow } from '../../flows/flow-row.ts';
import type { FlowTableColumns } from '../../flows/flow-table.ts';
import { destinationMac, sourceMac } from '../../flows/mac.ts';
import type { AnalysisOptions } from '../analysis-options.ts';
import { analyzeCaptures, type CaptureAnalysis } from '../analyze-captures.ts';
import type { LagAnalysis } from '../analyze-lag.ts';
import { packRecording, unpackRecording } from '../recording.ts';
import type { Recording, RecordedInput } from '../recording.ts';
import type { InputScan } from '../scan-capture.ts';
import { takeSteps, type StepHost } from '../steps.ts';
import { AddressMap } from './address-map.ts';
import { keepPlaces, type OpenPortChanges } from './keep-places.ts';
import { mapRow } from './map-row.ts';
import type { PlacedFlow } from './placement-check.ts';
import { placingRule } from './placing-rule.ts';
import { TextMap } from './replace-texts.ts';

/** The analysis of a recording, which writes into its tables. */
function replay({ inputs, rereads, options }: Recording, host: StepHost): Promise<CaptureAnalysis> {
  const sources = inputs.map(({ path, memberName, size }) => ({
    path,
    ...(memberName === undefined ? {} : { memberName }),
    source: { path, size, rereadable: false, chunks: noBytes },
  }));
  return analyzeCaptures(sources, options, {
    ...host,
    scanner: { scan: async () => inputs.map(({ scan }) => scan) },
    reread: <T>(key: string, read: () => Promise<T>) => (rereads.has(key) ? Promise.resolve(rereads.get(key) as T) : read()),
  });
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}

/**
 * An analysis packed for a file, as `packRecording` does, with all addresses replaced. It is made once more from what is
 * given away: `changed` counts the flows of which it says another side, verdict or member than before.
 */
export async function anonymise(
  packed: readonly Uint8Array[],
  random: () => number,
  host: StepHost = {},
): Promise<{ readonly pieces: Uint8Array[]; readonly changed: number }> {
  const bytes = joinBytes(packed);
  const original = unpack(bytes);
  const before = await replay(original, host);
  const recording = await anonymiseRecording(original, before, unpack(bytes), random, host);
  const pieces = packRecording(recording);
  const after = await replay(unpack(joinBytes(pieces)), host);
  return { pieces, changed: countChanged(before.lags, after.lags) };
}

function unpack(bytes: Uint8Array): Recording {
  const unpacked = unpackRecording(bytes);
  if (!unpacked.ok) throw new Error(unpacked.reason);
  return unpacked.recording;
}

function countChanged(before: readonly LagAnalysis[], after: readonly LagAnalysis[]): number {
  let changed = 0;
  for (const [l, lag] of before.entries()) {
    const { count } = lag.flows.merged;
    const shared = after[l];
    if (shared === undefined || shared.flows.merged.count !== count) return count;
    const said = ({ directed, directions }: LagAnalysis, flow: number): string => {
      const side = directed.direction[flow];
      if (side > 1 || directed.control[flow] === 1) return `${side}`;
      const direction = directions[side];
      return `${side} ${direction.placement.verdict[flow]} ${direction.predictedMember(flow)}`;
    };
    for (let flow = 0; flow < count; flow++) if (said(lag, flow) !== said(shared, flow)) changed++;
  }
  return changed;
}

function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Replaces in `shared` what `original`, the same recording unpacked before, holds. `random`: 32 unsigned bits that nobody can guess. */
async function anonymiseRecording(
  original: Recording,
  { lags, document }: CaptureAnalysis,
  shared: Recording,
  random: () => number,
  host: StepHost,
): Promise<Recording> {
  const tables = pairTables(original, shared);
  const placed = placedFlows(lags, tables);
  const attempt = async (changes: 'apart' | 'alike'): Promise<{ map: AddressMap; ports: OpenPortChanges; moved: number }> => {
    const map = new AddressMap(random, stationsOf(tables.keys()), changes);
    const ports: OpenPortChanges = new Map();
    mapTables(tables, map, ports);
    return { map, ports, moved: await takeSteps(keepPlaces(placed, map, ports, random), host) };
  };
  const apart = await attempt('apart');
  const alike = apart.moved === 0 ? apart : await attempt('alike');
  const { map, ports } = alike.moved < apart.moved ? alike : apart;
  mapTables(tables, map, ports);
  const texts = new TextMap(map);
  // Names first, so that they are known wherever they stand.
  const scans = shared.inputs.map(({ scan }) => withoutNames(scan, texts));
  const memberOf = new Map(document.inputs.map(({ path, sources }) => [path, sources.length === 1 ? sources[0].member : null]));
  return {
    version: shared.version,
    inputs: shared.inputs.map((input, i) => namelessInput(input, memberOf.get(input.path) ?? null, withoutAddresses(scans[i], texts), i)),
    rereads: mapStrings(shared.rereads, texts) as Recording['rereads'],
    options: mapStrings(shared.options, texts) as AnalysisOptions,
    fragment: keepView(shared.fragment),
  };
}

/** Paths name people and customers; members keep their names. */
function namelessInput({ size, memberName }: RecordedInput, member: string | null, scan: InputScan, i: number): RecordedInput {
  const name = memberName ?? member;
  const path = scan.kind === 'capture' ? `capture ${i + 1}.${scan.info.format}` : `text ${i + 1}.txt`;
  return { path, ...(name === null ? {} : { memberName: name }), ...(size === undefined ? {} : { size }), scan };
}

/** The tables of flows of both recordings, those that copies were set apart in included. */
function pairTables(original: Recording, shared: Recording): Map<FlowTableColumns, FlowTableColumns> {
  const pairs = new Map<FlowTableColumns, FlowTableColumns>();
  const walk = (from: unknown, to: unknown): void => {
    if (typeof from !== 'object' || from === null || ArrayBuffer.isView(from)) return;
    if (from instanceof Map) {
      for (const [key, value] of from) walk(value, (to as ReadonlyMap<unknown, unknown>).get(key));
      return;
    }
    if ('rows' in from && from.rows instanceof Uint32Array && 'starts' in from) pairs.set(from as FlowTableColumns, to as FlowTableColumns);
    for (const [key, value] of Object.entries(from)) walk(value, (to as Record<string, unknown>)[key]);
  };
  walk([original.inputs, original.rereads], [shared.inputs, shared.rereads]);
  return pairs;
}

/** Station addresses of all flows. */
function* stationsOf(tables: Iterable<FlowTableColumns>): Generator<number> {
  for (const { rows, starts, flows } of tables)
    for (let n = 0; n < flows; n++) {
      const key = keyOfRow(starts[n]);
      for (const mac of [sourceMac(rows, key), destinationMac(rows, key)]) if (Math.floor(mac / 0x100_0000_0000) % 2 === 0) yield mac;
    }
}

function mapTables(tables: ReadonlyMap<FlowTableColumns, FlowTableColumns>, map: AddressMap, ports: OpenPortChanges): void {
  for (const [from, to] of tables) for (let n = 0; n < from.flows; n++) mapRow(from.rows, keyOfRow(from.starts[n]), to.rows, map, ports);
}

function placedFlows(lags: readonly LagAnalysis[], tables: ReadonlyMap<FlowTableColumns, FlowTableColumns>): PlacedFlow[] {
  const placed: PlacedFlow[] = [];
  for (const { flows, directions } of lags)
    for (const direction of directions) {
      const rule = placingRule(direction, flows.memberCount);
      if (rule === null) continue;
      for (const flow of direction.list) {
        const { columns } = flows.merged.tables[flows.merged.keyTable[flow]];
        const shared = tables.get(columns);
        if (shared !== undefined) placed.push({ rule, rows: columns.rows, out: shared.rows, start: flows.merged.keyStart[flow] });
      }
    }
  return placed;
}

function withoutNames(scan: InputScan, texts: TextMap): InputScan {
  if (scan.kind !== 'capture') return scan;
  const sources = scan.sources.map((source) => ({
    ...source,
    pdus: source.pdus.map((run) => texts.pduRun(run)),
    control: {
      ...source.control,
      neighbours: source.control.neighbours.map((record) => ({ ...record, neighbour: texts.neighbour(record.neighbour) })),
    },
  }));
  return { ...scan, sources };
}

function withoutAddresses(scan: InputScan, texts: TextMap): InputScan {
  return scan.kind === 'text' ? { ...scan, text: texts.stateText(scan.text) } : scan;
}

/** Addresses and names in all texts of a value; numbers and arrays of them are left. */
function mapStrings(value: unknown, texts: TextMap): unknown {
  if (typeof value === 'string') return texts.text(value);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, texts));
  if (value instanceof Map) return new Map([...value].map(([key, of]) => [mapStrings(key, texts), mapStrings(of, texts)]));
  if (value instanceof Set) return new Set([...value].map((item) => mapStrings(item, texts)));
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, mapStrings(of, texts)]));
}

/** Filters and flows that were on view name addresses. */
function keepView(fragment: string): string {
  return /(?:^|&)(view=[a-z]+)/.exec(fragment)?.[1] ?? '';
}
