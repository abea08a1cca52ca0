/** Small builders for captures as bytes. Numbers are written in the byte order asked for. */

export interface BuiltRecord {
  readonly seconds: number;
  /** Microseconds or nanoseconds, as the file's resolution. */
  readonly fraction: number;
  readonly data: Uint8Array;
  /** Defaults to the length of `data`. */
  readonly original?: number;
}

export interface PcapOptions {
  readonly little?: boolean;
  readonly nanos?: boolean;
  readonly linkType?: number;
  readonly snapLength?: number;
  readonly magic?: number;
  readonly major?: number;
  readonly minor?: number;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** `count` bytes that differ from their neighbours. */
export function patternBytes(count: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => (i * 7 + seed * 13) & 0xff);
}

export function buildWords(little: boolean, ...fields: readonly (readonly [bytes: 1 | 2 | 4, value: number])[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 1) view.setUint8(at, value);
    else if (size === 2) view.setUint16(at, value, little);
    else view.setUint32(at, value >>> 0, little);
    at += size;
  }
  return bytes;
}

export function buildPcapHeader(options: PcapOptions = {}): Uint8Array {
  const { little = true, nanos = false, linkType = 1, snapLength = 65535, major = 2, minor = 4 } = options;
  const magic = options.magic ?? (nanos ? 0xa1b23c4d : 0xa1b2c3d4);
  return buildWords(little, [4, magic], [2, major], [2, minor], [4, 0], [4, 0], [4, snapLength], [4, linkType]);
}

export function buildPcapRecord(record: BuiltRecord, little = true): Uint8Array {
  const { seconds, fraction, data, original = data.length } = record;
  return concatBytes(buildWords(little, [4, seconds], [4, fraction], [4, data.length], [4, original]), data);
}

export function buildPcap(records: readonly BuiltRecord[], options: PcapOptions = {}): Uint8Array<ArrayBuffer> {
  return concatBytes(buildPcapHeader(options), ...records.map((record) => buildPcapRecord(record, options.little ?? true)));
}

/** A LINUX_SLL2 header (20 bytes) and what follows it. */
export function buildSll2(ifIndex: number, payload: Uint8Array, packetType = 0): Uint8Array {
  const header = buildWords(false, [2, 0x0800], [2, 0], [4, ifIndex], [2, 1], [1, packetType], [1, 6], [4, 0x02000000], [4, 0]);
  return concatBytes(header, payload);
}

/** Some records of various lengths, the first of length 0 and some cut by a snap length. */
export function someRecords(count: number, unitsPerSecond: number): BuiltRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const data = patternBytes(i === 0 ? 0 : 14 + ((i * 37) % 200), i);
    return { seconds: 1_700_000_000 + i, fraction: (i * 123_457_001) % unitsPerSecond, data, original: data.length + (i % 3 === 1 ? 1000 : 0) };
  });
}
