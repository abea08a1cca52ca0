import type { Direction, Flow, Lag, MemberLoad, ResultDocument, SideId } from '../../src/report/document.ts';
import type { FlowsReport } from '../../src/report/write-flows-report.ts';

/** A small document of `flows` with everything the writers must show, its figures made up but consistent. */

const load = (flows: number, packets: number, bytes: number, share: number): MemberLoad => ({ flows, packets, bytes, share });

export function makeFlow(n: number, changes: Partial<Flow> = {}): Flow {
  return {
    id: `f${n}`,
    from: 'a',
    to: 'b',
    srcMac: '02:00:00:00:00:0a',
    dstMac: '02:00:00:00:00:0b',
    etherType: '0x0800',
    vlans: [],
    tcis: [],
    src: '10.0.0.1',
    dst: '10.0.0.2',
    protocol: 'tcp',
    srcPort: 40000 + n,
    dstPort: 80,
    spi: null,
    icmp: null,
    quoted: null,
    fragment: null,
    flowLabel: null,
    nextHeader: null,
    arpOpcode: null,
    tunnel: null,
    packets: 10 * n,
    bytes: 1000 * n,
    firstTime: '2026-11-21T02:35:26.000000001Z',
    lastTime: '2026-11-21T02:35:27.500000000Z',
    members: [
      {
        name: 'eth0',
        packets: 10 * n,
        bytes: 1000 * n,
        firstTime: '2026-11-21T02:35:26.000000001Z',
        lastTime: '2026-11-21T02:35:27.500000000Z',
      },
    ],
    observed: 'eth0',
    predicted: { member: 'eth0', hash: '0x0000000c', bucket: 0 },
    verdict: 'match',
    reason: null,
    reverse: null,
    ...changes,
  };
}

function direction(from: SideId, to: SideId, changes: Partial<Direction> = {}): Direction {
  return {
    from,
    to,
    policy: { id: 'layer3+4', variant: 'linux-5.18', basis: null, source: 'option', members: ['eth0', 'eth1'], confidence: 1 },
    epochs: [
      { fromTime: '2026-11-21T02:35:26.000000001Z', toTime: '2026-11-21T02:35:56.000000000Z', active: ['eth0', 'eth1'], why: 'start' },
    ],
    totals: { flows: 3, packets: 60, bytes: 6000 },
    control: { flows: 1, packets: 2, bytes: 248 },
    reflections: { flows: 0, packets: 0, bytes: 0 },
    unpredicted: [{ reason: 'cut-header', packets: 5, bytes: 500 }],
    transition: { packets: 1 },
    agreement: { flows: { match: 2, total: 2 }, packets: { match: 54, total: 54 }, bytes: { match: 5400, total: 5400 } },
    members: [
      { name: 'eth0', observed: load(2, 50, 5000, 5 / 6), predicted: load(2, 45, 4500, 5 / 6) },
      { name: 'eth1', observed: load(1, 10, 1000, 1 / 6), predicted: load(1, 9, 900, 1 / 6) },
    ],
    balance: { jain: 0.69, maxOverMean: 1.67, effectiveMembers: 1.38, pValue: 0.25 },
    ...changes,
  };
}

export function makeLag(changes: Partial<Lag> = {}): Lag {
  return {
    id: 'lag1',
    members: [
      { name: 'eth0', index: 0, sources: ['host-eth0.pcap#0'], speedMbps: 1000 },
      { name: 'eth1', index: 1, sources: [], speedMbps: null },
    ],
    sides: [
      { id: 'a', role: 'local', label: 'host', system: '02:00:00:00:00:0a', key: 9, macs: ['02:00:00:00:00:0a'], evidence: ['--local'] },
      { id: 'b', role: 'remote', label: 'switch', system: null, key: null, macs: ['02:00:00:00:00:0b'], evidence: [] },
    ],
    unassigned: { packets: 3, bytes: 180 },
    duplicates: { packets: 0, bytes: 0 },
    directions: [direction('a', 'b'), direction('b', 'a', { totals: { flows: 0, packets: 0, bytes: 0 }, agreement: emptyAgreement() })],
    ...changes,
  };
}

