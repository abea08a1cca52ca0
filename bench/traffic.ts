/**
 * Seeded traffic of a LAG between two systems, as pcap files taken on each member at side a: both directions, LACPDUs
 * each second from both ends, every flow on the member that its sender's policy demands. For the benchmark and for tests.
 *
 * Side a sends by layer3+4, side b by layer2+3, both with the formulas of Linux 5.18 and later, written here apart from
 * src/hash so that the one checks the other. Flow sizes are skewed; every flow has at least one frame.
 */
export interface TrafficOptions {
  readonly seed: number;
  /** Flows of both directions together, rounded down to an even number: each pair is one conversation. */
  readonly flows: number;
  /** Members of the LAG: one file each. */
  readonly members: number;
  /** Bytes of all files together, within one per cent. At least one frame per flow is written, whatever this says. */
  readonly targetBytes: number;
  /** Captured bytes per frame at most; 0: whole frames. */
  readonly snapLength: number;
  /** Time from the first frame to the last, seconds. */
  readonly durationSeconds?: number;
}

/** What is known of the traffic. */
export interface TrafficTruth {
  /** All records, LACPDUs included. */
  packets: number;
  /** Original lengths of all records, summed. */
  bytes: number;
  capturedBytes: number;
  fileBytes: number;
  /** Flows of data, each with at least one frame. */
  flows: number;
  lacpdus: number;
  /** Data frames by direction and member: `ab[i]`, `ba[i]`. */
  ab: number[];
  ba: number[];
}

export const SIDE_A = { policy: 'layer3+4', bondMac: '02:00:00:0a:00:00' } as const;
export const SIDE_B = { policy: 'layer2+3', bondMac: '02:00:00:0b:00:00' } as const;
/** An era in which both formulas hold. */
export const KERNEL = '6.1';

const ROW = 80;
const CHUNK = 1 << 20;
const LARGEST_RECORD = 16 + 1514;
const START_SECONDS = 1_790_000_000;
const FRAME_SIZES = [66, 66, 90, 590, 1514, 1514, 1514, 1514];
const SERVER_PORTS = [443, 443, 80, 2049, 3260, 5201, 445, 6789];
const HOSTS_A = 4096;
const MACS_A = 61;
const SERVERS_B = 53;

/** xorshift32: small, fast, the same everywhere. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0 || 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function fold(hash: number): number {
  let folded = hash ^ (hash >>> 16);
  folded ^= folded >>> 8;
  return folded >>> 0;
}

/** One header per flow, and what must be patched in it for each frame. */
interface FlowRows {
  readonly header: Uint8Array;
  readonly headerLength: Uint8Array;
  /** Offset of the IP header; 0x80 is set for IPv6. */
  readonly network: Uint8Array;
  /** Offset of the UDP header, 0 for TCP. */
  readonly udp: Uint8Array;
  readonly member: Uint8Array;
}

