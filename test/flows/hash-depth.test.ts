import { describe, expect, it } from 'vitest';
import { encodeFlowKey, type FlowFieldsInput } from '../../src/flows/flow-fields.ts';
import { fillHashInput } from '../../src/flows/hash-input-from-keys.ts';
import { createHashInput } from '../../src/hash/hash-input.ts';
import { POLICIES } from '../../src/hash/registry.ts';

const MACS = { srcMac: '02:00:00:00:00:11', dstMac: '02:00:00:00:a1:22' };
const TCP = { protocol: 'tcp', srcPort: 1000, dstPort: 80 };

const KEYS: readonly FlowFieldsInput[] = [
  { ...MACS, src: '10.0.0.11', dst: '10.0.0.22', ...TCP },
  { ...MACS, src: '10.0.0.11', dst: '10.0.0.22', ...TCP, tcis: [0xa005, 7], tpids: [0x88a8, 0x8100] },
  { ...MACS, src: '10.0.0.1', dst: '10.0.0.2', protocol: 'icmp', icmp: { type: 8, code: 0, id: 7 } },
  {
    ...MACS,
    src: '10.0.0.9',
    dst: '10.0.0.2',
    protocol: 'icmp',
    icmp: { type: 3, code: 1, id: null },
    quoted: { src: '10.0.0.2', dst: '10.0.0.7', protocol: 'udp', srcPort: 5, dstPort: 6 },
  },
  { ...MACS, src: '2001:db8::1', dst: '2001:db8::2', ...TCP, flowLabel: 0xf1234, nextHeader: 6 },
  {
    ...MACS,
    src: '10.0.0.1',
    dst: '10.0.0.2',
    protocol: 47,
    tunnel: { type: 'gre', id: 7, inner: { src: '::1', dst: '::2', ...TCP } },
  },
  { ...MACS, src: '10.0.0.1', dst: '10.0.0.2', protocol: 'arp', arpOpcode: 2, etherType: '0x0806' },
  { ...MACS, etherType: '0x88b5' },
];

/** All keys one after another, each also with one bit of its head (cut, without destination, LLC) or first layer changed. */
function makeRows(): { rows: Uint32Array; starts: Uint32Array } {
  const words: number[] = [];
  const starts: number[] = [];
  for (const fields of KEYS) {
    const out = new Uint32Array(300);
    const result = encodeFlowKey(fields, out, 0);
    if (!result.ok) throw new Error(result.issue.reason);
    const at = 4 + ((out[0] >>> 8) & 7);
    for (const [word, bit] of [[0, -1], [0, 13], [0, 14], [0, 15], ...Array.from({ length: 15 }, (_, b) => [at, 16 + b])]) {
      starts.push(words.length);
      const row = out.slice(0, result.value);
      if (bit >= 0 && word < row.length) row[word] = (row[word] ^ (1 << bit)) >>> 0;
      words.push(...row);
    }
  }
  return { rows: Uint32Array.from(words), starts: Uint32Array.from(starts) };
}

describe.each(POLICIES.filter(({ depth }) => depth !== undefined))('$id', (policy) => {
  const { rows, starts } = makeRows();
  const context = { basis: 0, memberCount: 3 };

  it.each(policy.variants)('looks no deeper than it says ($id)', ({ id: variant }) => {
    const hashed = (isFilledBefore: boolean): [Uint32Array, Uint8Array] => {
      const input = createHashInput(starts.length);
      // What lies deeper holds what other flows left there.
      if (isFilledBefore) fillHashInput(input, rows, starts.slice().reverse(), 0, starts.length, { tagInFrame: false });
      fillHashInput(input, rows, starts, 0, starts.length, { tagInFrame: false, ...(isFilledBefore ? { depth: policy.depth } : {}) });
      const out = { hash: new Uint32Array(starts.length), reason: new Uint8Array(starts.length) };
      policy.hash(input, { ...context, variant }, out);
      return [out.hash, out.reason];
    };
    expect(hashed(true)).toEqual(hashed(false));
  });
});
