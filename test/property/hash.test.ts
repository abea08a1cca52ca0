import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatHex32, formatIpv6, formatMac, parseIpv6, parseMac } from '../../src/base/addresses.ts';
import { encodeFlowKey, type FlowFieldsInput } from '../../src/flows/flow-fields.ts';
import { parsePacketSpec } from '../../src/flows/packet-spec.ts';
import { POLICIES } from '../../src/hash/registry.ts';
import { predictLine } from '../../src/plan/predict.ts';
import { inputOf } from '../support/hash-packets.ts';

const mac = fc.tuple(fc.nat(0xffff), fc.nat(0xffffffff)).map(([hi, lo]) => formatMac(hi, lo));
const port = fc.nat(0xffff);
const ipv4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((octets) => octets.join('.'));
const ipv6 = fc.array(fc.nat(0xffffffff), { minLength: 4, maxLength: 4 }).map((words) => formatIpv6(Uint32Array.from(words), 0));
const transport = fc.oneof(
  fc.record({ protocol: fc.constantFrom('tcp', 'udp', 'sctp', 'dccp', 'udplite'), srcPort: port, dstPort: port }),
  fc.record({ protocol: fc.constantFrom('esp', 'ah'), spi: fc.nat(0xffffffff) }),
  fc.record({ protocol: fc.constantFrom('icmp', 'icmpv6'), icmp: fc.record({ type: fc.nat(255), code: fc.nat(255), id: port }) }),
  fc.record({ protocol: fc.nat(255).filter((protocol) => ![4, 41, 47].includes(protocol)) }),
);
const addresses = fc.oneof(fc.record({ src: ipv4, dst: ipv4 }), fc.record({ src: ipv6, dst: ipv6, flowLabel: fc.nat(0xfffff) }));
const fields: fc.Arbitrary<FlowFieldsInput> = fc
  .tuple(fc.record({ srcMac: mac, dstMac: mac, tcis: fc.array(port, { maxLength: 3 }), tagInFrame: fc.boolean() }), addresses, transport)
  .map(([frame, ip, upper]) => ({ ...frame, ...ip, ...upper }));

describe('policies', () => {
  it('explain ends at the hash, in every variant', () => {
    fc.assert(
      fc.property(fields, fc.nat(0xffffffff), (packet, basis) => {
        const input = inputOf(packet);
        const out = { hash: new Uint32Array(1), reason: new Uint8Array(1) };
        for (const policy of POLICIES) {
          if (policy.selector === 'none') continue;
          for (const { id: variant } of policy.variants) {
            const context = { variant, basis, memberCount: 2 };
            policy.hash(input, context, out);
            if (out.reason[0] !== 0) continue;
            expect(policy.explain(input, 0, context).at(-1), `${policy.id} ${variant}`).toEqual({
              label: 'hash',
              value: formatHex32(out.hash[0]),
            });
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('a row alone hashes as in company', () => {
    fc.assert(
      fc.property(fields, (packet) => {
        const results = POLICIES.map(({ id }) => predictLine({ ...packet, policy: id, memberCount: 5 }, {}, false));
        const again = POLICIES.map(({ id }) => predictLine({ ...packet, policy: id, memberCount: 5 }, {}, true));
        for (let i = 0; i < results.length; i++) {
          const [one, other] = [results[i], again[i]];
          if (one.ok && other.ok) expect({ ...other.value, steps: undefined }).toEqual({ ...one.value, steps: undefined });
          else expect(one.ok).toBe(other.ok);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('bad input', () => {
  it('any JSON gives an answer or an issue', () => {
    const names = [
      'srcMac',
      'dstMac',
      'etherType',
      'vlans',
      'tcis',
      'tpids',
      'src',
      'dst',
      'protocol',
      'srcPort',
      'icmp',
      'quoted',
      'tunnel',
      'fragment',
      'afterAh',
      'policy',
      'kernel',
      'memberCount',
      'header',
      'transport',
    ];
    const value = fc.oneof(
      fc.jsonValue(),
      ipv4,
      ipv6,
      mac,
      port,
      fc.constantFrom('tcp', 'icmp', 'arp', 'first', 'later', 'layer3+4', 'gre', [1, 2], {
        type: 'gre',
        inner: { src: '::1', dst: '::2' },
      }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), fc.boolean(), (line, explain) => {
        const result = predictLine(line, { policy: 'layer3+4' }, explain);
        expect(result.ok || result.issue.reason.length > 0).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('any text gives fields or an issue with a place inside the text', () => {
    const word = fc.constantFrom(
      'tcp',
      'udp',
      '10.0.0.1:5',
      '>',
      '[::1]:7',
      'vlan',
      '5',
      'smac',
      'quoting',
      'carrying',
      'gre',
      'type',
      'spi',
      '[',
      ']',
      ':',
      '->',
      'x',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(text, (spec) => {
        const result = parsePacketSpec(spec);
        if (result.ok) encodeFlowKey(result.value, new Uint32Array(256), 0);
        else expect(result.issue.offset).toBeLessThanOrEqual(spec.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('addresses survive their text', () => {
    const words = new Uint32Array(4);
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(0xffffffff), fc.constant(0)), { minLength: 4, maxLength: 4 }), (address) => {
        expect(parseIpv6(formatIpv6(Uint32Array.from(address), 0), words)).toBe(true);
        expect([...words]).toEqual(address);
        expect(parseMac(formatMac(address[0] & 0xffff, address[1]), words)).toBe(true);
        expect([words[0], words[1]]).toEqual([address[0] & 0xffff, address[1]]);
      }),
    );
  });
});
