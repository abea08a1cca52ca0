import { describe, expect, it } from 'vitest';
import { parsePacketSpec } from '../../src/flows/packet-spec.ts';
import { predictLine, predictPacket, type PredictOptions } from '../../src/plan/predict.ts';

const SPEC = 'tcp 10.0.0.1:40000 > 10.0.0.2:80 smac 02:00:00:00:00:11 dmac 02:00:00:00:00:22';

function predict(spec: string, options: PredictOptions, explain = false): unknown {
  const fields = parsePacketSpec(spec);
  if (!fields.ok) return fields.issue.reason;
  const result = predictPacket(fields.value, options, explain);
  return result.ok ? result.value : result.issue.reason;
}

describe('predictPacket', () => {
  it('gives hash, bucket and member', () => {
    expect(predict(SPEC, { policy: 'layer3+4', memberCount: 3 })).toEqual({
      policy: 'layer3+4',
      variant: 'linux-5.18',
      memberCount: 3,
      hash: '0x29a989c7',
      bucket: 0,
      member: 0,
      unpredicted: null,
    });
  });

  it('leaves the member open without a member count, and for Open vSwitch', () => {
    expect(predict(SPEC, { policy: 'layer3+4' })).toMatchObject({ hash: '0x29a989c7', bucket: null, member: null, unpredicted: null });
    expect(predict(SPEC, { policy: 'ovs-balance-tcp', memberCount: 2 })).toMatchObject({
      hash: '0x790e2e2a',
      bucket: 42,
      member: null,
      unpredicted: 'unknown-bucket',
    });
  });

  it('says why it does not predict', () => {
    expect(predict(SPEC, { policy: 'encap3+4', memberCount: 2 })).toMatchObject({
      hash: null,
      bucket: null,
      member: null,
      unpredicted: 'socket-hash',
    });
    expect(predict(SPEC, { policy: 'balance-rr', memberCount: 2 })).toMatchObject({ member: null, unpredicted: 'hidden-input' });
    expect(predict(SPEC, { policy: 'freebsd-lagg', memberCount: 2 })).toMatchObject({ member: null, unpredicted: 'keyed-hash' });
    expect(predict('tcp 10.0.0.1:1 > 10.0.0.2:2 smac 02:00:00:00:00:11', { policy: 'layer2+3', memberCount: 2 })).toMatchObject({
      unpredicted: 'no-destination-mac',
    });
  });

  it('takes a kernel version', () => {
    expect(predict(SPEC, { policy: 'layer2+3', kernel: '5.10.223' })).toMatchObject({ variant: 'linux-5.5', hash: '0x0181819c' });
    expect(predict(SPEC, { policy: 'layer2+3', kernel: '6.1' })).toMatchObject({ variant: 'linux-5.18', hash: '0x03030b38' });
    expect(predict(SPEC, { policy: 'layer2+3', kernel: '6.1', variant: 'linux-2.6' })).toMatchObject({ variant: 'linux-2.6' });
  });

  it('refuses bad choices by name', () => {
    expect(predict(SPEC, {})).toContain('policy is missing');
    expect(predict(SPEC, { policy: 'layer4' })).toContain('"layer4" is unknown; the policies are layer2, ');
    expect(predict(SPEC, { policy: 'vlan+srcmac', variant: 'linux-4.15' })).toContain('vlan+srcmac has no variant "linux-4.15"');
    expect(predict(SPEC, { policy: 'encap2+3', kernel: '3.7' })).toContain('did not exist in linux-3.7');
    expect(predict(SPEC, { policy: 'layer2', kernel: 'new' })).toContain('"new" tells no version');
    expect(predict(SPEC, { policy: 'layer2', memberCount: 0 })).toContain('memberCount: 0');
    expect(predict(SPEC, { policy: 'ovs-balance-slb', basis: -1 })).toContain('basis: -1');
  });

  it('names the field it needs', () => {
    const noMac = 'tcp 10.0.0.1:1 > 10.0.0.2:2 dmac 02:00:00:00:00:22';
    expect(predict(noMac, { policy: 'layer2+3', memberCount: 2 })).toContain('srcMac (smac) is missing');
    expect(predict(noMac, { policy: 'layer3+4', memberCount: 2 })).toMatchObject({ unpredicted: null });
    expect(predict('10.0.0.1 > 10.0.0.2', { policy: 'layer3+4' })).toContain('protocol is missing');
    expect(predict('10.0.0.1 > 10.0.0.2', { policy: 'esxi-ip-hash', memberCount: 2 })).toMatchObject({ member: 1 });
  });

  it('explains every step down to the member', () => {
    const { steps } = predict(SPEC, { policy: 'layer2+3', memberCount: 3 }, true) as { steps: { label: string; value: string }[] };
    expect(steps.map(({ label, value }) => `${label}: ${value}`)).toEqual([
      'source MAC: 02:00:00:00:00:11',
      'destination MAC: 02:00:00:00:00:22',
      'last bytes XORed: 0x11 ^ 0x22 = 0x00000033',
      'EtherType: 0x0800',
      '^ EtherType: 0x00000833',
      'source address: 10.0.0.1',
      'source, little-endian word: 0x0100000a',
      'destination address: 10.0.0.2',
      'destination, little-endian word: 0x0200000a',
      'addresses XORed: 0x03000000',
      'h = Ethernet ^ addresses: 0x03000833',
      'h ^= h >> 16: 0x03000b33',
      'h ^= h >> 8: 0x03030b38',
      'hash: 0x03030b38',
      'member = hash mod 3: 50531128 mod 3 = 1',
    ]);
  });
});

describe('predictLine', () => {
  const line = {
    srcMac: '02:00:00:00:00:11',
    dstMac: '02:00:00:00:00:22',
    src: '10.0.0.1',
    dst: '10.0.0.2',
    protocol: 'tcp',
    srcPort: 40000,
    dstPort: 80,
  };
  const defaults: PredictOptions = { policy: 'layer2+3', variant: 'linux-5.5', memberCount: 3 };
  const of = (fields: unknown): unknown => {
    const result = predictLine(fields, defaults, false);
    return result.ok ? result.value : result.issue.reason;
  };

  it('lets the line win over the options', () => {
    expect(of(line)).toMatchObject({ policy: 'layer2+3', variant: 'linux-5.5', memberCount: 3, hash: '0x0181819c' });
    expect(of({ ...line, policy: 'layer3+4', memberCount: 4 })).toMatchObject({ policy: 'layer3+4', variant: 'linux-5.5', memberCount: 4 });
    expect(of({ ...line, kernel: '6.1' })).toMatchObject({ variant: 'linux-5.18' });
    expect(of({ ...line, policy: 'ovs-balance-slb', basis: 7 })).toMatchObject({ policy: 'ovs-balance-slb', variant: 'portable' });
  });

  it('refuses what is no line', () => {
    expect(of([])).toContain('one JSON object');
    expect(of(null)).toContain('one JSON object');
    expect(of({ ...line, policy: 5 })).toContain('policy: 5');
    expect(of({ ...line, memberCount: '3' })).toContain('memberCount');
    expect(of({ ...line, tagInFrame: 'yes' })).toContain('tagInFrame');
  });
});
