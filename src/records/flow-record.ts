import type { FlowFieldsInput } from '../flows/flow-field-types.ts';

/** What a hash may ask for and a record may not tell. */
export const RECORD_GAPS = [
  'macs',
  'vlan',
  'icmp-id',
  'flow-label',
  'fragments',
  'tunnels',
  'non-ip',
  'times',
  'packets',
  'frame-bytes',
] as const;
export type RecordGap = (typeof RECORD_GAPS)[number];

/** One direction of a conversation, as a collector or a host counted it. */
export interface FlowRecord {
  readonly fields: FlowFieldsInput;
  readonly packets: number;
  /** As Ethernet frames without FCS; what the record leaves out is added by the format's own rule. */
  readonly bytes: number;
  /** Seconds since 1970, or null. */
  readonly firstSeconds: number | null;
  readonly lastSeconds: number | null;
}

export interface RecordList {
  /** Id of the format. */
  readonly format: string;
  readonly records: readonly FlowRecord[];
  readonly gaps: readonly RecordGap[];
  /** Lines that hold no record of this format although they should. */
  readonly skipped: number;
}

/** A format: one file, one line in the registry. */
export interface RecordFormat {
  readonly id: string;
  readonly title: string;
  /** By its first lines, never by its name. */
  recognizes(head: readonly string[], columns: ColumnMap | null): boolean;
  read(lines: readonly string[], columns: ColumnMap | null): RecordList;
}

/** Field of a record -> column of the file, as `--columns src=sa,dst=da` says it. */
export type ColumnMap = ReadonlyMap<string, string>;

/** Ethernet header without tag and FCS: what counters of IP bytes leave out per packet. */
export const ETHERNET_HEADER_BYTES = 14;

/** A whole number of a record, 0 where there is none. */
export function readCount(text: string | undefined): number {
  const value = Number(text ?? '');
  return Number.isFinite(value) && value > 0 ? Math.round(value) : 0;
}

/** Fields of one packet of the record: ports where there are some, an ICMP type where `ports` holds it. */
export function packetFields(
  protocol: string | number,
  src: string,
  dst: string,
  srcPort: number,
  dstPort: number,
  icmp?: { readonly type: number; readonly code: number },
): FlowFieldsInput {
  const name = String(protocol).toLowerCase();
  const base = { src, dst, protocol: normalizeProtocol(name) };
  if (icmp !== undefined) return { ...base, icmp: { ...icmp, id: null } };
  return WITH_PORTS.has(name) ? { ...base, srcPort, dstPort } : base;
}

const WITH_PORTS = new Set(['tcp', 'udp', 'sctp', 'dccp', 'udplite', 'udp-lite', '6', '17', '132', '33', '136']);

function normalizeProtocol(name: string): string | number {
  if (/^\d+$/.test(name)) return Number(name);
  return name === 'icmp6' || name === 'ipv6-icmp' || name === 'icmpv6' ? 'icmpv6' : name === 'udp-lite' ? 'udplite' : name;
}
