import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultDocument } from '../../src/report/document.ts';
import { buildCli, type BuiltCli } from '../support/built-cli.ts';
import { pcapBytes, tcpFrame } from '../support/pcap-bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'lacpviz-plan-tables-'));
const file = (name: string): string => join(folder, name);
let cli: BuiltCli;

/** A model that looks at the lowest bits of the source port; port bit 0 is the lowest bit of the mask. */
const model = (members: readonly string[]): string =>
  JSON.stringify({
    format: 'lacpviz-switch-model',
    version: 1,
    members,
    fields: [],
    cases: [{ frames: 'all', selector: { kind: 'linear', bits: [{ masks: { srcPort: '0x0001' }, constant: 0 }], table: [0, 1] } }],
  });

/** Side a's ports: even ones twice as often as odd ones, in buckets 0, 2, 3, 4, 6, 7 by their lowest three bits. */
const PORTS = Array.from({ length: 64 }, (_, i) => 4000 + i).filter((port) => port % 4 !== 1);
/** Masks that the fixed distribution (55, aa) never gives. */
const HEX = ['0F', 'F0'];
const onFirst = (port: number): boolean => (port & 7) < 4;

beforeAll(async () => {
  cli = await buildCli();
  const ports = (first: boolean): number[] => PORTS.filter((port) => onFirst(port) === first);
  // Side b answers, each flow on the same link.
  const capture = (first: boolean): Buffer =>
    pcapBytes(ports(first).flatMap((port) => [tcpFrame(port, 80), tcpFrame(port, 80, true), tcpFrame(port, 80)]));
  writeFileSync(file('Gi0_1.pcap'), capture(true));
  writeFileSync(file('Gi0_2.pcap'), capture(false));
  writeFileSync(file('named.json'), model(['Gi0_2', 'Gi0_1']));
  writeFileSync(file('elsewhere.json'), model(['p7', 'p8']));
  writeFileSync(
    file('masks.txt'),
    [
      '\t\tPort-channels in the group: ',
      '\t\t---------------------------',
      '',
      'Port-channel: Po1    (Primary Aggregator)',
      '',
      '------------',
      '',
      'Port state          = Port-channel Ag-Inuse ',
      'Protocol            =   LACP',
      '',
      'Ports in the Port-channel: ',
      '',
      'Index   Load   Port     EC state        No of bits',
      '------+------+------+------------------+-----------',
      `  0     ${HEX[0]}     Gi0_1    Active             4`,
      `  1     ${HEX[1]}     Gi0_2    Active             4`,
      '',
    ].join('\n'),
  );
}, 60_000);
afterAll(() => {
  cli?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const captures = (): string[] => ['Gi0_1', 'Gi0_2'].map((name) => `${name}=${file(`${name}.pcap`)}`);

function plan(...args: string[]): ResultDocument {
  const { status, stdout, stderr } = cli.run(['plan', ...captures(), '--json', '--local', '02:00:00:00:00:0a', ...args]);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as ResultDocument;
}

describe('plan by a learned switch', () => {
  const learned = (document: ResultDocument, side: number) =>
    (document.lags[0].directions[side].scenarios ?? []).filter(({ policy, current }) => policy === 'learned' && !current);

  it('places the flows of a side whose own sender follows another rule', () => {
    // The model is of side b; side a sends by what the options say.
    const document = plan('--policy-a', 'layer2', '--model-b', file('named.json'), '--policies', 'learned');
    const whole = learned(document, 0).find(({ failed }) => failed.length === 0);
    const even = PORTS.filter((port) => port % 2 === 0).length * 2;
    // Its index 0 is Gi0_2, whatever place that has in the hash order of side a.
    expect(whole?.uncertain.packets).toBe(0);
    expect(Object.fromEntries(whole?.members.map(({ name, packets }) => [name, packets]) ?? [])).toEqual({
      Gi0_2: even,
      Gi0_1: PORTS.length * 2 - even,
    });
  });

  it('says that it cannot tell for links the model was not made of, and takes links of other names in order', () => {
    const options = ['--policy-a', 'layer2', '--policies', 'learned', '--member-counts', '2,3'];
    const [two, three] = [2, 3].map((count) =>
      learned(plan('--model-b', file('elsewhere.json'), ...options), 0).find(
        ({ failed, memberCount }) => failed.length === 0 && memberCount === count,
      ),
    );
    expect(two?.uncertain.packets).toBe(0);
    expect(three?.uncertain.packets).toBe(PORTS.length * 2);
  });

  it('asks for the model', () => {
    const { status, stderr } = cli.run(['plan', `Gi0_1=${file('Gi0_1.pcap')}`, `Gi0_2=${file('Gi0_2.pcap')}`, '--policies', 'learned']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/learned needs a model/);
  });
});

describe('plan by the load masks of a switch', () => {
  const options = [
    '--policy-a',
    'cisco-src-port',
    '--policies',
    'cisco-src-port,cisco-dst-port',
    '--member-counts',
    '2,3',
    '--failed',
    'Gi0_1',
  ];
  const shares = (document: ResultDocument, policy: string, count: number): Record<string, number> => {
    const found = document.lags[0].directions[0].scenarios?.find(
      (scenario) => scenario.policy === policy && scenario.memberCount === count && scenario.failed.length === 0,
    );
    return Object.fromEntries(found?.members.map(({ name, packets }) => [name, packets]) ?? []);
  };

  it('deals the flows of every method by the masks, and other numbers of links by the fixed distribution', () => {
    const document = plan(file('masks.txt'), ...options);
    // Destination port 80 is bucket 0, which the masks give to the first link as well: all there.
    expect(shares(document, 'cisco-dst-port', 2)).toEqual({ Gi0_1: PORTS.length * 2, Gi0_2: 0 });
    const current = document.lags[0].directions[0].scenarios?.[0];
    expect(current?.members.map(({ packets }) => packets)).toEqual([48, 48]);
    const three = Object.values(shares(document, 'cisco-src-port', 3));
    expect(three).toEqual([48, 32, 16]);
  });
});