function makeFlows(count: number, members: number, random: () => number): FlowRows {
  const header = new Uint8Array(count * ROW);
  const view = new DataView(header.buffer);
  const rows: FlowRows = {
    header,
    headerLength: new Uint8Array(count),
    network: new Uint8Array(count),
    udp: new Uint8Array(count),
    member: new Uint8Array(count),
  };
  const portOffset = Uint32Array.from({ length: HOSTS_A }, () => random() % 60_000);
  for (let pair = 0; pair < count / 2; pair++) {
    const host = pair % HOSTS_A;
    // 521 has no factor in common with 60,000: ports of one host repeat only after 60,000 conversations.
    const clientPort = 1024 + ((portOffset[host] + Math.floor(pair / HOSTS_A) * 521) % 60_000);
    const server = random() % SERVERS_B;
    const serverPort = SERVER_PORTS[random() % SERVER_PORTS.length];
    const kind = random();
    const isIpv6 = kind % 5 === 0;
    const isUdp = (kind >>> 8) % 4 === 0;
    const vlan = (kind >>> 16) % 4 === 0 ? 10 + ((kind >>> 24) % 3) : 0;
    for (let direction = 0; direction < 2; direction++) {
      const flow = pair * 2 + direction;
      const start = flow * ROW;
      const putMac = (at: number, side: number, station: number): void => {
        view.setUint32(start + at, 0x0200000a + side);
        // Station 0 is the bond itself, the others are machines behind it.
        view.setUint16(start + at + 4, station === 0 ? 0 : 0x0100 + station);
      };
      const stationA = host % MACS_A;
      putMac(0, 1 - direction, direction === 0 ? server : stationA);
      putMac(6, direction, direction === 0 ? stationA : server);
      let network = 14;
      if (vlan !== 0) {
        view.setUint16(start + 12, 0x8100);
        view.setUint16(start + 14, vlan);
        network = 18;
      }
      const etherType = isIpv6 ? 0x86dd : 0x0800;
      view.setUint16(start + network - 2, etherType);
      const l3 = start + network;
      const putAddress = (at: number, isA: boolean): void => {
        const low = isA ? (10 << 24) | (1 << 16) | host : (10 << 24) | (2 << 16) | server;
        if (isIpv6) {
          view.setUint32(at, 0xfd000000);
          view.setUint32(at + 4, isA ? 1 : 2);
          view.setUint32(at + 12, low);
        } else view.setUint32(at, low);
      };
      const protocol = isUdp ? 17 : 6;
      let l4: number;
      if (isIpv6) {
        view.setUint32(l3, 0x60000000);
        header[l3 + 6] = protocol;
        header[l3 + 7] = 64;
        putAddress(l3 + 8, direction === 0);
        putAddress(l3 + 24, direction === 1);
        l4 = network + 40;
      } else {
        header[l3] = 0x45;
        view.setUint16(l3 + 6, 0x4000);
        header[l3 + 8] = 64;
        header[l3 + 9] = protocol;
        putAddress(l3 + 12, direction === 0);
        putAddress(l3 + 16, direction === 1);
        l4 = network + 20;
      }
      view.setUint16(start + l4, direction === 0 ? clientPort : serverPort);
      view.setUint16(start + l4 + 2, direction === 0 ? serverPort : clientPort);
      if (!isUdp) {
        header[start + l4 + 12] = 0x50;
        header[start + l4 + 13] = 0x10;
      }
      rows.headerLength[flow] = l4 + (isUdp ? 8 : 20);
      rows.network[flow] = network | (isIpv6 ? 0x80 : 0);
      rows.udp[flow] = isUdp ? l4 : 0;

      let addresses = 0;
      for (let at = isIpv6 ? l3 + 8 : l3 + 12; at < start + l4; at += 4) addresses ^= view.getUint32(at, true);
      const ports = view.getUint32(start + l4, true);
      const ethernet = header[start + 5] ^ header[start + 11] ^ etherType;
      const hash = direction === 0 ? fold(ports ^ addresses) >>> 1 : fold(ethernet ^ addresses);
      rows.member[flow] = hash % members;
    }
  }
  return rows;
}

/** A LACPDU (IEEE 802.1AX-2020, 6.4.2.3) as both ends of a healthy LAG send it. `side`: 0 is a, 1 is b. */
function makeLacpdu(side: number, member: number): Uint8Array {
  const frame = new Uint8Array(124);
  const view = new DataView(frame.buffer);
  frame.set([0x01, 0x80, 0xc2, 0x00, 0x00, 0x02]);
  view.setUint32(6, 0x0200000a + side);
  view.setUint16(10, 0x0001 + member);
  view.setUint16(12, 0x8809);
  frame[14] = 1;
  frame[15] = 1;
  const putInformation = (at: number, type: number, of: number): void => {
    frame[at] = type;
    frame[at + 1] = 20;
    view.setUint16(at + 2, 65535);
    view.setUint32(at + 4, 0x0200000a + of);
    view.setUint16(at + 8, 0x0000);
    view.setUint16(at + 10, 15);
    view.setUint16(at + 12, 255);
    view.setUint16(at + 14, member + 1);
    frame[at + 16] = 0x3f;
  };
  putInformation(16, 1, side);
  putInformation(36, 2, 1 - side);
  frame[56] = 3;
  frame[57] = 16;
  return frame;
}

/** Collects records of one file and hands them on in large pieces. */
interface FileBuffer {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  length: number;
}

