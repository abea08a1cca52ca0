import { isIpAddress } from '../addresses.ts';
import { findGaps } from '../columns.ts';
import { ETHERNET_HEADER_BYTES, packetFields, readCount } from '../flow-record.ts';
import type { FlowRecord, RecordFormat } from '../flow-record.ts';

/** `conntrack -L` (net.netfilter.nf_conntrack_acct=1 for counters): both directions in one line, IP bytes, no times. */
export const conntrack: RecordFormat = {
  id: 'conntrack',
  title: 'conntrack -L',
  recognizes: (head) => head.some((line) => /\bsrc=\S+ dst=\S+ .*\bsrc=\S+ dst=\S+/.test(line)),
  read(lines) {
    const records: FlowRecord[] = [];
    let skipped = 0;
    for (const line of lines) {
      const parts = line.split(/\bsrc=/).slice(1);
      if (parts.length < 2) continue;
      const protocol = /^\s*(?:ipv[46]\s+\d+\s+)?([a-z][a-z0-9-]*)\s+\d+/.exec(line)?.[1] ?? '';
      const found = parts.slice(0, 2).flatMap((part) => readTuple(protocol, `src=${part}`));
      if (found.length === 0) skipped++;
      records.push(...found);
    }
    return { format: 'conntrack', records, gaps: findGaps(records, false), skipped };
  },
};

function readTuple(protocol: string, text: string): FlowRecord[] {
  const value = (name: string): string | undefined => new RegExp(`\\b${name}=(\\S+)`).exec(text)?.[1];
  const src = value('src') ?? '';
  const dst = value('dst') ?? '';
  if (!isIpAddress(src) || !isIpAddress(dst)) return [];
  const packets = readCount(value('packets'));
  const bytes = readCount(value('bytes'));
  // Without accounting every flow counts alike: better than nothing, and named as a gap.
  if (value('packets') !== undefined && packets === 0) return [];
  const type = value('type');
  const id = value('id');
  const icmp = type === undefined ? undefined : { type: Number(type) & 0xff, code: Number(value('code') ?? 0) & 0xff };
  const fields = packetFields(protocol, src, dst, Number(value('sport') ?? 0) & 0xffff, Number(value('dport') ?? 0) & 0xffff, icmp);
  const counted = Math.max(packets, 1);
  return [
    {
      fields: icmp !== undefined && id !== undefined ? { ...fields, icmp: { ...icmp, id: Number(id) & 0xffff } } : fields,
      packets: counted,
      bytes: bytes + counted * ETHERNET_HEADER_BYTES,
      firstSeconds: null,
      lastSeconds: null,
    },
  ];
}

/** Ethernet, IPv4 and TCP header with time stamps: what a sent segment costs beside its payload. IPv6 has 20 more. */
const SEGMENT_HEADERS = 14 + 20 + 32;

/** `ss -tin`: sockets of one host with their counters; payload bytes, so headers are estimated from the segments. */
export const socketStatistics: RecordFormat = {
  id: 'ss',
  title: 'ss -tin',
  recognizes: (head) =>
    head.some((line) => /^(State\s+)?Recv-Q\s+Send-Q\s+Local Address:Port\s+Peer Address:Port/.test(line)) ||
    head.some((line) => /\bbytes_(sent|acked):\d+.*\bsegs_out:\d+/.test(line)),
  read(lines) {
    const records: FlowRecord[] = [];
    let skipped = 0;
    let ends: readonly [string, number, string, number] | null = null;
    for (const line of lines) {
      const socket = /(?:^|\s)(\d+)\s+(\d+)\s+(\S+):(\d+)\s+(\S+):(\d+)(?:\s|$)/.exec(line);
      if (socket !== null) ends = [bare(socket[3]), Number(socket[4]), bare(socket[5]), Number(socket[6])];
      if (!/\bsegs_(out|in):\d+/.test(line)) continue;
      if (ends === null || !isIpAddress(ends[0]) || !isIpAddress(ends[2])) {
        skipped++;
        continue;
      }
      const count = (name: string): number => readCount(new RegExp(`\\b${name}:(\\d+)`).exec(line)?.[1]);
      const [local, localPort, peer, peerPort] = ends;
      const headers = SEGMENT_HEADERS + (local.includes(':') ? 20 : 0);
      const add = (src: string, srcPort: number, dst: string, dstPort: number, segments: number, payload: number): void => {
        if (segments === 0) return;
        const fields = packetFields('tcp', src, dst, srcPort, dstPort);
        records.push({ fields, packets: segments, bytes: payload + segments * headers, firstSeconds: null, lastSeconds: null });
      };
      add(local, localPort, peer, peerPort, count('segs_out'), count('bytes_sent') || count('bytes_acked'));
      add(peer, peerPort, local, localPort, count('segs_in'), count('bytes_received'));
      ends = null;
    }
    return { format: 'ss', records, gaps: findGaps(records, false), skipped };
  },
};

/** `[fe80::1]%eth0`, `10.0.0.1%eth0`, `[::ffff:10.0.0.1]` without what is around the address. */
function bare(text: string): string {
  const address = text.replace(/%[^\]]*/, '').replace(/^\[(.*)\]$/, '$1');
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}
