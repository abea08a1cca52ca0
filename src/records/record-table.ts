import { MAX_KEY_WORDS } from '../decoder/flow-key.ts';
import { encodeFlowKey } from '../flows/encode-flow-key.ts';
import type { FlowFieldsInput } from '../flows/flow-field-types.ts';
import {
  STAT_BYTES_HIGH,
  STAT_BYTES_LOW,
  STAT_FIRST_FRAME,
  STAT_FIRST_NANOS,
  STAT_FIRST_SECONDS,
  STAT_LAST_NANOS,
  STAT_LAST_SECONDS,
  STAT_NUMBER,
  STAT_PACKETS,
  STAT_WORDS,
} from '../flows/flow-table.ts';
import type { FlowTableColumns } from '../flows/flow-table.ts';
import { ORIGIN_ALIGN_SECONDS } from '../flows/flow-columns.ts';
import { WINDOW_WIDTHS_MS } from '../flows/slice-log.ts';
import type { SliceColumns } from '../flows/slice-log.ts';
import type { FlowRecord, RecordGap } from './flow-record.ts';

/** Records as a flow table, as if one source had captured them. */
export interface RecordTable {
  readonly columns: FlowTableColumns;
  /**
   * The same flows with other values where the records tell nothing: where a hash differs between the two, it depends on
   * what is not known. Same order of flows.
   */
  readonly shadow: FlowTableColumns;
  readonly hasTimes: boolean;
  /** Records of packets that the key cannot hold. */
  readonly refused: number;
}

/** Slices at most: of longer records the windows are wider. */
const MAX_SLICES = 1 << 20;
/** Collectors print whole seconds at best. */
const LEAST_WIDTH_MS = 1000;

interface MergedRecord {
  readonly fields: FlowFieldsInput;
  packets: number;
  bytes: number;
  readonly parts: FlowRecord[];
}

export function tabulateRecords(records: readonly FlowRecord[], gaps: readonly RecordGap[]): RecordTable {
  const missing = new Set(gaps);
  const words = new Uint32Array(MAX_KEY_WORDS + 1);
  const byKey = new Map<string, MergedRecord>();
  let refused = 0;
  for (const record of records) {
    const fields = complete(record.fields);
    const encoded = encodeFlowKey(fields, words, 0);
    if (!encoded.ok) {
      refused++;
      continue;
    }
    const key = String(words.subarray(0, encoded.value));
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { fields, packets: record.packets, bytes: record.bytes, parts: [record] });
    else {
      known.packets += record.packets;
      known.bytes += record.bytes;
      known.parts.push(record);
    }
  }
  // As a capture has them: in order of first frame.
  const flows = [...byKey.values()].sort((x, y) => firstOf(x) - firstOf(y));
  const hasTimes = !missing.has('times');
  const slices = sliceRecords(flows);
  return {
    columns: writeTable(flows, slices, (fields) => fields),
    shadow: writeTable(flows, slices, (fields) => alter(fields, missing)),
    hasTimes,
    refused,
  };
}

function firstOf({ parts }: MergedRecord): number {
  return parts.reduce((least, { firstSeconds }) => Math.min(least, firstSeconds ?? 0), Infinity);
}

/** Addresses that stand in for MACs: the same host has the same, so that hosts still sort into the two sides. */
function complete(fields: FlowFieldsInput): FlowFieldsInput {
  return {
    ...fields,
    srcMac: fields.srcMac ?? macFor(String(fields.src)),
    dstMac: fields.dstMac ?? macFor(String(fields.dst)),
  };
}

function macFor(address: string): string {
  if (address === '255.255.255.255') return 'ff:ff:ff:ff:ff:ff';
  const isGroup = /^ff[0-9a-f]{2}:/i.test(address) || /^2(2[4-9]|3\d)\./.test(address);
  let low = 0x811c9dc5;
  let high = 0x1234567;
  for (let i = 0; i < address.length; i++) {
    low = Math.imul(low ^ address.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ address.charCodeAt(i), 0x85ebca6b);
  }
  const hex = (high >>> 24).toString(16).padStart(2, '0') + (low >>> 0).toString(16).padStart(8, '0');
  return `${isGroup ? '03' : '02'}:${(hex.match(/../g) ?? []).join(':')}`;
}

/** Other values for what the records do not tell; the last bytes differ so that a hash by XOR differs too. */
function alter(fields: FlowFieldsInput, missing: ReadonlySet<RecordGap>): FlowFieldsInput {
  const flip = (mac: unknown, by: number): string => {
    const text = String(mac);
    return text.slice(0, -2) + (Number.parseInt(text.slice(-2), 16) ^ by).toString(16).padStart(2, '0');
  };
  const icmp = fields.icmp as { type: number; code: number } | undefined;
  const hasLabel = String(fields.src).includes(':') && fields.flowLabel === undefined;
  return {
    ...fields,
    ...(missing.has('macs') && { srcMac: flip(fields.srcMac, 0x5b), dstMac: flip(fields.dstMac, 0x24) }),
    ...(missing.has('vlan') && { tcis: [0x0a5] }),
    ...(missing.has('icmp-id') && icmp !== undefined && hasIdentifier(icmp.type) && { icmp: { ...icmp, id: 0x4d2b } }),
    ...(missing.has('flow-label') && hasLabel && { flowLabel: 0x5a3c7 }),
  };
}

