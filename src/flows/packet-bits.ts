/**
 * The header fields of one packet as bits, in the order they stand on the wire, and a packet with one of them turned.
 * A field is named by its path in the published address fields: `srcMac`, `tcis.0`, `tunnel.inner.dst` …
 */
import { formatHex16, formatHex32, formatIpv4, formatIpv6, formatMac, parseIpv4, parseIpv6, parseMac } from '../base/addresses.ts';
import { asNumber, isMissing } from './field-values.ts';
import type { FlowFieldsInput } from './flow-field-types.ts';
import { nameProtocol, protocolNumber } from './protocol-names.ts';

export interface PacketBits {
  readonly path: string;
  /** In words: "source MAC". */
  readonly label: string;
  /** As the packet's text has it. */
  readonly text: string;
  /** '0' and '1', most significant first: as the bytes stand on the wire. */
  readonly bits: string;
}

interface FieldKind {
  readonly name: string;
  readonly label: string;
  read(value: unknown): string | null;
  write(bits: string): unknown;
}

const words = new Uint32Array(4);

const macKind = { read: readMac, write: (bits: string): unknown => formatMac(toNumber(bits.slice(0, 16)), toNumber(bits.slice(16))) };
const addressKind = { read: readAddress, write: writeAddress };
const numberKind = (width: number): { read(value: unknown): string | null; write(bits: string): unknown } => ({
  read: (value) => {
    const number = asNumber(value);
    return number < 0 || number >= 2 ** width ? null : number.toString(2).padStart(width, '0');
  },
  write: toNumber,
});
const protocolKind = {
  read: (value: unknown): string | null => {
    const number = typeof value === 'string' && asNumber(value) < 0 ? protocolNumber(value.toLowerCase()) : asNumber(value);
    return number < 0 || number > 255 ? null : number.toString(2).padStart(8, '0');
  },
  write: (bits: string): unknown => nameProtocol(toNumber(bits)),
};
const hex16Kind = { read: numberKind(16).read, write: (bits: string): unknown => formatHex16(toNumber(bits)) };

/** In the order of the wire; tags stand between the MACs and the EtherType. */
const ETHERNET: readonly FieldKind[] = [
  { name: 'dstMac', label: 'destination MAC', ...macKind },
  { name: 'srcMac', label: 'source MAC', ...macKind },
  { name: 'tcis', label: 'tag', ...numberKind(16) },
  { name: 'etherType', label: 'EtherType', ...hex16Kind },
];
const NETWORK: readonly FieldKind[] = [
  { name: 'flowLabel', label: 'flow label', ...numberKind(20) },
  { name: 'protocol', label: 'protocol', ...protocolKind },
  { name: 'arpOpcode', label: 'ARP opcode', ...numberKind(16) },
  { name: 'src', label: 'source address', ...addressKind },
  { name: 'dst', label: 'destination address', ...addressKind },
  { name: 'srcPort', label: 'source port', ...numberKind(16) },
  { name: 'dstPort', label: 'destination port', ...numberKind(16) },
  { name: 'spi', label: 'SPI', ...numberKind(32) },
  { name: 'icmp.type', label: 'ICMP type', ...numberKind(8) },
  { name: 'icmp.code', label: 'ICMP code', ...numberKind(8) },
  { name: 'icmp.id', label: 'ICMP identifier', ...numberKind(16) },
];

/** Every field that the packet names, inner headers included. Fields that are not as they should be are left out. */
export function listPacketBits(fields: FlowFieldsInput): PacketBits[] {
  const found: PacketBits[] = [];
  addLayer(found, fields as Record<string, unknown>, '', '', [...ETHERNET, ...NETWORK]);
  return found;
}

function addLayer(found: PacketBits[], layer: Record<string, unknown>, path: string, prefix: string, kinds: readonly FieldKind[]): void {
  for (const kind of kinds) {
    if (kind.name === 'tcis') addTags(found, layer, path, prefix, kind);
    else add(found, path + kind.name, prefix + kind.label, kind, valueAt(layer, kind.name));
  }
  const quoted = layer.quoted;
  if (isObject(quoted)) addLayer(found, quoted, `${path}quoted.`, `${prefix}quoted `, NETWORK);
  const tunnel = layer.tunnel;
  if (isObject(tunnel) && isObject(tunnel.inner))
    addLayer(found, tunnel.inner, `${path}tunnel.inner.`, `${prefix}inner `, [...ETHERNET, ...NETWORK]);
}

