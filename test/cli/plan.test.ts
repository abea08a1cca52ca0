import { Ajv2020 } from 'ajv/dist/2020.js';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { DOCUMENT_SCHEMAS } from '../../src/report/json-schema-registry.ts';
import type { ResultDocument } from '../../src/report/document.ts';
import { buildCli, type BuiltCli } from '../support/built-cli.ts';
import { pcapBytes, tcpFrame } from '../support/pcap-bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'lacpviz-plan-'));
const file = (name: string): string => join(folder, name);
let cli: BuiltCli;

beforeAll(async () => {
  cli = await buildCli();
  const frames = Array.from({ length: 40 }, (_, i) => tcpFrame(4000 + (i >> 1), 80, i % 2 === 1));
  writeFileSync(file('eth0.pcap'), pcapBytes(frames.slice(0, 20)));
  writeFileSync(file('eth1.pcap'), pcapBytes(frames.slice(20)));
}, 60_000);
afterAll(() => {
  cli?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const captures = (): string[] => [file('eth0.pcap'), file('eth1.pcap')];
const plan = (...args: string[]): ResultDocument => {
  const { status, stdout, stderr } = cli.run(['plan', ...captures(), '--json', ...args]);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as ResultDocument;
};

describe('plan on the command line', () => {
  it('prints a document that its schema accepts: scenarios, cover, forecast, records', () => {
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(DOCUMENT_SCHEMAS.plan);
    const check = (document: unknown): void => expect(validate(document), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
    check(plan());
    check(plan('--policies', 'ovs-balance-tcp,cisco-src-dst-port,encap3+4:linux-5.5', '--member-counts', '1,3-5', '--speed', '1000,100'));
    check(plan('--policy', 'layer3+4', '--cover', '--forecast', '20', '--speed', '1'));
    const csv = cli.run(['flows', ...captures(), '--format', 'csv']).stdout;
    const records = cli.run(['plan', '-', '--policy', 'layer3+4', '--members', 'eth0,eth1', '--json'], { input: csv });
    expect(records.status, records.stderr).toBe(0);
    const document = JSON.parse(records.stdout) as ResultDocument;
    check(document);
    // Its own table of flows counts frames: nothing is added.
    expect(document.lags[0].directions.reduce((sum, { totals }) => sum + totals.bytes, 0)).toBe(document.inputs[0].bytes);
  });

  it('every scenario carries all that the direction sent', () => {
    for (const { directions } of plan('--policies', 'layer2,encap3+4,ovs-balance-slb', '--member-counts', '2,3').lags)
      for (const { totals, scenarios } of directions)
        for (const { members } of scenarios ?? []) {
          expect(members.reduce((sum, { packets }) => sum + packets, 0)).toBe(totals.packets);
          expect(members.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(totals.bytes);
        }
  });

  it('lists the scenarios of a side or member, in another order, the first ones only', () => {
    const all = plan('--policies', 'layer2,layer3+4').lags[0].directions.map(({ scenarios }) => scenarios ?? []);
    const side = plan('--policies', 'layer2,layer3+4', '--where', 'side=b').lags[0].directions;
    expect(side.map(({ from, scenarios }) => [from, scenarios?.length])).toEqual([
      ['a', 0],
      ['b', all[1].length],
    ]);
    expect(plan('--where', 'member=none').lags[0].directions.every(({ scenarios }) => scenarios?.length === 0)).toBe(true);
    const sorted = plan('--policies', 'layer2,layer3+4', '--sort', '-share', '--top', '2').lags[0].directions[0].scenarios ?? [];
    const largest = (of: typeof sorted): number[] => of.map(({ members }) => Math.max(...members.map(({ share }) => share)));
    expect(largest(sorted)).toEqual(
      largest(all[0])
        .sort((x, y) => y - x)
        .slice(0, 2),
    );
    const table = cli.run(['plan', ...captures(), '--top', '1', '--where', 'side=a']).stdout;
    expect(table).toMatch(/\d more, not listed because of --top/);
    expect(table).not.toMatch(/^b → a/m);
  });

  it('prints table, markdown, CSV and JSON Lines', () => {
    for (const [format, first] of [
      ['table', /^lag1: /],
      ['markdown', /^# lag1: /],
      ['csv', /^lag,from,to,policy,variant,memberCount,order,failed,current,/],
      ['jsonl', /^\{"lag":"lag1","from":"[ab]","to":"[ab]","policy":/],
    ] as const) {
      const { status, stdout } = cli.run(['plan', ...captures(), '--format', format]);
      expect(status).toBe(0);
      expect(stdout).toMatch(first);
    }
  });

  it('covers a network that is yet to be built, each flow as predict confirms', () => {
    const args = ['--policy', 'layer3+4', '--kernel', '6.1'];
    const { stdout } = cli.run(['plan', '--cover', ...args, '--member-counts', '3', '--cover-packet', 'tcp 10.0.0.1 > 10.0.0.2', '--json']);
    const { cover } = JSON.parse(stdout) as { cover: { complete: boolean; flows: { packet: string; index: number }[] } };
    expect(cover.complete).toBe(true);
    for (const { packet, index } of cover.flows) {
      const predicted = JSON.parse(cli.run(['predict', ...args, '--member-count', '3', '--json', packet]).stdout) as {
        predictions?: unknown;
      };
      expect(JSON.stringify(predicted)).toContain(`"member":${index}`);
    }
  });

  it('refuses what makes no sense, and says why', async () => {
    for (const [args, why] of [
      [['--policies', 'layer9'], /layer9/],
      [['--policies', 'vlan+srcmac:linux-2.6'], /linux-2\.6/],
      [['--member-counts', '17'], /1 to 16/],
      [['--member-counts', '4-2'], /smaller/],
      [['--speed', 'fast'], /megabits/],
      [['--columns', 'srcip=a'], /srcip/],
    ] as const)
      await expect(runProgram(['plan', ...captures(), ...args]), args.join(' ')).rejects.toThrow(why);
    const { status, stderr } = cli.run(['plan', ...captures(), '--failed', 'eth7']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/eth7/);
    expect(cli.run(['plan']).status).toBe(2);
  });
});
