import { isIpAddress } from '../addresses.ts';
import { findGaps } from '../columns.ts';
import { ETHERNET_HEADER_BYTES, packetFields, readCount } from '../flow-record.ts';
import type { FlowRecord, RecordFormat } from '../flow-record.ts';
import { readTime } from '../read-times.ts';

/** Zeek's conn.log as tab-separated values: a connection is two flows. `orig_ip_bytes` count from the IP header on. */
export const zeekConn: RecordFormat = {
  id: 'zeek-conn',
  title: "Zeek's conn.log",
  recognizes: (head) => head.some((line) => line.startsWith('#fields') && line.includes('id.orig_h')),
  read(lines) {
    let names: readonly string[] = [];
    const records: FlowRecord[] = [];
    let skipped = 0;
    for (const line of lines) {
      if (line.startsWith('#fields')) names = line.split('\t').slice(1);
      if (line.startsWith('#') || line.trim() === '') continue;
      const cells = line.split('\t');
      const found = readZeekObject((name) => {
        const at = names.indexOf(name);
        return at < 0 || cells[at] === '-' ? undefined : cells[at];
      });
      if (found.length === 0) skipped++;
      records.push(...found);
    }
    return { format: 'zeek-conn', records, gaps: findGaps(records, false), skipped };
  },
};

/** Both directions of a connection, of a log line or a JSON object. */
export function readZeekObject(cell: (name: string) => string | undefined): FlowRecord[] {
  const orig = cell('id.orig_h') ?? '';
  const resp = cell('id.resp_h') ?? '';
  if (!isIpAddress(orig) || !isIpAddress(resp)) return [];
  const protocol = cell('proto') ?? 'tcp';
  const [origPort, respPort] = [cell('id.orig_p'), cell('id.resp_p')].map((port) => Number(port ?? 0) & 0xffff);
  const first = readTime(cell('ts'));
  const last = first === null ? null : first + (Number(cell('duration') ?? 0) || 0);
  const [origMac, respMac] = [cell('orig_l2_addr'), cell('resp_l2_addr')];
  const vlan = Number(cell('vlan') ?? '');
  const tags = Number.isInteger(vlan) && vlan > 0 && vlan < 4096 ? { tcis: [vlan] } : {};
  const isIcmp = protocol.startsWith('icmp');
  const name = isIcmp && orig.includes(':') ? 'icmpv6' : protocol;
  const flow = (from: 'orig' | 'resp'): FlowRecord | null => {
    const packets = readCount(cell(`${from}_pkts`));
    if (packets === 0) return null;
    const bytes = readCount(cell(`${from}_ip_bytes`));
    const isOrig = from === 'orig';
    const [src, dst] = isOrig ? [orig, resp] : [resp, orig];
    const [srcPort, dstPort] = isOrig ? [origPort, respPort] : [respPort, origPort];
    const [srcMac, dstMac] = isOrig ? [origMac, respMac] : [respMac, origMac];
    // Zeek's ports of ICMP are type and code of the request; the answer's type is the responder's port.
    const icmp = isIcmp ? { type: (isOrig ? origPort : respPort) & 0xff, code: isOrig ? respPort & 0xff : 0 } : undefined;
    return {
      fields: {
        ...packetFields(name, src, dst, srcPort, dstPort, icmp),
        ...(srcMac !== undefined && dstMac !== undefined && { srcMac, dstMac }),
        ...tags,
      },
      packets,
      bytes: bytes + packets * ETHERNET_HEADER_BYTES,
      firstSeconds: first,
      lastSeconds: last,
    };
  };
  return [flow('orig'), flow('resp')].filter((record) => record !== null);
}
