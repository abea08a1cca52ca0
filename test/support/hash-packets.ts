import { encodeFlowKey, type FlowFieldsInput } from '../../src/flows/flow-fields.ts';
import { fillRow } from '../../src/flows/hash-input-from-keys.ts';
import { createHashInput, type HashInput } from '../../src/hash/hash-input.ts';
import { UNPREDICTED_REASONS } from '../../src/hash/policy.ts';
import { findPolicy } from '../../src/hash/registry.ts';

const A = '02:00:00:00:00:11';
const B = '02:00:00:00:00:22';
const C = '52:54:00:ab:cd:ef';

/** The thirteen packets of the hash tables. */
export const PACKETS: Readonly<Record<string, FlowFieldsInput>> = {
  P1: { srcMac: A, dstMac: B, src: '10.0.0.1', dst: '10.0.0.2', protocol: 'tcp', srcPort: 40000, dstPort: 80 },
  P2: { srcMac: A, dstMac: B, src: '10.0.0.1', dst: '10.0.0.2', protocol: 'tcp', srcPort: 40001, dstPort: 80 },
  P3: { srcMac: A, dstMac: C, src: '192.168.1.10', dst: '192.168.1.77', protocol: 'udp', srcPort: 5353, dstPort: 53 },
  P4: { srcMac: C, dstMac: B, src: '172.16.5.4', dst: '203.0.113.9', protocol: 'tcp', srcPort: 51514, dstPort: 443 },
  P5: { srcMac: A, dstMac: B, src: '2001:db8::1', dst: '2001:db8::2', protocol: 'tcp', srcPort: 40000, dstPort: 443 },
  P6: { srcMac: C, dstMac: B, src: '2001:db8:1:2:3:4:5:6', dst: 'fe80::abcd', protocol: 'udp', srcPort: 1234, dstPort: 4321 },
  P7: { srcMac: A, dstMac: C, src: '192.168.1.10', dst: '192.168.1.77', protocol: 'udp', fragment: 'later' },
  P8: { srcMac: A, dstMac: B, src: '10.0.0.1', dst: '10.0.0.2', protocol: 'icmp', icmp: { type: 8, code: 0, id: 0x1234 } },
  P9: { srcMac: A, dstMac: B, src: '2001:db8::1', dst: '2001:db8::2', protocol: 'icmpv6', icmp: { type: 128, code: 0, id: 7 } },
  P10: {
    srcMac: A,
    dstMac: B,
    src: '10.9.9.9',
    dst: '10.0.0.1',
    protocol: 'icmp',
    icmp: { type: 3, code: 3, id: 0 },
    quoted: { src: '10.0.0.1', dst: '10.0.0.2', protocol: 'tcp', srcPort: 40000, dstPort: 80 },
  },
  P11: { srcMac: A, dstMac: 'ff:ff:ff:ff:ff:ff', protocol: 'arp' },
  P12: {
    srcMac: A,
    dstMac: B,
    src: '10.0.0.1',
    dst: '10.0.0.2',
    protocol: 'tcp',
    srcPort: 40000,
    dstPort: 80,
    tcis: [5],
    tagInFrame: true,
  },
  P13: { srcMac: A, dstMac: B, src: '10.0.0.1', dst: '10.0.0.2', protocol: 50, spi: 0x00c0ffee },
};

/** One row of columns for the fields; throws where they are refused. */
export function inputOf(fields: FlowFieldsInput): HashInput {
  const keys = new Uint32Array(256);
  const encoded = encodeFlowKey(fields, keys, 0);
  if (!encoded.ok) throw new Error(encoded.issue.reason);
  const input = createHashInput(1);
  fillRow(input, 0, keys, 0, fields.tagInFrame === true);
  input.length = 1;
  return input;
}

export interface HashedPacket {
  readonly hash: number;
  readonly reason: string | null;
}

export function hashPacket(fields: FlowFieldsInput, policyId: string, variant: string, basis = 0, memberCount = 0): HashedPacket {
  const policy = findPolicy(policyId);
  if (policy === null) throw new Error(`no policy ${policyId}`);
  const out = { hash: new Uint32Array(1), reason: new Uint8Array(1) };
  policy.hash(inputOf(fields), { variant, basis, memberCount }, out);
  return { hash: out.hash[0], reason: UNPREDICTED_REASONS[out.reason[0]] };
}

/** Eight hex digits. */
export function hex(hash: number): string {
  return hash.toString(16).padStart(8, '0');
}
