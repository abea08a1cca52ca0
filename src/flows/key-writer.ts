/** A flow key row under construction, and the readers of its fields. The first trouble found is kept. */
import { parseIpv4, parseIpv6, parseMac } from '../base/addresses.ts';
import { FRAGMENT_FIRST, FRAGMENT_LATER, FRAGMENT_NONE } from '../decoder/flow-key.ts';
import { asList, asNumber, isMissing } from './field-values.ts';
import type { FlowFieldsInput } from './flow-field-types.ts';
import { protocolNames, protocolNumber } from './protocol-names.ts';

const MAX_TAGS = 7;
const ETHERTYPES: Readonly<Record<string, number>> = { ipv4: 0x0800, ip: 0x0800, arp: 0x0806, rarp: 0x8035, ipv6: 0x86dd };

/** A row under construction. The first trouble found is kept; later words do not matter then. */
export interface Writer {
  readonly out: Uint32Array;
  at: number;
  readonly limit: number;
  trouble: string | null;
}

/** Words of the address that `readAddress` read last. */
export const address = new Uint32Array(4);
const mac = new Uint32Array(2);

export function refuse(writer: Writer, trouble: string): void {
  writer.trouble ??= trouble;
}

export function put(writer: Writer, word: number): number {
  if (writer.at >= writer.limit) {
    refuse(writer, 'too many headers for one packet');
    return writer.limit - 1;
  }
  writer.out[writer.at] = word;
  return writer.at++;
}

/** A whole number in [0, max], or `missing` where the field is absent. */
export function readNumber(writer: Writer, value: unknown, name: string, max: number, missing: number): number {
  if (isMissing(value)) return missing;
  const number = asNumber(value);
  if (number < 0 || number > max) {
    refuse(writer, `${name}: ${JSON.stringify(value)} is not a whole number from 0 to ${max}`);
    return missing;
  }
  return number;
}

export function readMac(writer: Writer, value: unknown, name: string): void {
  mac[0] = mac[1] = 0;
  if (isMissing(value)) return;
  if (typeof value !== 'string' || !parseMac(value, mac))
    refuse(writer, `${name}: ${JSON.stringify(value)} is not a MAC address like 02:00:00:00:00:11`);
}

/** IP version of an address text, with the words in `address`; 0 if absent. */
export function readAddress(writer: Writer, value: unknown, name: string): number {
  if (isMissing(value)) return 0;
  if (typeof value === 'string') {
    if (parseIpv4(value, address)) return 4;
    if (parseIpv6(value, address)) return 6;
  }
  refuse(writer, `${name}: ${JSON.stringify(value)} is not an IPv4 or IPv6 address`);
  return 0;
}

/** EtherType as number, 0 if absent. */
export function readEtherType(writer: Writer, value: unknown): number {
  if (isMissing(value)) return 0;
  if (typeof value === 'string') {
    const named = ETHERTYPES[value.toLowerCase()];
    if (named !== undefined) return named;
  }
  return readNumber(writer, value, 'etherType', 0xffff, 0);
}

/** Protocol number, -1 if absent, -2 for ARP. */
export function readProtocol(writer: Writer, value: unknown): number {
  if (isMissing(value)) return -1;
  if (typeof value === 'string') {
    const name = value.toLowerCase();
    if (name === 'arp' || name === 'rarp') return -2;
    const number = protocolNumber(name);
    if (number >= 0) return number;
    if (asNumber(value) < 0) {
      refuse(writer, `protocol: ${JSON.stringify(value)} is unknown; use a number or one of ${protocolNames().join(', ')}, arp`);
      return -1;
    }
  }
  return readNumber(writer, value, 'protocol', 255, -1);
}

export function writeMacs(writer: Writer, fields: FlowFieldsInput): void {
  readMac(writer, fields.dstMac, 'dstMac');
  const dstHi = mac[0];
  const dstLo = mac[1];
  readMac(writer, fields.srcMac, 'srcMac');
  put(writer, ((dstHi << 16) | (dstLo >>> 16)) >>> 0);
  put(writer, ((dstLo << 16) | mac[0]) >>> 0);
  put(writer, mac[1]);
}

/** Writes the tag words and returns their number. */
export function writeTags(writer: Writer, fields: FlowFieldsInput): number {
  const vlans = asList(fields.vlans);
  const tcis = asList(fields.tcis);
  const tpids = asList(fields.tpids);
  if (vlans === null || tcis === null || tpids === null) {
    refuse(writer, 'vlans, tcis and tpids are lists of numbers, outermost tag first');
    return 0;
  }
  const count = Math.max(vlans.length, tcis.length);
  if (count > MAX_TAGS) refuse(writer, `at most ${MAX_TAGS} tags`);
  if (vlans.length > 0 && tcis.length > 0 && vlans.length !== tcis.length) refuse(writer, 'vlans and tcis differ in length');
  if (tpids.length > count) refuse(writer, 'more tpids than tags');
  for (let tag = 0; tag < count && writer.trouble === null; tag++) {
    const vlan = readNumber(writer, vlans[tag], `vlans[${tag}]`, 0xfff, -1);
    const tci = readNumber(writer, tcis[tag], `tcis[${tag}]`, 0xffff, vlan);
    if (vlan >= 0 && (tci & 0xfff) !== vlan) refuse(writer, `tcis[${tag}]: the VLAN id ${tci & 0xfff} is not vlans[${tag}] = ${vlan}`);
    if (tci < 0) refuse(writer, `vlans[${tag}] is missing`);
    const tpid = readNumber(writer, tpids[tag], `tpids[${tag}]`, 0xffff, 0x8100);
    put(writer, ((tpid << 16) | tci) >>> 0);
  }
  return count;
}

export function versionOf(writer: Writer, fields: FlowFieldsInput): number {
  const src = readAddress(writer, fields.src, 'src');
  const dst = readAddress(writer, fields.dst, 'dst');
  if (src === 0 && dst !== 0) refuse(writer, 'src is missing: an address needs its counterpart');
  if (dst === 0 && src !== 0) refuse(writer, 'dst is missing: an address needs its counterpart');
  if (src !== dst) refuse(writer, `src is IPv${src}, dst is IPv${dst}: one packet has one IP version`);
  return src;
}

export function writeAddresses(writer: Writer, fields: FlowFieldsInput, version: number): void {
  const words = version === 4 ? 1 : 4;
  for (const name of ['src', 'dst'] as const) {
    readAddress(writer, fields[name], name);
    for (let word = 0; word < words; word++) put(writer, address[word]);
  }
}

export function readFragment(writer: Writer, value: unknown): number {
  if (isMissing(value) || value === false || value === 'none') return FRAGMENT_NONE;
  if (value === 'first') return FRAGMENT_FIRST;
  if (value === 'later') return FRAGMENT_LATER;
  refuse(writer, `fragment: ${JSON.stringify(value)} is neither "first" nor "later" nor null`);
  return FRAGMENT_NONE;
}