/** Echo and time stamp messages (RFC 792, RFC 4443). */
function hasIdentifier(type: number): boolean {
  return [0, 8, 13, 14, 128, 129].includes(type);
}

function writeTable(
  flows: readonly MergedRecord[],
  slices: SliceColumns,
  fieldsOf: (fields: FlowFieldsInput) => FlowFieldsInput,
): FlowTableColumns {
  const rows = new Uint32Array(flows.length * (STAT_WORDS + MAX_KEY_WORDS));
  const starts = new Uint32Array(flows.length);
  let at = 0;
  flows.forEach((flow, n) => {
    starts[n] = at;
    const first = firstOf(flow);
    const last = flow.parts.reduce((most, { lastSeconds }) => Math.max(most, lastSeconds ?? 0), first);
    rows[at + STAT_PACKETS] = flow.packets;
    rows[at + STAT_BYTES_LOW] = flow.bytes % 0x1_0000_0000;
    rows[at + STAT_BYTES_HIGH] = Math.min(Math.floor(flow.bytes / 0x1_0000_0000), 0xffff);
    rows[at + STAT_FIRST_SECONDS] = Math.floor(first);
    rows[at + STAT_FIRST_NANOS] = Math.floor((first % 1) * 1e9);
    rows[at + STAT_LAST_SECONDS] = Math.floor(last);
    rows[at + STAT_LAST_NANOS] = Math.floor((last % 1) * 1e9);
    rows[at + STAT_FIRST_FRAME] = n;
    rows[at + STAT_NUMBER] = n;
    const encoded = encodeFlowKey(fieldsOf(flow.fields), rows, at + STAT_WORDS);
    // What was encoded once is encoded again; what cannot be altered stays as it is.
    const size = encoded.ok ? encoded.value : encodeAsIs(flow.fields, rows, at + STAT_WORDS);
    at += STAT_WORDS + size;
  });
  return { flows: flows.length, rows, rowWords: at, starts, slices };
}

function encodeAsIs(fields: FlowFieldsInput, rows: Uint32Array, at: number): number {
  const encoded = encodeFlowKey(fields, rows, at);
  return encoded.ok ? encoded.value : 0;
}

/** Bytes evenly over the time of each record: what happened inside it, nobody wrote down. */
function sliceRecords(flows: readonly MergedRecord[]): SliceColumns {
  let firstSeconds = Infinity;
  for (const flow of flows) firstSeconds = Math.min(firstSeconds, firstOf(flow));
  if (!Number.isFinite(firstSeconds)) firstSeconds = 0;
  const originSeconds = Math.floor(firstSeconds / ORIGIN_ALIGN_SECONDS) * ORIGIN_ALIGN_SECONDS;
  const widthMs = chooseWidth(flows);
  const windowOf = (seconds: number): number => Math.max(Math.floor(((seconds - originSeconds) * 1000) / widthMs), 0);
  const flow: number[] = [];
  const window: number[] = [];
  const packets: number[] = [];
  const bytes: number[] = [];
  flows.forEach((merged, n) => {
    for (const part of merged.parts) {
      const first = part.firstSeconds ?? 0;
      const last = Math.max(part.lastSeconds ?? first, first);
      const [from, to] = [windowOf(first), windowOf(last)];
      let sentPackets = 0;
      let sentBytes = 0;
      for (let w = from; w <= to; w++) {
        const end = originSeconds + ((w + 1) * widthMs) / 1000;
        const done = w === to ? 1 : (end - first) / (last - first);
        const [p, b] = [Math.round(part.packets * done) - sentPackets, Math.round(part.bytes * done) - sentBytes];
        sentPackets += p;
        sentBytes += b;
        if (p === 0 && b === 0) continue;
        flow.push(n);
        window.push(w);
        packets.push(p);
        bytes.push(b);
      }
    }
  });
  return {
    count: flow.length,
    flow: Uint32Array.from(flow),
    window: Uint32Array.from(window),
    packets: Uint32Array.from(packets),
    bytes: Uint32Array.from(bytes),
    originSeconds,
    widthMs,
  };
}

function chooseWidth(flows: readonly MergedRecord[]): number {
  let seconds = 0;
  let count = 0;
  for (const { parts } of flows)
    for (const { firstSeconds, lastSeconds } of parts) {
      seconds += Math.max((lastSeconds ?? 0) - (firstSeconds ?? 0), 0);
      count++;
    }
  return WINDOW_WIDTHS_MS.find((width) => width >= LEAST_WIDTH_MS && (seconds * 1000) / width + count <= MAX_SLICES) ?? 5_000_000;
}
