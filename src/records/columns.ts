import { isIpAddress } from './addresses.ts';
import { ETHERNET_HEADER_BYTES, packetFields, readCount } from './flow-record.ts';
import type { ColumnMap, FlowRecord, RecordGap } from './flow-record.ts';
import { readTime } from './read-times.ts';

/** Fields that a column can hold, and the names that common tools give it (lower case, without separators). */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  src: [
    'src',
    'sa',
    'srcaddr',
    'srcip',
    'sourceip',
    'sourceaddress',
    'ipsrc',
    'iporigh',
    'idorigh',
    'sourceipv4address',
    'sourceipv6address',
    'saddr',
    'source',
  ],
  dst: [
    'dst',
    'da',
    'dstaddr',
    'dstip',
    'destinationip',
    'destinationaddress',
    'ipdst',
    'idresph',
    'destinationipv4address',
    'destinationipv6address',
    'daddr',
    'destination',
  ],
  srcPort: ['srcport', 'sp', 'sport', 'sourceport', 'sourcetransportport', 'idorigp', 'spt'],
  dstPort: ['dstport', 'dp', 'dport', 'destinationport', 'destinationtransportport', 'idrespp', 'dpt'],
  protocol: ['protocol', 'pr', 'proto', 'protocolidentifier', 'ipprotocol', 'transport'],
  packets: ['packets', 'ipkt', 'inpackets', 'packetdeltacount', 'packettotalcount', 'pkts', 'inpkts', 'origpkts'],
  bytes: ['bytes', 'ibyt', 'inbytes', 'octetdeltacount', 'octettotalcount', 'octets', 'length', 'origipbytes'],
  first: [
    'first',
    'ts',
    'firsttime',
    'firstseen',
    'start',
    'starttime',
    'begin',
    'flowstartmilliseconds',
    'flowstartseconds',
    'flowstart',
    'time',
  ],
  last: ['last', 'te', 'lasttime', 'lastseen', 'end', 'endtime', 'flowendmilliseconds', 'flowendseconds', 'flowend'],
  duration: ['duration', 'td', 'dur'],
  srcMac: ['srcmac', 'ismc', 'insrcmac', 'sourcemac', 'sourcemacaddress', 'origl2addr', 'ethsrc'],
  dstMac: ['dstmac', 'odmc', 'outdstmac', 'destinationmac', 'destinationmacaddress', 'respl2addr', 'ethdst'],
  vlan: ['vlan', 'svln', 'vlanid', 'srcvlan', 'dot1qvlanid'],
  icmpType: ['icmptype', 'icmptypeipv4', 'icmptypeipv6'],
  icmpCode: ['icmpcode', 'icmpcodeipv4', 'icmpcodeipv6'],
  icmpId: ['icmpid'],
  flowLabel: ['flowlabel', 'ipv6flowlabel', 'flowlabelipv6'],
  fragment: ['fragment'],
};

export const RECORD_FIELDS: readonly string[] = Object.keys(SYNONYMS);

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** Position of each field in a header; `--columns` wins over names. */
export function mapColumns(header: readonly string[], columns: ColumnMap | null): Map<string, number> {
  const names = header.map(plain);
  const map = new Map<string, number>();
  for (const [field, synonyms] of Object.entries(SYNONYMS)) {
    const wanted = columns?.get(field);
    const at = wanted === undefined ? names.findIndex((name) => synonyms.includes(name)) : findNamed(header, wanted);
    if (at >= 0) map.set(field, at);
  }
  return map;
}

/** By name, or by position from 1. */
function findNamed(header: readonly string[], wanted: string): number {
  const at = header.findIndex((name) => name === wanted || plain(name) === plain(wanted));
  return at >= 0 || !/^\d+$/.test(wanted) ? at : Number(wanted) - 1;
}

