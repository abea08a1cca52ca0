import { describe, expect, it } from 'vitest';
import { decodeFlowKey, encodeFlowKey, type FlowFieldsInput } from '../../src/flows/flow-fields.ts';
import { flowKeyJson, macsJson } from '../../src/flows/flow-key-json.ts';

const MACS = { srcMac: '02:00:00:00:00:11', dstMac: '02:00:00:00:00:22' };
const IPV4 = { ...MACS, src: '10.0.0.11', dst: '10.0.0.255' };
const IPV6 = { ...MACS, src: '2001:db8::1', dst: 'fe80::ff:0:1', flowLabel: 0xf1234, nextHeader: 6 };

const KEYS: readonly FlowFieldsInput[] = [
  { ...IPV4, protocol: 'tcp', srcPort: 1000, dstPort: 65535 },
  { ...IPV4, protocol: 132, srcPort: 0, dstPort: 80 },
  { ...IPV4, protocol: 'tcp', srcPort: 1000, dstPort: 80, tcis: [0xa005] },
  { ...IPV4, protocol: 'icmp', icmp: { type: 8, code: 0, id: 7 } },
  { ...IPV4, protocol: 50, spi: 0xc0ffee },
  {
    ...IPV4,
    protocol: 'udp',
    srcPort: 1,
    dstPort: 4789,
    tunnel: { type: 'vxlan', id: 5, inner: { ...IPV4, protocol: 'udp', srcPort: 9, dstPort: 8 } },
  },
  { ...IPV6, protocol: 'tcp', srcPort: 1, dstPort: 2 },
  { ...IPV6, protocol: 'udp', srcPort: 1, dstPort: 2, fragment: 'first', nextHeader: 44 },
  { ...MACS, src: '10.0.0.1', dst: '10.0.0.2', protocol: 'arp', arpOpcode: 2, etherType: '0x0806' },
  { ...MACS, etherType: '0x88b5' },
];

describe('flowKeyJson', () => {
  it.each(KEYS)('writes %j as JSON.stringify does, whatever bit is set', (fields) => {
    const row = new Uint32Array(300);
    const result = encodeFlowKey(fields, row, 0);
    if (!result.ok) throw new Error(result.issue.reason);
    const same = (): void => expect(`{${flowKeyJson(row, 0, macsJson(row, 0))}}`).toBe(JSON.stringify(decodeFlowKey(row, 0)));
    same();
    // Words of the head, the addresses, the first layer and what follows: the length, kinds and counts stay as they are.
    for (let word = 0; word < result.value; word++) {
      for (let bit = word === 0 || word === 4 ? 13 : 0; bit < 32; bit++) {
        row[word] = (row[word] ^ (1 << bit)) >>> 0;
        same();
        row[word] = (row[word] ^ (1 << bit)) >>> 0;
      }
    }
  });
});