/** Generates the traffic; `write` gets pieces of the file of each member, in order, borrowed until it returns. */
export function generateTraffic(options: TrafficOptions, write: (member: number, piece: Uint8Array) => void): TrafficTruth {
  const { members, snapLength } = options;
  const random = createRandom(options.seed);
  const flowCount = Math.max(2, options.flows & ~1);
  const rows = makeFlows(flowCount, members, random);
  const largest = snapLength === 0 ? 65_535 : snapLength;
  const meanRecord = 16 + FRAME_SIZES.reduce((sum, size) => sum + Math.min(size, largest), 0) / FRAME_SIZES.length;
  const packets = Math.max(flowCount, Math.round(options.targetBytes / meanRecord));
  const stepNanos = Math.max(1, Math.floor(((options.durationSeconds ?? 20) * 1e9) / packets));
  const payload = new Uint8Array(8192);
  for (let i = 0; i < payload.length; i++) payload[i] = random();

  const truth: TrafficTruth = {
    packets: 0,
    bytes: 0,
    capturedBytes: 0,
    fileBytes: 24 * members,
    flows: flowCount,
    lacpdus: 0,
    ab: Array.from({ length: members }, () => 0),
    ba: Array.from({ length: members }, () => 0),
  };
  const files: FileBuffer[] = Array.from({ length: members }, () => {
    const bytes = new Uint8Array(CHUNK);
    const view = new DataView(bytes.buffer);
    // pcap header, microseconds, little-endian (draft-ietf-opsawg-pcap).
    view.setUint32(0, 0xa1b2c3d4, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(16, snapLength === 0 ? 262_144 : snapLength, true);
    view.setUint32(20, 1, true);
    return { bytes, view, length: 24 };
  });

  let seconds = START_SECONDS;
  let nanos = 0;
  /** Starts a record and returns the offset of its data. */
  const startRecord = (member: number, originalLength: number, capturedLength: number): number => {
    const file = files[member];
    if (CHUNK - file.length < LARGEST_RECORD) {
      write(member, file.bytes.subarray(0, file.length));
      file.length = 0;
    }
    const at = file.length;
    file.view.setUint32(at, seconds, true);
    file.view.setUint32(at + 4, Math.floor(nanos / 1000), true);
    file.view.setUint32(at + 8, capturedLength, true);
    file.view.setUint32(at + 12, originalLength, true);
    file.length = at + 16 + capturedLength;
    truth.packets++;
    truth.bytes += originalLength;
    truth.capturedBytes += capturedLength;
    truth.fileBytes += 16 + capturedLength;
    return at + 16;
  };
  const lacpdus = Array.from({ length: members }, (_, member) => [makeLacpdu(0, member), makeLacpdu(1, member)]);
  const writeLacpdus = (): void => {
    for (let member = 0; member < members; member++) {
      for (const frame of lacpdus[member]) {
        const captured = Math.min(frame.length, largest);
        const at = startRecord(member, frame.length, captured);
        files[member].bytes.set(frame.subarray(0, captured), at);
        truth.lacpdus++;
      }
    }
  };

  writeLacpdus();
  let seen = 0;
  for (let packet = 0; packet < packets; packet++) {
    // New flows appear evenly over the capture; the rest goes to flows seen before, the early ones more often.
    let flow: number;
    if (seen < flowCount && seen * packets <= packet * flowCount) flow = seen++;
    else {
      const share = random() / 0x1_0000_0000;
      flow = Math.floor(seen * share * share);
    }
    const headerLength = rows.headerLength[flow];
    const size = Math.max(headerLength, FRAME_SIZES[random() & 7]);
    const captured = size < largest ? size : largest;
    const member = rows.member[flow];
    const at = startRecord(member, size, captured);
    const { bytes, view } = files[member];
    const row = flow * ROW;
    for (let i = 0; i < headerLength; i++) bytes[at + i] = rows.header[row + i];
    const network = rows.network[flow] & 0x7f;
    if (rows.network[flow] & 0x80) view.setUint16(at + network + 4, size - network - 40);
    else view.setUint16(at + network + 2, size - network);
    const udp = rows.udp[flow];
    if (udp !== 0) view.setUint16(at + udp + 4, size - udp);
    if (captured > headerLength) {
      const from = random() & 4095;
      bytes.set(payload.subarray(from, from + captured - headerLength), at + headerLength);
    }
    if ((flow & 1) === 0) truth.ab[member]++;
    else truth.ba[member]++;

    nanos += stepNanos;
    if (nanos >= 1e9) {
      nanos -= 1e9;
      seconds++;
      writeLacpdus();
    }
  }
  for (let member = 0; member < members; member++) write(member, files[member].bytes.subarray(0, files[member].length));
  return truth;
}
