import { describe, expect, it } from 'vitest';
import { readRecords } from '../../src/records/registry.ts';
import type { RecordList } from '../../src/records/flow-record.ts';
import { tabulateRecords } from '../../src/records/record-table.ts';

function read(text: string, columns: Record<string, string> | null = null): RecordList {
  const list = readRecords(text, columns === null ? null : new Map(Object.entries(columns)));
  if (list === null) throw new Error('not recognised');
  return list;
}

const NFDUMP = `ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das,smk,dmk,dtos,dir,nh,nhb,svln,dvln,ismc,odmc
2026-11-21 04:33:56,2026-11-21 04:35:08,72.124,10.176.1.242,10.176.5.237,55183,7000,UDP,........,0,0,97,31816,0,0,0,0,0,0,0,0,0,0,0.0.0.0,0.0.0.0,0,0,52:54:00:3e:d4:41,bc:24:11:9d:1e:f8
2026-11-21 04:33:57,2026-11-21 04:33:57,0.000,10.176.2.71,10.176.6.211,0,2048,ICMP,........,0,0,1,84,0,0,0,0,0,0,0,0,0,0,0.0.0.0,0.0.0.0,0,0,00:00:00:00:00:00,00:00:00:00:00:00
Summary
flows,bytes,packets,avg_bps,avg_pps,avg_bpp
2,31900,98,1,1,1
`;

const ZEEK = `#separator \\x09
#path	conn
#fields	ts	uid	id.orig_h	id.orig_p	id.resp_h	id.resp_p	proto	duration	orig_pkts	orig_ip_bytes	resp_pkts	resp_ip_bytes
1795235636.5	C1	10.0.0.1	40000	10.0.0.2	443	tcp	2.5	10	1500	8	9000
1795235637.0	C2	10.0.0.1	8	10.0.0.2	0	icmp	-	1	84	1	84
`;

const CONNTRACK = `tcp      6 431999 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=40000 dport=443 packets=10 bytes=1500 src=10.0.0.2 dst=10.0.0.1 sport=443 dport=40000 packets=8 bytes=9000 [ASSURED] mark=0 use=1
icmp     1 29 src=10.0.0.1 dst=10.0.0.3 type=8 code=0 id=77 packets=1 bytes=84 src=10.0.0.3 dst=10.0.0.1 type=0 code=0 id=77 packets=1 bytes=84 mark=0 use=1
conntrack v1.4.7 (conntrack-tools): 2 flow entries have been shown.
`;

const SS = `State Recv-Q Send-Q Local Address:Port Peer Address:Port
ESTAB 0      0      10.0.0.1:40000      10.0.0.2:443
	 cubic wscale:7,7 rto:204 bytes_sent:1000 bytes_acked:1001 bytes_received:9000 segs_out:10 segs_in:8
ESTAB 0      0      [fd00::1]:50000      [fd00::2]:22
	 cubic bytes_sent:100 bytes_received:200 segs_out:3 segs_in:2
`;

