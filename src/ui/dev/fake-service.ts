/** Development only (`?fake`): a plausible analysis without a worker. */
import type { AnalysisService } from '../../pipeline/service.ts';
import type { Direction, Flow, MemberLoad, ResultDocument } from '../../report/document.ts';
import { addSeconds } from '../../report/iso-time.ts';

const START = '2026-11-21T02:35:26.123456789Z';
const NAMES = ['enp0s4', 'enp0s5', 'enp0s6'];

function makeFlows(): Flow[] {
  let seed = 7;
  const random = (): number => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  return Array.from({ length: 400 }, (_, i) => {
    const way = i % 2 === 0;
    const observed = NAMES[Math.floor(random() ** 1.6 * 3)];
    const packets = 1 + Math.floor(random() ** 6 * 4000);
    const bytes = packets * (80 + Math.floor(random() * 1200));
    const first = addSeconds(START, random() * 20);
    const last = addSeconds(first, random() * 20);
    const verdict = i === 17 ? 'mismatch' : i % 41 === 5 ? 'unpredicted' : i === 40 ? 'moved' : i % 53 === 7 ? 'control' : 'match';
    return {
      id: `f${i + 1}`,
      from: way ? 'a' : 'b',
      to: way ? 'b' : 'a',
      srcMac: '0c:42:a1:5e:90:12',
      dstMac: 'd4:c1:9e:44:10:21',
      etherType: '0x0800',
      vlans: i % 7 === 0 ? [108] : [],
      tcis: i % 7 === 0 ? [108] : [],
      src: way ? `10.20.0.${i % 200}` : `10.99.3.${i % 250}`,
      dst: way ? `10.99.3.${i % 250}` : `10.20.0.${i % 200}`,
      protocol: i % 5 === 0 ? 'udp' : 'tcp',
      srcPort: 32768 + i * 3,
      dstPort: i % 3 === 0 ? 443 : 2049,
      spi: null,
      icmp: null,
      quoted: null,
      fragment: null,
      flowLabel: null,
      nextHeader: null,
      arpOpcode: null,
      tunnel: null,
      packets,
      bytes,
      firstTime: first,
      lastTime: last,
      members: [{ name: observed, packets, bytes, firstTime: first, lastTime: last }],
      observed,
      predicted:
        verdict === 'unpredicted' || verdict === 'control'
          ? null
          : { member: verdict === 'mismatch' ? 'enp0s6' : observed, hash: '0x5a3c91d2', bucket: NAMES.indexOf(observed) },
      verdict,
      reason: verdict === 'unpredicted' ? 'cut-header' : verdict === 'mismatch' ? 'unknown' : verdict === 'moved' ? 'rebalance' : null,
      reverse: `f${i % 2 === 0 ? i + 2 : i}`,
    } satisfies Flow;
  });
}

