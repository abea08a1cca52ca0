import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parseLearnedModel, readLearnedModel, type LearnedModel } from '../../src/hash/learned-model.ts';
import { parsePacketSpec } from '../../src/flows/packet-spec.ts';
import { predictPacket, predictLine, type Prediction } from '../../src/plan/predict.ts';
import { DOCUMENT_SCHEMAS } from '../../src/report/json-schema-registry.ts';

/** Source port bit 0 and destination address bit 0 choose among four members; IPv4 only, addresses of 10.0.0.0/24 known. */
const MODEL: LearnedModel = {
  format: 'lacpviz-switch-model',
  version: 1,
  members: ['a', 'b', 'c', 'd'],
  fields: [
    { id: 'srcPort', role: 'used' },
    { id: 'dstIpv4', role: 'used' },
    { id: 'dstMac', role: 'untested' },
  ],
  cases: [
    {
      frames: 'ipv4',
      selector: {
        kind: 'linear',
        bits: [
          { masks: { srcPort: '0x0001' }, constant: 0 },
          { masks: { dstIpv4: '0x00000001' }, constant: 1 },
        ],
        table: [2, 3, 0, 1],
        known: {
          constant: { dstIpv4: { mask: '0xffffff00', value: '0x0a000000' }, dstMac: { mask: '0xffffffffffff', value: '0x020000000002' } },
          relations: [{ masks: { srcPort: '0x8000', dstIpv4: '0x00000080' }, constant: 0 }],
        },
      },
    },
    { frames: 'other', selector: { kind: 'classes', fields: ['etherType'], members: { '0806': 3 } } },
    { frames: 'ipv6', selector: { kind: 'keyed', fields: ['srcIpv6'] } },
  ],
};

function predict(spec: string, memberCount?: number): Prediction {
  const fields = parsePacketSpec(spec);
  if (!fields.ok) throw new Error(fields.issue.reason);
  const predicted = predictPacket(fields.value, { model: MODEL, memberCount: memberCount ?? null }, false);
  if (!predicted.ok) throw new Error(predicted.issue.reason);
  return predicted.value;
}

describe('a model of a switch', () => {
  it('names the member of what it knows', () => {
    expect(predict('tcp 10.0.0.1:4000 > 10.0.0.2:80')).toMatchObject({ policy: 'learned', member: 0, memberCount: 4, unpredicted: null });
    expect(predict('tcp 10.0.0.1:4001 > 10.0.0.2:80')).toMatchObject({ member: 1 });
    expect(predict('tcp 10.0.0.1:4000 > 10.0.0.3:80')).toMatchObject({ member: 2 });
    expect(predict('arp 10.0.0.1 > 10.0.0.2 smac 02:00:00:00:00:01 dmac 02:00:00:00:00:02')).toMatchObject({ member: 3 });
  });

  it('does not guess', () => {
    expect(predict('tcp 10.0.0.1:4000 > 10.0.1.2:80').unpredicted).toBe('unknown-bucket');
    expect(predict('tcp 10.0.0.1:40000 > 10.0.0.2:80').unpredicted).toBe('unknown-bucket');
    expect(predict('tcp 10.0.0.1:4000 > 10.0.0.2:80 dmac 02:00:00:00:00:03').unpredicted).toBe('unknown-bucket');
    expect(predict('tcp [2001:db8::1]:4000 > [2001:db8::2]:80').unpredicted).toBe('keyed-hash');
    expect(predict('tcp 10.0.0.1:4000 > 10.0.0.2:80', 3).unpredicted).toBe('unknown-policy');
    expect(predict('tcp 10.0.0.1:4000 > 10.0.0.2:80', 4).unpredicted).toBeNull();
  });

  it('gives way to a policy that a line names', () => {
    const line = { src: '10.0.0.1', dst: '10.0.0.2', protocol: 'tcp', srcPort: 4001, dstPort: 80 };
    const own = predictLine(line, { policy: 'learned', model: MODEL }, false);
    expect(own.ok && own.value.member).toBe(1);
    const other = predictLine({ ...line, policy: 'layer3+4', memberCount: 2 }, { policy: 'learned', model: MODEL }, false);
    expect(other.ok && other.value.policy).toBe('layer3+4');
  });

  it('is described by the published schema', () => {
    const validate = new Ajv2020({ strict: true }).compile(DOCUMENT_SCHEMAS.model);
    expect(validate(MODEL), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...MODEL, later: 1 })).toBe(true);
    expect(validate({ ...MODEL, members: [] })).toBe(false);
  });

  it('is read with keys to come, and refused with the place and the reason', () => {
    expect(readLearnedModel({ ...MODEL, later: 1 }).ok).toBe(true);
    const refused = (change: object): string => {
      const read = readLearnedModel({ ...MODEL, ...change });
      return read.ok ? '' : read.issue.reason;
    };
    expect(refused({ format: 'other' })).toMatch(/^format: expected "lacpviz-switch-model"/);
    expect(refused({ version: 2 })).toMatch(/newer/);
    expect(refused({ members: ['a', 'a'] })).toMatch(/twice/);
    expect(refused({ cases: [] })).toMatch(/^cases/);
    const [first] = MODEL.cases;
    if (first.selector.kind !== 'linear') throw new Error('the first case is linear');
    const withSelector = (selector: object): object => ({ cases: [{ frames: 'ipv4', selector: { ...first.selector, ...selector } }] });
    expect(refused(withSelector({ kind: 'magic' }))).toBe('cases[0].selector.kind: "magic" is none of linear, remainder, classes, keyed');
    const sum = { modulus: 3, weights: [1], constant: 0 };
    const bits = [{ masks: { srcPort: '0x1' }, constant: 0 }];
    const remainder = (changes: object): object => ({ kind: 'remainder', bits, sums: [sum], table: [0, 1, null], ...changes });
    expect(refused(withSelector(remainder({ sums: [] })))).toContain('selector.sums');
    expect(refused(withSelector(remainder({ sums: [{ ...sum, modulus: 1 }] })))).toContain('sums[0].modulus');
    expect(refused(withSelector(remainder({ sums: [{ ...sum, weights: [3] }] })))).toContain('sums[0].weights');
    expect(refused(withSelector(remainder({ table: [0, 1] })))).toContain('expected 3 entries');
    expect(refused(withSelector({ table: [0, 1] }))).toMatch(/expected 4 entries/);
    expect(refused(withSelector({ table: [0, 1, 2, 4] }))).toMatch(/^cases\[0\]\.selector\.table\[3\]/);
    expect(refused(withSelector({ bits: [{ masks: { port: '0x1' }, constant: 0 }], table: [0, 1] }))).toMatch(/unknown field "port"/);
    expect(refused(withSelector({ bits: [{ masks: { srcPort: '0x10000' }, constant: 0 }], table: [0, 1] }))).toMatch(/of 16 bits/);
    expect(parseLearnedModel('{').ok).toBe(false);
    for (const value of [null, 1, [], 'x', { format: MODEL.format }]) expect(readLearnedModel(value).ok).toBe(false);
  });
});
