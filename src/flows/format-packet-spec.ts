/** Address fields as one line: in the words of `parsePacketSpec` where they can say it, else as JSON. */
import { formatHex16, formatHex32 } from '../base/addresses.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { isMissing } from './field-values.ts';
import type { FlowFieldsInput } from './flow-field-types.ts';
import { parsePacketSpec } from './packet-spec.ts';
import { protocolNumber } from './protocol-names.ts';

/** Fields that `predict` reads; all else of a flow (packets, members …) is left out. */
const FIELD_NAMES = [
  'srcMac',
  'dstMac',
  'etherType',
  'tcis',
  'vlans',
  'tpids',
  'src',
  'dst',
  'protocol',
  'srcPort',
  'dstPort',
  'spi',
  'icmp',
  'fragment',
  'flowLabel',
  'nextHeader',
  'transport',
  'header',
  'afterAh',
  'quoted',
  'arpOpcode',
  'tunnel',
  'tagInFrame',
] as const satisfies readonly (keyof FlowFieldsInput)[];

/** What only JSON can say of a packet. */
const JSON_ONLY = ['transport', 'header', 'afterAh'] as const;
const SPOKEN_TUNNELS = new Set(['gre', 'ipip', '4in6', '6in4', 'ip6ip6']);

/** A packet as the user wrote it: words, or the address fields of a flow as one JSON object. */
export function parsePacketText(text: string): Result<FlowFieldsInput> {
  if (!text.trimStart().startsWith('{')) return parsePacketSpec(text);
  try {
    const value: unknown = JSON.parse(text);
    return ok(value as FlowFieldsInput);
  } catch (error) {
    const reason = `not JSON: ${error instanceof Error ? error.message : String(error)}`;
    return fail({ code: 'unrecognized-text', offset: null, reason, partial: false });
  }
}

export function formatPacketText(fields: FlowFieldsInput): string {
  const spec = formatSpec(fields);
  return spec ?? JSON.stringify(Object.fromEntries(FIELD_NAMES.filter((name) => isSaid(fields[name])).map((name) => [name, fields[name]])));
}

function isSaid(value: unknown): boolean {
  return !isMissing(value) && !(Array.isArray(value) && value.length === 0);
}

/** Null where the words of a spec cannot say it. */
function formatSpec(fields: FlowFieldsInput): string | null {
  if (JSON_ONLY.some((name) => !isMissing(fields[name]))) return null;
  const parts: string[] = [];
  const { src, dst, protocol } = fields;
  const tcis = (fields.tcis ?? fields.vlans ?? []) as readonly number[];
  const isArp = protocol === 'arp' || fields.etherType === '0x0806' || fields.etherType === '0x8035' || protocol === 'rarp';
  if (isArp) parts.push(fields.etherType === '0x8035' ? 'rarp' : 'arp');
  else if (!isMissing(protocol)) parts.push(formatProtocol(protocol));
  else if (!isMissing(fields.etherType) && isMissing(src)) parts.push(`ethertype ${formatHex16(Number(fields.etherType))}`);
  if (!isMissing(src) && !isMissing(dst))
    parts.push(formatEnd(src as string, fields.srcPort), '>', formatEnd(dst as string, fields.dstPort));
  else if (!isMissing(src) || !isMissing(dst)) return null;
  if (!isMissing(fields.spi)) parts.push(`spi ${formatHex32(fields.spi as number)}`);
  const icmp = fields.icmp as { type?: unknown; code?: unknown; id?: unknown } | null | undefined;
  for (const name of ['type', 'code', 'id'] as const) if (!isMissing(icmp?.[name])) parts.push(`${name} ${String(icmp[name] as number)}`);
  if (!isMissing(fields.arpOpcode)) parts.push(`op ${String(fields.arpOpcode as number)}`);
  if (!isMissing(fields.fragment)) parts.push(`frag ${fields.fragment as string}`);
  if (!isMissing(fields.flowLabel) && fields.flowLabel !== 0) parts.push(`label 0x${(fields.flowLabel as number).toString(16)}`);
  if (!isMissing(fields.nextHeader) && needsNextHeader(fields)) parts.push(`next ${String(fields.nextHeader as number)}`);
  tcis.forEach((tci, i) => {
    parts.push(tci > 0xfff ? `tci ${formatHex16(tci)}` : `vlan ${tci}`);
    const tpid = (fields.tpids as readonly number[] | null | undefined)?.[i];
    if (!isMissing(tpid) && Number(tpid) !== 0x8100) parts.push(`tpid ${formatHex16(Number(tpid))}`);
  });
  if (!isMissing(fields.srcMac)) parts.push(`smac ${fields.srcMac as string}`);
  if (!isMissing(fields.dstMac)) parts.push(`dmac ${fields.dstMac as string}`);
  if (fields.tagInFrame === true) parts.push('inframe');
  return addInner(fields, parts);
}

function addInner(fields: FlowFieldsInput, parts: string[]): string | null {
  const tunnel = fields.tunnel as { type?: string; id?: unknown; inner?: unknown; payload?: unknown; state?: unknown } | null | undefined;
  if (!isMissing(tunnel)) {
    const { type = '', id, inner } = tunnel;
    if (!SPOKEN_TUNNELS.has(type) || !isMissing(id) || isMissing(inner) || !isMissing(tunnel.payload) || !isMissing(tunnel.state))
      return null;
    const carried = formatSpec(inner as FlowFieldsInput);
    return carried === null ? null : [...parts, 'carrying', carried].join(' ');
  }
  if (!isMissing(fields.quoted)) {
    const quoted = formatSpec(fields.quoted as FlowFieldsInput);
    return quoted === null ? null : [...parts, 'quoting', quoted].join(' ');
  }
  return parts.join(' ');
}

function formatProtocol(protocol: unknown): string {
  if (typeof protocol === 'string' && protocolNumber(protocol) >= 0) return protocol;
  return `proto ${String(protocol as number)}`;
}

function formatEnd(address: string, port: unknown): string {
  if (isMissing(port)) return address.includes(':') ? `[${address}]` : address;
  return `${address.includes(':') ? `[${address}]` : address}:${String(port as number)}`;
}

/** The next header of the fixed header is said only where it is not the protocol itself. */
function needsNextHeader(fields: FlowFieldsInput): boolean {
  const { protocol, nextHeader, fragment } = fields;
  const number = typeof protocol === 'string' ? protocolNumber(protocol) : protocol;
  return isMissing(fragment) ? nextHeader !== number : nextHeader !== 44;
}
