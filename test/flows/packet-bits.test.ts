import { describe, expect, it } from 'vitest';
import { MAX_KEY_WORDS } from '../../src/decoder/flow-key.ts';
import { encodeFlowKey } from '../../src/flows/encode-flow-key.ts';
import type { FlowFieldsInput } from '../../src/flows/flow-field-types.ts';
import { formatPacketText, parsePacketText } from '../../src/flows/format-packet-spec.ts';
import { listPacketBits, turnBit } from '../../src/flows/packet-bits.ts';

const PACKETS = [
  'tcp 10.0.0.1:4000 > 10.0.0.2:80 vlan 5 smac 02:00:00:00:00:11 dmac 02:00:00:00:00:22',
  'udp [2001:db8::1]:53 > [2001:db8::2]:5353 label 0x12345 smac 02:00:00:00:00:11 dmac 02:00:00:00:00:22',
  'icmp 10.0.0.1 > 10.0.0.2 type 8 code 0 id 7 smac 02:00:00:00:00:11',
  'esp 10.0.0.1 > 10.0.0.2 spi 0x00c0ffee smac 02:00:00:00:00:11',
  'arp 10.0.0.1 > 10.0.0.2 op 2 smac 02:00:00:00:00:11 dmac ff:ff:ff:ff:ff:ff',
  'ethertype 0x88b5 smac 02:00:00:00:00:11 dmac 02:00:00:00:00:22',
  'tcp 10.0.0.1:1 > 10.0.0.2:2 frag first tci 0x6005 tpid 0x88a8 vlan 7 smac 02:00:00:00:00:11 inframe',
  'icmp 10.0.0.1 > 10.0.0.2 type 3 code 3 smac 02:00:00:00:00:11 quoting udp 10.0.0.2:9 > 10.0.0.1:10',
  'gre 10.0.0.1 > 10.0.0.2 smac 02:00:00:00:00:11 carrying tcp 10.1.0.1:5 > 10.1.0.2:6',
  'udp [2001:db8::1]:53 > [2001:db8::2]:5353 next 0 smac 02:00:00:00:00:11',
];

function keyOf(fields: FlowFieldsInput): string {
  const row = new Uint32Array(MAX_KEY_WORDS);
  const length = encodeFlowKey(fields, row, 0);
  if (!length.ok) throw new Error(length.issue.reason);
  return row.subarray(0, length.value).join(' ');
}

function read(text: string): FlowFieldsInput {
  const parsed = parsePacketText(text);
  if (!parsed.ok) throw new Error(parsed.issue.reason);
  return parsed.value;
}

describe('the bits of a packet', () => {
  it.each(PACKETS)('%s is written as it is read', (text) => {
    const fields = read(text);
    expect(keyOf(read(formatPacketText(fields)))).toBe(keyOf(fields));
    expect(formatPacketText(fields)).not.toContain('{');
  });

  it('stand in the order of the wire, with values as the user writes them', () => {
    const bits = listPacketBits(read(PACKETS[0]));
    expect(bits.map(({ path }) => path)).toEqual(['dstMac', 'srcMac', 'tcis.0', 'protocol', 'src', 'dst', 'srcPort', 'dstPort']);
    expect(bits.find(({ path }) => path === 'src')).toEqual({
      path: 'src',
      label: 'source address',
      text: '10.0.0.1',
      bits: '00001010000000000000000000000001',
    });
    expect(bits.find(({ path }) => path === 'tcis.0')?.bits).toBe('0000000000000101');
  });

  it.each(PACKETS)('%s is itself again when a bit is turned twice', (text) => {
    const fields = read(text);
    for (const { path, bits } of listPacketBits(fields)) {
      for (let bit = 0; bit < bits.length; bit++) {
        const once = turnBit(fields, path, bit);
        const twice = once && turnBit(once, path, bit);
        expect(twice, `${path} bit ${bit}`).not.toBeNull();
        expect(keyOf(twice as FlowFieldsInput)).toBe(keyOf(fields));
        const turned = listPacketBits(once as FlowFieldsInput).find((field) => field.path === path)?.bits ?? '';
        expect([...turned].filter((value, i) => value !== bits[i])).toHaveLength(1);
      }
    }
  });

  it('reach into tunnels and quoted packets', () => {
    const paths = listPacketBits(read(PACKETS[8])).map(({ path }) => path);
    expect(paths).toContain('tunnel.inner.dstPort');
    expect(listPacketBits(read(PACKETS[7])).map(({ path }) => path)).toContain('quoted.srcPort');
    const turned = turnBit(read(PACKETS[8]), 'tunnel.inner.dstPort', 15) as { tunnel: { inner: { dstPort: number } } };
    expect(turned.tunnel.inner.dstPort).toBe(7);
  });

  it('are taken from JSON too, which is kept where words cannot say the packet', () => {
    const json = JSON.stringify({ srcMac: '02:00:00:00:00:01', src: '10.0.0.1', dst: '10.0.0.2', protocol: 'tcp', transport: 'cut' });
    const fields = read(json);
    expect(read(formatPacketText(fields))).toEqual(fields);
    expect(parsePacketText('{').ok).toBe(false);
    expect(parsePacketText('tcp nonsense').ok).toBe(false);
    expect(turnBit(fields, 'srcPort', 0)).toBeNull();
    expect(turnBit(fields, 'src', 32)).toBeNull();
  });
});
