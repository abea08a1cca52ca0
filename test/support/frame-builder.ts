/** Bytes of headers for tests, outermost first: `frame(eth({ type: 0x0800 }), ipv4({ … }, payload))`. Numbers are big-endian as on the wire. */

export function bytesOf(...parts: readonly (number | readonly number[] | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part])));
}

export function u16(value: number): number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

export function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value & 0xffff)];
}

export function mac(text: string): number[] {
  return text.split(':').map((byte) => Number.parseInt(byte, 16));
}

export function hex(text: string): Uint8Array {
  return Uint8Array.from(text.replaceAll(/[^0-9a-f]/gi, '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

export const DST = '02:b0:00:00:00:0b';
export const SRC = '02:a0:00:00:00:0a';

export interface EthernetFields {
  readonly dst?: string;
  readonly src?: string;
  /** [TPID, TCI] from the outermost on. */
  readonly tags?: readonly (readonly [number, number])[];
}

export function ethernet(type: number, payload: Uint8Array, fields: EthernetFields = {}): Uint8Array {
  const tags = (fields.tags ?? []).flatMap(([tpid, tci]) => [...u16(tpid), ...u16(tci)]);
  return bytesOf(mac(fields.dst ?? DST), mac(fields.src ?? SRC), tags, u16(type), payload);
}

export interface Ipv4Fields {
  readonly src?: readonly number[];
  readonly dst?: readonly number[];
  /** Flags and fragment offset, 16 bits. */
  readonly fragment?: number;
  readonly total?: number;
  readonly options?: Uint8Array;
  /** Words; as the header is long if absent. */
  readonly ihl?: number;
  readonly version?: number;
}

export function ipv4(protocol: number, payload: Uint8Array, fields: Ipv4Fields = {}): Uint8Array {
  const options = fields.options ?? new Uint8Array(0);
  const ihl = fields.ihl ?? 5 + options.length / 4;
  return bytesOf(
    ((fields.version ?? 4) << 4) | ihl,
    0,
    u16(fields.total ?? 20 + options.length + payload.length),
    u16(1),
    u16(fields.fragment ?? 0),
    64,
    protocol,
    u16(0),
    fields.src ?? [10, 0, 0, 11],
    fields.dst ?? [10, 0, 0, 21],
    options,
    payload,
  );
}

export interface Ipv6Fields {
  readonly src?: Uint8Array;
  readonly dst?: Uint8Array;
  readonly label?: number;
  readonly payloadLength?: number;
  readonly version?: number;
}

export const IPV6_SRC = hex('fd00 0108 0000 0000 0000 0000 0000 0014');
export const IPV6_DST = hex('fd00 0108 0000 0000 0000 0000 0000 0024');

export function ipv6(nextHeader: number, payload: Uint8Array, fields: Ipv6Fields = {}): Uint8Array {
  return bytesOf(
    u32(((fields.version ?? 6) * 0x10000000 + (fields.label ?? 0)) >>> 0),
    u16(fields.payloadLength ?? payload.length),
    nextHeader,
    64,
    fields.src ?? IPV6_SRC,
    fields.dst ?? IPV6_DST,
    payload,
  );
}

/** An IPv6 extension header of 8 bytes (hop-by-hop, routing, destination options). */
export function extension(nextHeader: number, payload: Uint8Array, units = 0): Uint8Array {
  return bytesOf(nextHeader, units, new Uint8Array(6 + units * 8), payload);
}

export function ipv6Fragment(nextHeader: number, offset: number, more: boolean, payload: Uint8Array): Uint8Array {
  return bytesOf(nextHeader, 0, u16((offset << 3) | (more ? 1 : 0)), u32(77), payload);
}

export function tcp(sourcePort: number, destinationPort: number, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  return bytesOf(u16(sourcePort), u16(destinationPort), u32(1), u32(2), 0x50, 0x10, u16(1000), u16(0), u16(0), payload);
}

export function udp(sourcePort: number, destinationPort: number, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  return bytesOf(u16(sourcePort), u16(destinationPort), u16(8 + payload.length), u16(0), payload);
}

/** `rest`: the second word of the header (identifier and sequence number, or unused). */
export function icmp(type: number, code: number, rest: number, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  return bytesOf(type, code, u16(0), u32(rest), payload);
}

export function gre(flags: number, type: number, fields: readonly number[], payload: Uint8Array): Uint8Array {
  return bytesOf(u16(flags), u16(type), fields, payload);
}

export function arp(opcode: number, sender: readonly number[], target: readonly number[]): Uint8Array {
  return bytesOf(u16(1), u16(0x0800), 6, 4, u16(opcode), mac(SRC), sender, mac(DST), target);
}

export function padTo(frame: Uint8Array, length: number, fill = 0): Uint8Array {
  const padded = new Uint8Array(Math.max(length, frame.length)).fill(fill);
  padded.set(frame);
  return padded;
}