describe('flow records by content', () => {
  it('reads what nfdump -o csv prints, MAC addresses and ICMP types included, and stops at its summary', () => {
    const { format, records, gaps, skipped } = read(NFDUMP);
    expect({ format, count: records.length, skipped }).toEqual({ format: 'nfdump-csv', count: 2, skipped: 0 });
    expect(records[0]).toMatchObject({
      fields: { src: '10.176.1.242', dstPort: 7000, protocol: 'udp', srcMac: '52:54:00:3e:d4:41' },
      packets: 97,
      bytes: 31816 + 97 * 14,
      firstSeconds: 1795235636,
    });
    expect(records[1].fields).toMatchObject({ icmp: { type: 8, code: 0 } });
    expect(gaps).not.toContain('macs');
    expect(gaps).toEqual(expect.arrayContaining(['vlan', 'icmp-id', 'flow-label', 'fragments', 'non-ip', 'frame-bytes']));
  });

  it.each([
    ['zeek-conn', ZEEK, 4, { src: '10.0.0.2', dst: '10.0.0.1', srcPort: 443, dstPort: 40000, protocol: 'tcp' }, 9000 + 8 * 14],
    ['conntrack', CONNTRACK, 4, { src: '10.0.0.2', dst: '10.0.0.1', srcPort: 443, dstPort: 40000, protocol: 'tcp' }, 9000 + 8 * 14],
    ['ss', SS, 4, { src: '10.0.0.2', dst: '10.0.0.1', srcPort: 443, dstPort: 40000, protocol: 'tcp' }, 9000 + 8 * 66],
  ] as const)('reads %s: both directions of every conversation', (format, text, count, fields, bytes) => {
    const list = read(text);
    expect(list.format).toBe(format);
    expect(list.records).toHaveLength(count);
    expect(list.records[1]).toMatchObject({ fields, packets: 8, bytes });
    expect(list.gaps).toContain('macs');
    expect(list.gaps.includes('times')).toBe(format !== 'zeek-conn');
  });

  it('keeps the ICMP identifier that conntrack tells', () => {
    expect(read(CONNTRACK).records[2].fields).toMatchObject({ icmp: { type: 8, code: 0, id: 77 } });
  });

  it('reads CSV by common names, by other separators, and by --columns', () => {
    const text = 'Source IP;Destination IP;Protocol;Src Port;Dst Port;Packets;Bytes\n10.0.0.1;10.0.0.2;6;1000;80;3;"400"\n';
    expect(read(text)).toMatchObject({
      format: 'csv',
      records: [{ fields: { src: '10.0.0.1', dstPort: 80, protocol: 6 }, packets: 3, bytes: 442 }],
    });
    const own = 'client,server,octets\n10.0.0.1,10.0.0.2,400\n';
    expect(readRecords(own, null)).toBeNull();
    expect(read(own, { src: 'client', dst: '2', bytes: 'octets' })).toMatchObject({
      records: [{ fields: { dst: '10.0.0.2' }, bytes: 414 }],
    });
  });

  it('reads JSON Lines, Zeek objects among them, and counts lines that hold none', () => {
    const text = [
      '{"src":"10.0.0.1","dst":"10.0.0.2","protocol":"tcp","srcPort":1,"dstPort":2,"packets":1,"bytes":46,"first":"2026-11-21T04:33:56.5Z"}',
      '{"id.orig_h":"10.0.0.1","id.resp_h":"10.0.0.2","id.orig_p":5,"id.resp_p":6,"proto":"udp","orig_pkts":2,"orig_ip_bytes":56,"resp_pkts":0,"ts":1795235636}',
      'no record',
    ].join('\n');
    const { records, skipped } = read(text);
    expect(records).toHaveLength(2);
    expect(records[0]).toMatchObject({ bytes: 60, firstSeconds: 1795235636.5 });
    expect(records[1]).toMatchObject({ fields: { protocol: 'udp', srcPort: 5 }, bytes: 84 });
    expect(skipped).toBe(1);
  });

  it('leaves other texts to the state formats', () => {
    for (const text of [
      '',
      'Ethernet Channel Bonding Driver: v6.1.0\n',
      '{"a":1}\n',
      '[{"ifname":"bond0"}]',
      'a,b,c\n1,2,3\n',
      '---- bond0 ----\n',
    ])
      expect(readRecords(text, null), text).toBeNull();
  });
});

describe('records as a flow table', () => {
  const { records, gaps } = read(NFDUMP);

  it('adds up parts of one flow and spreads bytes evenly over its time', () => {
    const twice = tabulateRecords([...records, records[0]], gaps);
    expect(twice.columns.flows).toBe(2);
    const { slices } = twice.columns;
    expect(slices.bytes.reduce((sum, b) => sum + b, 0)).toBe(2 * records[0].bytes + records[1].bytes);
    expect(slices.widthMs).toBe(1000);
    expect(Math.max(...slices.bytes)).toBeLessThan(records[0].bytes / 20);
  });

  it('refuses nothing that a collector may write, whatever the numbers', () => {
    const odd = read(
      'src,dst,protocol,srcPort,dstPort,packets,bytes,first,last\n10.0.0.1,10.0.0.2,999,99999,-1,1e20,5,x,y\n::1,10.0.0.2,tcp,1,2,1,50,,\n',
    );
    expect(() => tabulateRecords(odd.records, odd.gaps)).not.toThrow();
  });
});