function emptyAgreement(): Direction['agreement'] {
  return { flows: { match: 0, total: 0 }, packets: { match: 0, total: 0 }, bytes: { match: 0, total: 0 } };
}

export function makeDocument(changes: Partial<ResultDocument> = {}): ResultDocument {
  return {
    schemaVersion: 1,
    tool: { name: 'lacpviz', version: '0.0.0' },
    command: 'flows',
    inputs: [
      {
        path: 'host-eth0.pcap',
        kind: 'capture',
        format: 'pcap',
        compression: null,
        sources: [{ name: 'host-eth0.pcap#0', linkType: 'EN10MB', snapLength: 262144, member: 'eth0', lag: 'lag1' }],
        packets: 65,
        bytes: 6428,
        capturedBytes: 6428,
        firstTime: '2026-11-21T02:35:26.000000001Z',
        lastTime: '2026-11-21T02:35:56.000000000Z',
        truncated: null,
        malformedPackets: 0,
        dropped: null,
      },
    ],
    lags: [makeLag()],
    findings: [
      {
        id: 'capture/missing-member',
        severity: 'warn',
        title: 'No capture of eth1',
        detail: 'The state text names it.',
        lag: 'lag1',
        members: ['eth1'],
        side: null,
        since: null,
        evidence: [],
        fix: [],
      },
    ],
    errors: [{ path: 'notes\u001b[2J.txt', offset: null, reason: 'is neither a capture nor a state text', code: 'not-a-capture' }],
    outside: { packets: 0, bytes: 0 },
    ...changes,
  };
}

export function makeReport(flows: readonly Flow[], document: ResultDocument = makeDocument(), top?: number): FlowsReport {
  return {
    document,
    flowsOf: () => ({
      length: Math.min(flows.length, top ?? flows.length),
      total: flows.length,
      at: (i) => flows[i],
      json: (i) => JSON.stringify(flows[i]),
    }),
  };
}

/** One flow of every shape a key can have. */
export function makeVariedFlows(): Flow[] {
  return [
    makeFlow(1),
    makeFlow(2, { observed: 'eth1', verdict: 'mismatch', reason: 'fragment', fragment: 'first', srcPort: null, dstPort: null }),
    makeFlow(3, {
      etherType: '0x86dd',
      src: '2001:db8::1',
      dst: '2001:db8::2',
      protocol: 'udp',
      flowLabel: 0x12345,
      nextHeader: 17,
      vlans: [5, 7],
      tcis: [5, 0x2007],
    }),
    makeFlow(4, {
      protocol: 'icmp',
      srcPort: null,
      dstPort: null,
      icmp: { type: 3, code: 4, id: null },
      quoted: { src: '10.0.0.2', dst: '10.0.0.1', protocol: 'tcp', srcPort: 80, dstPort: 4000 },
    }),
    makeFlow(5, {
      protocol: 'udp',
      dstPort: 4789,
      tunnel: {
        type: 'vxlan',
        id: 100,
        inner: { srcMac: '02:00:00:00:01:01', src: '192.168.0.1', dst: '192.168.0.2', protocol: 'tcp', srcPort: 1, dstPort: 2 },
      },
    }),
    makeFlow(6, { etherType: '0x0806', protocol: 'arp', srcPort: null, dstPort: null, arpOpcode: 1 }),
    makeFlow(7, {
      etherType: '0x8809',
      src: null,
      dst: null,
      protocol: null,
      srcPort: null,
      dstPort: null,
      dstMac: '01:80:c2:00:00:02',
      predicted: null,
      verdict: 'control',
      reason: null,
    }),
    makeFlow(8, {
      protocol: 'esp',
      srcPort: null,
      dstPort: null,
      spi: 0x1234,
      verdict: 'unpredicted',
      reason: 'cut-header',
      predicted: null,
    }),
    makeFlow(9, {
      from: null,
      to: null,
      dstMac: null,
      protocol: 89,
      srcPort: null,
      dstPort: null,
      verdict: 'unpredicted',
      reason: 'no-destination-mac',
      predicted: null,
    }),
  ];
}