export function createFakeService(): AnalysisService {
  const flows = makeFlows();
  let cancelled = false;
  const loadOf = (some: readonly Flow[], total: number): MemberLoad => {
    const bytes = some.reduce((sum, flow) => sum + flow.bytes, 0);
    return { flows: some.length, packets: some.reduce((sum, flow) => sum + flow.packets, 0), bytes, share: total ? bytes / total : 0 };
  };
  const direction = (from: 'a' | 'b'): Direction => {
    const mine = flows.filter((flow) => flow.from === from && flow.verdict !== 'control');
    const total = mine.reduce((sum, flow) => sum + flow.bytes, 0);
    const members = NAMES.map((name) => ({
      name,
      observed: loadOf(
        mine.filter((flow) => flow.observed === name),
        total,
      ),
      predicted: loadOf(
        mine.filter((flow) => flow.predicted?.member === name),
        total,
      ),
    }));
    const predictable = mine.filter((flow) => flow.predicted);
    const match = predictable.filter((flow) => flow.verdict !== 'mismatch');
    const count = (some: readonly Flow[], key: 'packets' | 'bytes'): number => some.reduce((sum, flow) => sum + flow[key], 0);
    return {
      from,
      to: from === 'a' ? 'b' : 'a',
      policy: {
        id: from === 'a' ? 'layer3+4' : 'layer2+3',
        variant: 'linux-5.18',
        basis: null,
        source: from === 'a' ? 'state' : 'inferred',
        members: ['enp0s6', 'enp0s4', 'enp0s5'],
        confidence: 0.99,
      },
      epochs: [
        { fromTime: START, toTime: addSeconds(START, 12.3), active: NAMES, why: 'start' },
        { fromTime: addSeconds(START, 12.3), toTime: addSeconds(START, 20.25), active: NAMES.slice(0, 2), why: 'link-lost' },
        { fromTime: addSeconds(START, 20.25), toTime: addSeconds(START, 40), active: NAMES, why: 'link-returned' },
      ],
      totals: { flows: mine.length, packets: count(mine, 'packets'), bytes: total },
      control: { flows: 3, packets: 62, bytes: 7688 },
      reflections: { flows: 0, packets: 0, bytes: 0 },
      unpredicted: [{ reason: 'cut-header', packets: 41, bytes: 5120 }],
      transition: { packets: 12 },
      agreement: {
        flows: { match: match.length, total: predictable.length },
        packets: { match: count(match, 'packets'), total: count(predictable, 'packets') },
        bytes: { match: count(match, 'bytes'), total: count(predictable, 'bytes') },
      },
      members,
      balance: { jain: 0.8, maxOverMean: 1.62, effectiveMembers: 2.31, pValue: 0.23 },
    };
  };
  const document: ResultDocument = {
    schemaVersion: 1,
    tool: { name: 'lacpviz', version: '0.0.0' },
    command: 'flows',
    inputs: NAMES.map((name) => ({
      path: `host-${name}.pcap`,
      kind: 'capture',
      format: 'pcap',
      compression: null,
      sources: [{ name: `host-${name}.pcap#0`, linkType: 'EN10MB', snapLength: 262144, member: name, lag: 'lag1' }],
      packets: 12345,
      bytes: 4_567_890,
      capturedBytes: 4_567_890,
      firstTime: START,
      lastTime: addSeconds(START, 40),
      truncated: null,
      malformedPackets: 0,
      dropped: null,
    })),
    lags: [
      {
        id: 'lag1',
        members: NAMES.map((name, index) => ({ name, index, sources: [`host-${name}.pcap#0`], speedMbps: index === 0 ? 1000 : null })),
        sides: [
          { id: 'a', role: 'local', label: 'bond0', system: '0c:42:a1:5e:90:12', key: 9, macs: [], evidence: [] },
          { id: 'b', role: 'remote', label: 'd4:c1:9e:44:10:21', system: 'd4:c1:9e:44:10:21', key: 9, macs: [], evidence: [] },
        ],
        unassigned: { packets: 4, bytes: 400 },
        duplicates: { packets: 0, bytes: 0 },
        directions: [direction('a'), direction('b')],
      },
    ],
    findings: [],
    errors: [{ path: 'notes.txt', offset: null, reason: 'neither a capture nor a state text that is known', code: 'unrecognized-text' }],
    outside: { packets: 0, bytes: 0 },
  };
  return {
    async analyze(files, _options, onProgress) {
      cancelled = false;
      const totalBytes = 50_000_000;
      for (let done = 0; done <= totalBytes; done += totalBytes / 10) {
        await new Promise((resolve) => setTimeout(resolve, 40));
        if (cancelled) return { ok: false, reason: 'cancelled', cancelled: true };
        onProgress({ doneBytes: done, totalBytes, packets: done / 900, phase: 'scan' });
      }
      return files.length > 0 ? { ok: true, document } : { ok: false, reason: 'no files', cancelled: false };
    },
    cancel: () => void (cancelled = true),
    async flows(_lagId, query, offset, limit) {
      const selected = flows.filter((flow) =>
        query.where.every(({ field, value }) =>
          field === 'verdict'
            ? flow.verdict === value
            : field === 'side'
              ? flow.from === value
              : field === 'member'
                ? flow.observed === value
                : true,
        ),
      );
      const key = query.sort.replace(/^-/, '') as keyof Flow;
      selected.sort((x, y) => ((x[key] as number) < (y[key] as number) ? -1 : 1) * (query.sort.startsWith('-') ? -1 : 1));
      return { total: selected.length, flows: selected.slice(offset, offset + limit) };
    },
    flow: async (_lagId, flowId) => flows.find((flow) => flow.id === flowId) ?? null,
    async load(_lagId, steps, flowId) {
      const only = flows.find((flow) => flow.id === flowId);
      return {
        fromTime: START,
        stepSeconds: 40 / steps,
        steps,
        series: (['a', 'b'] as const).flatMap((from) =>
          NAMES.map((member, m) => ({
            from,
            member,
            bytes: Float64Array.from({ length: steps }, (_, i) => {
              const t = (i / steps) * 40;
              if (m === 2 && t > 12.3 && t < 20.25) return 0;
              if (only) return only.from === from && only.observed === member && t > 5 && t < 30 ? 100_000 / steps : 0;
              return ((Math.sin(t * (m + 1)) + 1.3) * 400_000 * (m + 1) + Math.random() * 100_000) / steps;
            }),
          })),
        ),
      };
    },
    explain: async (_lagId, flowId) => ({
      policy: 'layer3+4',
      variant: 'linux-5.18',
      steps: [
        { label: 'ports, as read', value: '0x01bb8001' },
        { label: 'source XOR destination address', value: '0x01020304' },
        { label: 'hash ^= hash >> 16', value: '0x5a3c91d2' },
        { label: 'hash', value: '0x5a3c91d2' },
      ],
      hash: '0x5a3c91d2',
      epochs: [
        {
          fromTime: START,
          toTime: addSeconds(START, 40),
          active: NAMES,
          index: 1,
          member: flows.find((flow) => flow.id === flowId)?.predicted?.member ?? null,
        },
      ],
      unpredicted: null,
    }),
  };
}