/** What one line or object says; `bytesAreFrames`: Ethernet headers are in the count. */
export function readCells(cell: (field: string) => string | undefined, bytesAreFrames: boolean): FlowRecord | null {
  const src = cell('src') ?? '';
  const dst = cell('dst') ?? '';
  if (!isIpAddress(src) || !isIpAddress(dst)) return null;
  const protocol = (cell('protocol') ?? '').toLowerCase() || '0';
  const packets = readCount(cell('packets'));
  const bytes = readCount(cell('bytes'));
  if (packets === 0 && bytes === 0) return null;
  const firstSeconds = readTime(cell('first'));
  const duration = Number(cell('duration') ?? '');
  const last = readTime(cell('last')) ?? (firstSeconds !== null && Number.isFinite(duration) ? firstSeconds + duration : firstSeconds);
  const counted = Math.max(packets, 1);
  return {
    fields: {
      ...packetFields(protocol, src, dst, portOf(cell('srcPort')), portOf(cell('dstPort')), icmpOf(protocol, cell)),
      ...linkFields(cell),
    },
    packets: counted,
    bytes: bytes + (bytesAreFrames ? 0 : counted * ETHERNET_HEADER_BYTES),
    firstSeconds,
    lastSeconds: last,
  };
}

function portOf(text: string | undefined): number {
  const port = Number(text ?? '');
  return Number.isInteger(port) && port >= 0 && port <= 65535 ? port : 0;
}

/** ICMP type and code: of their own columns, else in the destination port (`type * 256 + code`, or nfdump's `type.code`). */
function icmpOf(protocol: string, cell: (field: string) => string | undefined): { type: number; code: number } | undefined {
  if (!/^(icmp.*|ipv6-icmp|1|58)$/.test(protocol)) return undefined;
  const type = cell('icmpType');
  if (type !== undefined && type !== '') return { type: Number(type) & 0xff, code: Number(cell('icmpCode') ?? 0) & 0xff };
  const text = cell('dstPort') ?? '';
  const dotted = /^(\d+)\.(\d+)$/.exec(text);
  if (dotted !== null) return { type: Number(dotted[1]) & 0xff, code: Number(dotted[2]) & 0xff };
  const port = portOf(text);
  return { type: port >> 8, code: port & 0xff };
}

function linkFields(cell: (field: string) => string | undefined): {
  srcMac?: string;
  dstMac?: string;
  tcis?: number[];
  flowLabel?: number;
} {
  const srcMac = macOf(cell('srcMac'));
  const dstMac = macOf(cell('dstMac'));
  const vlan = Number(cell('vlan') ?? '');
  const label = Number(cell('flowLabel') ?? '');
  return {
    ...(srcMac !== null && { srcMac }),
    ...(dstMac !== null && { dstMac }),
    ...(Number.isInteger(vlan) && vlan > 0 && vlan < 4096 && { tcis: [vlan] }),
    ...(Number.isInteger(label) && label > 0 && label < 1 << 20 && (cell('src') ?? '').includes(':') && { flowLabel: label }),
  };
}

function macOf(text: string | undefined): string | null {
  const mac = (text ?? '').toLowerCase().replaceAll('-', ':');
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) && mac !== '00:00:00:00:00:00' ? mac : null;
}

/** What these records do not tell, by what stands in them. */
export function findGaps(records: readonly FlowRecord[], bytesAreFrames: boolean): RecordGap[] {
  const some = (test: (record: FlowRecord) => boolean): boolean => records.some(test);
  const gaps: RecordGap[] = [];
  if (!some(({ fields }) => fields.srcMac !== undefined)) gaps.push('macs');
  if (!some(({ fields }) => fields.tcis !== undefined)) gaps.push('vlan');
  gaps.push('icmp-id');
  if (!some(({ fields }) => fields.flowLabel !== undefined)) gaps.push('flow-label');
  gaps.push('fragments', 'tunnels', 'non-ip');
  if (!some(({ firstSeconds }) => firstSeconds !== null)) gaps.push('times');
  if (!bytesAreFrames) gaps.push('frame-bytes');
  return gaps;
}
