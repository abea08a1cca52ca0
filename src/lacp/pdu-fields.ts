import { ETHER_TYPE_SLOW, isTagType } from '../decoder/ether-types.ts';
import { LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2 } from '../decoder/link-types.ts';
import { stateBits } from './lacpdu.ts';
import { macText, uint16At } from './system-id.ts';

/** A piece of a captured frame in words: bytes `offsetBytes` to `offsetBytes + lengthBytes` of the record. */
export interface PduField {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly label: string;
  readonly value: string;
  /** True for a heading (a TLV): the fields after it lie within its bytes. */
  readonly group?: boolean;
}

const TLV_NAMES: Readonly<Record<number, string>> = {
  0: 'Terminator',
  1: 'Actor',
  2: 'Partner',
  3: 'Collector',
  // Version 2 (IEEE 802.1AX-2020 6.4.2.4).
  4: 'Port Algorithm',
  5: 'Port Conversation ID Digest',
  6: 'Port Conversation Mask-1',
  7: 'Port Conversation Mask-2',
  8: 'Port Conversation Mask-3',
  9: 'Port Conversation Mask-4',
  10: 'Port Conversation Service Mapping Digest',
};

/**
 * The fields of a captured LACPDU with their places, for reading it byte by byte (IEEE 802.1AX-2020 6.4.2.3, integers
 * with the high byte first). What the capture cut is left out; what is not understood is shown as bytes.
 */
export function describePduFields(bytes: Uint8Array, linkType: number): PduField[] {
  const fields: PduField[] = [];
  const add = (offsetBytes: number, lengthBytes: number, label: string, value: (at: number) => string): void => {
    if (offsetBytes + lengthBytes <= bytes.length) fields.push({ offsetBytes, lengthBytes, label, value: value(offsetBytes) });
  };
  const mac = (at: number): string => macText(bytes, at);
  const number = (at: number): string => String(uint16At(bytes, at));
  const type = (at: number): string => `0x${uint16At(bytes, at).toString(16).padStart(4, '0')}`;

  let typeAt = 12;
  let at = 14;
  if (linkType === LINKTYPE_LINUX_SLL) {
    add(
      0,
      2,
      'Packet type',
      packetType((p) => uint16At(bytes, p)),
    );
    add(6, 6, 'Source', mac);
    [typeAt, at] = [14, 16];
  } else if (linkType === LINKTYPE_LINUX_SLL2) {
    add(4, 4, 'Interface index', (p) => String(uint16At(bytes, p) * 0x10000 + uint16At(bytes, p + 2)));
    add(
      10,
      1,
      'Packet type',
      packetType((p) => bytes[p]),
    );
    add(12, 6, 'Source', mac);
    [typeAt, at] = [0, 20];
  } else {
    add(0, 6, 'Destination', mac);
    add(6, 6, 'Source', mac);
  }
  add(typeAt, 2, 'EtherType', type);
  let etherType = typeAt + 2 <= bytes.length ? uint16At(bytes, typeAt) : 0;
  while (isTagType(etherType) && at + 4 <= bytes.length) {
    add(at, 2, 'Tag', (p) => `VLAN ${uint16At(bytes, p) & 0xfff}, priority ${bytes[p] >> 5}`);
    add(at + 2, 2, 'EtherType', type);
    etherType = uint16At(bytes, at + 2);
    at += 4;
  }
  if (etherType !== ETHER_TYPE_SLOW) return fields;
  add(at, 1, 'Subtype', (p) => `${bytes[p]}${bytes[p] === 1 ? ' (LACP)' : ''}`);
  add(at + 1, 1, 'Version', (p) => String(bytes[p]));
  addTlvs(fields, bytes, at + 2, add, { mac, number });
  return fields;
}

type Add = (offsetBytes: number, lengthBytes: number, label: string, value: (at: number) => string) => void;

function addTlvs(
  fields: PduField[],
  bytes: Uint8Array,
  start: number,
  add: Add,
  { mac, number }: { mac: (at: number) => string; number: (at: number) => string },
): void {
  let at = start;
  while (at + 2 <= bytes.length) {
    const type = bytes[at];
    const length = bytes[at + 1];
    const name = TLV_NAMES[type] ?? `TLV ${type}`;
    const room = Math.min(length, bytes.length - at);
    const whole = type === 0 ? 2 : Math.max(2, room);
    fields.push({ offsetBytes: at, lengthBytes: whole, label: name, value: describeLength(type, length, room), group: true });
    if (type === 0) {
      const rest = bytes.length - at - 2;
      if (rest > 0) fields.push({ offsetBytes: at + 2, lengthBytes: rest, label: 'Padding', value: padding(bytes, at + 2) });
      return;
    }
    if (length < 2) return;
    if (type === 1 || type === 2) {
      add(at + 2, 2, 'System priority', number);
      add(at + 4, 6, 'System', mac);
      add(at + 10, 2, 'Key', number);
      add(at + 12, 2, 'Port priority', number);
      add(at + 14, 2, 'Port', number);
      add(at + 16, 1, 'State', (p) => `0x${bytes[p].toString(16).padStart(2, '0')} ${stateBits(bytes[p]).join(', ')}`.trim());
      add(at + 17, 3, 'Reserved', (p) => hexOf(bytes, p, 3));
    } else if (type === 3) {
      add(at + 2, 2, 'Max delay', (p) => `${number(p)} (in 10 µs)`);
      add(at + 4, 12, 'Reserved', (p) => padding(bytes.subarray(0, p + 12), p));
    } else if (room > 2) add(at + 2, room - 2, 'Content', (p) => hexOf(bytes, p, room - 2));
    at += length;
  }
}

function describeLength(type: number, length: number, room: number): string {
  const said = `type ${type}, length ${length}`;
  if (length < 2 && type !== 0) return `${said}: less than its own type and length`;
  return room < length ? `${said}: ${length - room} bytes are not in the capture` : said;
}

function padding(bytes: Uint8Array, at: number): string {
  const zeros = bytes.subarray(at).every((byte) => byte === 0);
  return zeros ? 'all zero' : hexOf(bytes, at, bytes.length - at);
}

function hexOf(bytes: Uint8Array, at: number, length: number): string {
  const shown = Math.min(length, 24);
  const text = Array.from(bytes.subarray(at, at + shown), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return length > shown ? `${text} …` : text;
}

/** Packet types of Linux cooked captures (LINKTYPE_LINUX_SLL). */
function packetType(read: (at: number) => number): (at: number) => string {
  const names = ['to us', 'broadcast', 'multicast', 'to somebody else', 'sent by us'];
  return (at) => `${read(at)}${names[read(at)] === undefined ? '' : ` (${names[read(at)]})`}`;
}