function addTags(found: PacketBits[], layer: Record<string, unknown>, path: string, prefix: string, kind: FieldKind): void {
  const { tcis, vlans } = layer;
  const tags: readonly unknown[] = Array.isArray(tcis) ? tcis : Array.isArray(vlans) ? vlans : [];
  tags.forEach((tci, i) => add(found, `${path}tcis.${i}`, `${prefix}${tags.length > 1 ? `tag ${i + 1}` : 'tag'}`, kind, tci));
}

function add(found: PacketBits[], path: string, label: string, kind: FieldKind, value: unknown): void {
  if (isMissing(value)) return;
  const bits = kind.read(value);
  if (bits === null) return;
  const text =
    typeof value === 'number' && path.endsWith('spi') ? formatHex32(value) : typeof value === 'string' ? value : String(value as number);
  found.push({ path, label, text, bits });
}

/** The packet with one bit (0: the first of `bits`) of a field turned; null if the packet has no such field or bit. */
export function turnBit(fields: FlowFieldsInput, path: string, bit: number): FlowFieldsInput | null {
  const field = listPacketBits(fields).find((candidate) => candidate.path === path);
  if (field === undefined || !(bit >= 0 && bit < field.bits.length)) return null;
  const bits = field.bits.slice(0, bit) + (field.bits[bit] === '0' ? '1' : '0') + field.bits.slice(bit + 1);
  const name = path.replace(/^(?:quoted\.|tunnel\.inner\.)*/, '');
  const kind = [...ETHERNET, ...NETWORK].find(
    (candidate) => candidate.name === name || (candidate.name === 'tcis' && name.startsWith('tcis.')),
  );
  if (kind === undefined) return null;
  const steps = path.split('.');
  return setAt(fields as Record<string, unknown>, steps, kind.write(bits));
}

function setAt(holder: Record<string, unknown>, steps: readonly string[], value: unknown): Record<string, unknown> {
  const [step, ...rest] = steps;
  if (step === 'tcis' && rest.length === 1) {
    const { vlans, ...others } = holder;
    const tags = [...((Array.isArray(holder.tcis) ? holder.tcis : vlans) as unknown[])];
    tags[Number(rest[0])] = value;
    // The VLAN ids follow from the whole TCIs.
    return { ...others, tcis: tags };
  }
  if (rest.length === 0) return { ...holder, [step]: value };
  return { ...holder, [step]: setAt(holder[step] as Record<string, unknown>, rest, value) };
}

function valueAt(layer: Record<string, unknown>, name: string): unknown {
  const dot = name.indexOf('.');
  if (dot < 0) return layer[name];
  const holder = layer[name.slice(0, dot)];
  return isObject(holder) ? holder[name.slice(dot + 1)] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toNumber(bits: string): number {
  return Number.parseInt(bits, 2);
}

function readMac(value: unknown): string | null {
  if (typeof value !== 'string' || !parseMac(value, words)) return null;
  return words[0].toString(2).padStart(16, '0') + words[1].toString(2).padStart(32, '0');
}

function readAddress(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const count = parseIpv4(value, words) ? 1 : parseIpv6(value, words) ? 4 : 0;
  if (count === 0) return null;
  let bits = '';
  for (let byte = 0; byte < count * 4; byte++) bits += ((words[byte >> 2] >>> ((byte & 3) * 8)) & 0xff).toString(2).padStart(8, '0');
  return bits;
}

function writeAddress(bits: string): string {
  words.fill(0);
  for (let byte = 0; byte < bits.length / 8; byte++) {
    const value = toNumber(bits.slice(byte * 8, byte * 8 + 8));
    words[byte >> 2] = (words[byte >> 2] | (value << ((byte & 3) * 8))) >>> 0;
  }
  return bits.length === 32 ? formatIpv4(words[0]) : formatIpv6(words, 0);
}
