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
    return {
      seconds: 1_700_000_000 + i,
      fraction: (i * 123_457_001) % unitsPerSecond,
      data,
      original: data.length + (i % 3 === 1 ? 1000 : 0),
    };
  });
}

export interface BuiltOption {
  readonly code: number;
  readonly value: Uint8Array;
}

export function buildOptions(options: readonly BuiltOption[], little = true): Uint8Array {
  if (options.length === 0) return new Uint8Array(0);
  return concatBytes(
    ...options.map(({ code, value }) => concatBytes(buildWords(little, [2, code], [2, value.length]), padTo4(value))),
    buildWords(little, [2, 0], [2, 0]),
  );
}

function padTo4(bytes: Uint8Array): Uint8Array {
  return concatBytes(bytes, new Uint8Array(-bytes.length & 3));
}

export function buildBlock(type: number, body: Uint8Array, little = true): Uint8Array {
  const padded = padTo4(body);
  const total = padded.length + 12;
  return concatBytes(buildWords(little, [4, type], [4, total]), padded, buildWords(little, [4, total]));
}

export function buildSection(little = true, major = 1, minor = 0): Uint8Array {
  const unknownLength = [4, 0xffffffff] as const;
  return buildBlock(0x0a0d0d0a, buildWords(little, [4, 0x1a2b3c4d], [2, major], [2, minor], unknownLength, unknownLength), little);
}

export function buildInterface(linkType: number, snapLength: number, options: readonly BuiltOption[] = [], little = true): Uint8Array {
  return buildBlock(1, concatBytes(buildWords(little, [2, linkType], [2, 0], [4, snapLength]), buildOptions(options, little)), little);
}

export interface BuiltPacket {
  readonly interface: number;
  /** In units of the interface. */
  readonly time: bigint;
  readonly data: Uint8Array;
  readonly original?: number;
  readonly options?: readonly BuiltOption[];
}

export function buildEnhancedPacket(packet: BuiltPacket, little = true): Uint8Array {
  const { time, data, original = data.length, options = [] } = packet;
  const head = buildWords(
    little,
    [4, packet.interface],
    [4, Number(time >> 32n)],
    [4, Number(time & 0xffffffffn)],
    [4, data.length],
    [4, original],
  );
  return buildBlock(6, concatBytes(head, padTo4(data), buildOptions(options, little)), little);
}

export function buildObsoletePacket(packet: BuiltPacket, little = true): Uint8Array {
  const { time, data, original = data.length, options = [] } = packet;
  const head = buildWords(
    little,
    [2, packet.interface],
    [2, 0xffff],
    [4, Number(time >> 32n)],
    [4, Number(time & 0xffffffffn)],
    [4, data.length],
    [4, original],
  );
  return buildBlock(2, concatBytes(head, padTo4(data), buildOptions(options, little)), little);
}

export function buildSimplePacket(original: number, data: Uint8Array, little = true): Uint8Array {
  return buildBlock(3, concatBytes(buildWords(little, [4, original]), data), little);
}

/** Interface statistics with drops by the interface and by the operating system. */
export function buildStatistics(interfaceId: number, interfaceDrops: number, systemDrops: number, little = true): Uint8Array {
  const count = (value: number): Uint8Array => (little ? buildWords(true, [4, value], [4, 0]) : buildWords(false, [4, 0], [4, value]));
  const options = buildOptions(
    [
      { code: 5, value: count(interfaceDrops) },
      { code: 7, value: count(systemDrops) },
    ],
    little,
  );
  return buildBlock(5, concatBytes(buildWords(little, [4, interfaceId], [4, 0], [4, 0]), options), little);
}

/** A file with two sections of different byte order, four interfaces, every kind of packet block and unknown blocks. */
export function buildMixedPcapng(packets: number): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (const little of [true, false]) {
    const nanos = { code: 9, value: Uint8Array.of(9) };
    const name = { code: 2, value: new TextEncoder().encode(little ? 'eth0' : 'enp3s0f1') };
    parts.push(buildSection(little), buildInterface(1, 65535, [name, nanos], little), buildInterface(276, 0, [], little));
    for (let i = 0; i < packets; i++) {
      const data = patternBytes(14 + ((i * 29) % 150), i);
      const time = 1_700_000_000_000_000_000n + BigInt(i) * 1_234_567n;
      const flags = { code: 2, value: buildWords(little, [4, 1 + (i % 2)]) };
      if (i % 7 === 0) parts.push(buildBlock(0x0bad, patternBytes(i % 50), little));
      if (i % 5 === 0) parts.push(buildSimplePacket(data.length + 5, data, little));
      else if (i % 5 === 1) parts.push(buildEnhancedPacket({ interface: 1, time: time / 1000n, data: buildSll2(i % 3, data) }, little));
      else if (i % 5 === 2) parts.push(buildObsoletePacket({ interface: 0, time, data, options: [flags] }, little));
      else parts.push(buildEnhancedPacket({ interface: 0, time, data, original: 1500, options: i % 2 ? [flags] : [] }, little));
    }
    parts.push(buildStatistics(0, 3, 4, little), buildStatistics(1, 10, 0, little), buildStatistics(0, 5, 6, little));
  }
  return concatBytes(...parts);
}
