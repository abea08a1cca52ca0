import { describe, expect, it } from 'vitest';
import { parsePacketSpec } from '../../src/flows/packet-spec.ts';

function parsed(text: string): unknown {
  const result = parsePacketSpec(text);
  return result.ok ? result.value : result.issue.reason;
}

describe('parsePacketSpec', () => {
  it('reads the example', () => {
    expect(parsed('tcp 10.0.0.1:4000 > 10.0.0.2:80 vlan 5 smac 02:00:00:00:00:11 dmac 02:00:00:00:00:22')).toEqual({
      protocol: 'tcp',
      src: '10.0.0.1',
      srcPort: 4000,
      dst: '10.0.0.2',
      dstPort: 80,
      tcis: [5],
      srcMac: '02:00:00:00:00:11',
      dstMac: '02:00:00:00:00:22',
    });
  });

  it('reads IPv6 with and without brackets and ports', () => {
    expect(parsed('udp [2001:db8::1]:53 > [2001:db8::2]:5353 label 0xabcde')).toEqual({
      protocol: 'udp',
      src: '2001:db8::1',
      srcPort: 53,
      dst: '2001:db8::2',
      dstPort: 5353,
      flowLabel: 0xabcde,
    });
    expect(parsed('icmpv6 type 128 code 0 id 7 fe80::1>fe80::2')).toEqual({
      protocol: 'icmpv6',
      icmp: { type: 128, code: 0, id: 7 },
      src: 'fe80::1',
      dst: 'fe80::2',
    });
    expect(parsed('proto 89 [fe80::1] -> [ff02::5]')).toEqual({ protocol: 89, src: 'fe80::1', dst: 'ff02::5' });
  });

  it('reads SPI, ARP, EtherTypes, tags and fragments', () => {
    expect(parsed('esp 10.0.0.1 > 10.0.0.2 spi 0x00c0ffee')).toMatchObject({ protocol: 'esp', spi: 0xc0ffee });
    expect(parsed('arp 10.0.0.1 > 10.0.0.2 op 2')).toMatchObject({ protocol: 'arp', etherType: 0x0806, arpOpcode: 2, src: '10.0.0.1' });
    expect(parsed('ethertype 0x88b5 smac 02:00:00:00:00:01')).toEqual({ etherType: 0x88b5, srcMac: '02:00:00:00:00:01' });
    expect(parsed('udp 10.0.0.1 > 10.0.0.2 frag later vlan 200 tpid 0x88a8 vlan 7 pcp 3 dei')).toMatchObject({
      fragment: 'later',
      tcis: [200, 0x7007],
      tpids: [0x88a8],
    });
    expect(parsed('tcp 10.0.0.1:1 > 10.0.0.2:2 tci 0x6005 inframe')).toMatchObject({ tcis: [0x6005], tagInFrame: true });
  });

  it('reads what an error quotes and what a tunnel carries', () => {
    expect(parsed('icmp type 3 code 3 10.9.9.9 > 10.0.0.1 quoting tcp 10.0.0.1:4 > 10.0.0.2:5')).toEqual({
      protocol: 'icmp',
      icmp: { type: 3, code: 3 },
      src: '10.9.9.9',
      dst: '10.0.0.1',
      quoted: { protocol: 'tcp', src: '10.0.0.1', srcPort: 4, dst: '10.0.0.2', dstPort: 5 },
    });
    expect(parsed('gre 10.0.0.1 > 10.0.0.2 carrying udp 1.1.1.1:1 > 2.2.2.2:2')).toMatchObject({
      tunnel: { type: 'gre', inner: { protocol: 'udp', srcPort: 1 } },
    });
    expect(parsed('ipv6 10.0.0.1 > 10.0.0.2 carrying tcp [::1]:1 > [::2]:2')).toMatchObject({ tunnel: { type: '6in4' } });
  });

  for (const [text, reason] of [
    ['', 'column 1: the packet is empty'],
    ['tpc 10.0.0.1:1 > 10.0.0.2:2', 'column 1: "tpc" is unknown'],
    ['tcp 10.0.0.1:70000 > 10.0.0.2:2', 'column 14: "70000" is not a port'],
    ['tcp 10.0.0.1:1 10.0.0.2:2', 'column 16: "> destination" is expected'],
    ['tcp 10.0.0.1:1 >', 'column 17: > needs a destination'],
    ['tcp 10.0.0:1 > 10.0.0.2:2', 'column 5: "10.0.0:1" is not an address'],
    ['vlan 4096', 'column 6: vlan needs a number from 0 to 4095'],
    ['pcp 3', 'column 1: pcp belongs behind the vlan'],
    ['smac 02:00', 'column 6: "02:00" is not a MAC'],
    ['frag middle', 'column 6: frag is first or later'],
    ['esp spi', 'column 8: spi needs a number'],
    ['tcp 1.1.1.1:1 > 2.2.2.2:2 3.3.3.3:3 > 4.4.4.4:4', 'column 27: the addresses are given twice'],
    ['gre 1.1.1.1 > 2.2.2.2 carrying', 'column 31: carrying needs a packet'],
    ['tcp 1.1.1.1:1 > 2.2.2.2:2 carrying tcp 1.1.1.1:1 > 2.2.2.2:2', 'column 27: carrying belongs to gre'],
  ]) {
    it(`${JSON.stringify(text)}: ${reason}`, () => expect(parsed(text)).toContain(reason));
  }
});
