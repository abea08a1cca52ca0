import { describe, expect, it } from 'vitest';
import type { Direction, Lag, ResultDocument } from '../../src/report/document.ts';
import { memberState, summarizeEpochs, summarizeLag } from '../../src/report/summary.ts';

const START = '2026-11-21T02:35:26.000000000Z';
const LATER = '2026-11-21T02:35:36.500000000Z';
const END = '2026-11-21T02:36:26.000000000Z';

interface Drawn {
  from?: 'a' | 'b';
  /** Bytes per member. */
  bytes: Record<string, number>;
  match?: number;
  total?: number;
  source?: Direction['policy']['source'];
  pValue?: number | null;
  epochs?: Direction['epochs'];
  unpredicted?: Direction['unpredicted'];
}

function drawDirection(drawn: Drawn): Direction {
  const from = drawn.from ?? 'a';
  const names = Object.keys(drawn.bytes);
  const sum = names.reduce((total, name) => total + drawn.bytes[name], 0);
  const flows = drawn.total ?? 10;
  return {
    from,
    to: from === 'a' ? 'b' : 'a',
    policy: { id: 'layer3+4', variant: 'linux-5.18', basis: null, source: drawn.source ?? 'state', members: names, confidence: 1 },
    epochs: drawn.epochs ?? [],
    totals: { flows, packets: sum / 100, bytes: sum },
    control: { flows: 0, packets: 3, bytes: 300 },
    reflections: { flows: 0, packets: 0, bytes: 0 },
    unpredicted: drawn.unpredicted ?? [],
    transition: { packets: 0 },
    agreement: {
      flows: { match: drawn.match ?? flows, total: flows },
      packets: { match: sum / 100, total: sum / 100 },
      bytes: { match: sum, total: sum },
    },
    members: names.map((name) => {
      const load = { flows: 1, packets: drawn.bytes[name] / 100, bytes: drawn.bytes[name], share: sum ? drawn.bytes[name] / sum : 0 };
      return { name, observed: load, predicted: load };
    }),
    balance: {
      jain: null,
      maxOverMean: sum ? (Math.max(...Object.values(drawn.bytes)) * names.length) / sum : null,
      effectiveMembers: null,
      pValue: drawn.pValue ?? null,
    },
  };
}

function drawLag(...directions: Direction[]): Lag {
  const names = directions[0].members.map((member) => member.name);
  return {
    id: 'lag1',
    members: names.map((name, index) => ({ name, index, sources: [`${name}.pcap#0`], speedMbps: null })),
    sides: [
      { id: 'a', role: 'local', label: '', system: null, key: null, macs: [], evidence: [] },
      { id: 'b', role: 'remote', label: '', system: null, key: null, macs: [], evidence: [] },
    ],
    unassigned: { packets: 0, bytes: 0 },
    duplicates: { packets: 0, bytes: 0 },
    directions,
  };
}

const DOCUMENT: ResultDocument = {
  schemaVersion: 1,
  tool: { name: 'lacpviz', version: '0' },
  command: 'flows',
  inputs: [],
  lags: [],
  findings: [],
  errors: [],
  outside: { packets: 0, bytes: 0 },
};

describe('summarizeLag', () => {
  it('says where the bytes of each side went and whether the policy explains it', () => {
    const lag = drawLag(
      drawDirection({ bytes: { eth0: 7800, eth1: 2200 }, total: 412, pValue: 0.2 }),
      drawDirection({ from: 'b', bytes: { eth0: 5000, eth1: 5000 }, match: 399, total: 402, source: 'inferred' }),
    );
    expect(summarizeLag(lag, DOCUMENT)).toBe(
      'This side sends 78 % of its bytes over eth0, which chance alone can give; layer3+4 explains every one of 412 flows. ' +
        'The other side spreads its bytes evenly over 2 members (50 % at most); layer3+4, inferred from the traffic, explains 399 of 402 flows.',
    );
  });

  it('names members without data', () => {
    const lag = drawLag(drawDirection({ bytes: { eth0: 1000, eth1: 0 }, total: 1 }));
    expect(summarizeLag(lag, DOCUMENT)).toBe('This side sends everything over eth0 and nothing over eth1; layer3+4 explains its one flow.');
  });

  it('says so when nothing can be predicted, with the reasons', () => {
    const lag = drawLag(
      drawDirection({ bytes: { eth0: 500, eth1: 500 }, total: 0, unpredicted: [{ reason: 'socket-hash', packets: 10, bytes: 1000 }] }),
    );
    expect(summarizeLag(lag, DOCUMENT)).toContain('nothing of it can be predicted from the captures (socket-hash)');
  });

  it('says so when there is no data at all', () => {
    const lag = drawLag(drawDirection({ bytes: { eth0: 0, eth1: 0 } }));
    expect(summarizeLag(lag, DOCUMENT)).toBe('No data frames on eth0 and eth1: only 3 control or unassigned frames.');
  });
});

describe('epochs in words', () => {
  const epochs: Direction['epochs'] = [
    { fromTime: START, toTime: LATER, active: ['eth0', 'eth1'], why: 'start' },
    { fromTime: LATER, toTime: END, active: ['eth0'], why: 'link-lost' },
  ];
  const lag = drawLag(drawDirection({ bytes: { eth0: 900, eth1: 100 }, epochs }));

  it('tells what changed and when, names as they are', () => {
    expect(summarizeEpochs(lag)).toBe('eth1 was lost at 02:35:36.500 UTC.');
  });

  it('does not call coming up at the start a change', () => {
    const start: Direction['epochs'] = [
      { ...epochs[0], active: [] },
      { ...epochs[1], active: ['eth0', 'eth1'] },
    ];
    expect(summarizeEpochs(drawLag(drawDirection({ bytes: { eth0: 1, eth1: 1 }, epochs: start })))).toBeNull();
  });

  it('gives the state of each member at the end', () => {
    expect(memberState(lag, 'eth0')).toBe('active');
    expect(memberState(lag, 'eth1')).toBe('lost');
  });
});
