/** Bucket tables: what the captures show against what the running Open vSwitch said of itself (captures beside the repository). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzeFiles } from '../../src/node.ts';
import type { FlowsAnalysis } from '../../src/pipeline/flows-analysis.ts';
import type { Direction } from '../../src/report/document.ts';

const RUNS = join(import.meta.dirname, '../../../shared/captures/ovs');
const runs = existsSync(RUNS) ? readdirSync(RUNS) : [];
const hint = runs.length > 0 ? '' : ' (skipped: the captures are not here)';

interface Config {
  readonly bond_mode: string;
  readonly hash?: string;
  readonly datapath: string;
  readonly mlag?: boolean;
  readonly basis: Readonly<Record<'host' | 'switch', number>>;
  readonly lacp: Readonly<Record<'host' | 'switch', string>>;
  readonly host_bond_config: Readonly<Record<string, string>>;
  readonly host_mac_prefix: string;
  readonly switch_mac_prefix: string;
  readonly switch_has_bond: boolean;
  readonly members: readonly Readonly<Record<string, string>>[];
}

type End = 'host' | 'switch';

function configOf(run: string): Config {
  return JSON.parse(readFileSync(join(RUNS, run, 'config.json'), 'utf8')) as Config;
}

function captures(run: string): string[] {
  return readdirSync(join(RUNS, run))
    .filter((name) => name.endsWith('.pcap'))
    .map((name) => join(RUNS, run, name));
}

/** The last snapshot that was taken of one end. */
function snapshot(run: string, end: End, wanted: RegExp): string[] {
  const folder = join(RUNS, run, 'snapshots');
  const names = readdirSync(folder).filter((name) => name.includes(`.${end}.`) && name.endsWith('.txt'));
  const last = names.map((name) => name.split('-')[0]).sort()[names.length - 1];
  return names.filter((name) => name.startsWith(`${last}-`) && wanted.test(name)).map((name) => join(folder, name));
}

const analysed = new Map<string, Promise<FlowsAnalysis>>();

/** Every set of files is analysed once. */
function analyze(run: string, texts: readonly string[] = []): Promise<FlowsAnalysis> {
  const files = [...captures(run), ...texts];
  const key = files.join('\n');
  const known = analysed.get(key) ?? analyzeFiles(files);
  analysed.set(key, known);
  return known;
}

const TABLES = /\.(bond-show|bridge-dump-flows|dpif-netdev-bond-show|dpif-show)\.txt$/;

/** Bucket to captured member, as the last snapshot has it. */
function toldTable(run: string, end: End): Map<number, string> {
  const { members } = configOf(run);
  const byName = new Map(members.map((member) => [member[end], member.host]));
  const byPort = new Map(members.map((member) => [member[`${end}_ofport`], member.host]));
  const table = new Map<number, string>();
  const read = (name: string): string =>
    snapshot(run, end, new RegExp(`\\.${name}\\.txt$`)).map((path) => readFileSync(path, 'utf8'))[0] ?? '';
  for (const [, bucket, port] of read('bridge-dump-flows').matchAll(/dp_hash=(0x[0-9a-f]+|0)\/0xff,actions=output:(\d+)/g))
    table.set(Number(bucket), byPort.get(port) ?? port);
  const datapath = new Map([...read('dpif-show').matchAll(/^\s+(\S+) \d+\/(\d+):/gm)].map(([, name, port]) => [port, byName.get(name)]));
  for (const [, bucket, port] of read('dpif-netdev-bond-show').matchAll(/bucket (\d+) - \w+ (\d+)/g))
    table.set(Number(bucket), datapath.get(port) ?? port);
  let member = '';
  for (const line of read('bond-show').split('\n')) {
    member = byName.get(/^(?:member|slave) (\S+):/.exec(line)?.[1] ?? '') ?? member;
    const bucket = /hash (\d+): \d+ kB load/.exec(line)?.[1];
    if (bucket !== undefined && !table.has(Number(bucket))) table.set(Number(bucket), member);
  }
  return table;
}

function directionOf({ document }: FlowsAnalysis, config: Config, end: End): Direction {
  const prefix = end === 'host' ? config.host_mac_prefix : config.switch_mac_prefix;
  const [lag] = document.lags;
  const side = lag.sides.find(({ macs }) => macs.some((mac) => mac.startsWith(prefix)));
  const found = lag.directions.find(({ from }) => from === side?.id);
  if (found === undefined) throw new Error(`no side ${end}`);
  return found;
}

function variantOf(config: Config): string {
  const family = config.hash === 'crc' ? 'crc' : 'portable';
  return config.host_bond_config['other_config:lb-output-action'] === 'true' ? `${family}/lb-output` : family;
}

/** Runs and ends of the userspace datapath that place by buckets and sent something. */
const bucketEnds = runs.flatMap((run): (readonly [string, End])[] => {
  const config = configOf(run);
  if (config.datapath !== 'netdev' || !/balance-(tcp|slb)/.test(config.bond_mode)) return [];
  if (
    config.bond_mode === 'balance-tcp' &&
    (config.lacp.switch === 'off' || (config.lacp.host === 'passive' && config.lacp.switch === 'passive'))
  )
    return [];
  // Two switches behind one end of an MLAG have a table each.
  return config.switch_has_bond && config.mlag !== true
    ? [
        [run, 'host'],
        [run, 'switch'],
      ]
    : [[run, 'host']];
});

describe.skipIf(runs.length === 0)(`bucket tables of Open vSwitch${hint}`, () => {
  it.for(bucketEnds)('%s %s: with its own tables, every frame of a known bucket is on the member of the table', async ([run, end]) => {
    const config = configOf(run);
    const told = toldTable(run, end);
    const other: End = end === 'host' ? 'switch' : 'host';
    const own = snapshot(run, end, TABLES);
    const all = end === 'host' ? [...own, ...snapshot(run, other, TABLES)] : [...snapshot(run, other, TABLES), ...own];
    for (const texts of [own, all]) {
      const analysis = await analyze(run, texts);
      const direction = directionOf(analysis, config, end);
      expect(direction.policy).toMatchObject({ id: `ovs-${config.bond_mode}`, source: 'state' });
      expect(direction.agreement.packets.match).toBe(direction.agreement.packets.total);
      expect(direction.unpredicted.every(({ reason }) => reason === 'unknown-bucket')).toBe(true);
      const last = new Map(direction.buckets?.map(({ bucket, holds }) => [bucket, holds[holds.length - 1].member]));
      // Nothing in a bare table says whose it is: beside those of the other end, some buckets with traffic have to.
      const seen = direction.buckets?.filter(({ packets }) => packets > 0).length ?? 0;
      if (texts === all && seen < 8) continue;
      for (const [bucket, member] of told) expect(last.get(bucket), `bucket ${bucket}`).toBe(member);
    }
  });

  const decided = bucketEnds.filter(([run, end]) => new Set(toldTable(run, end).values()).size > 1);
  it.for(decided)('%s %s: from the captures alone, the table and the family', async ([run, end]) => {
    const config = configOf(run);
    const analysis = await analyze(run);
    const direction = directionOf(analysis, config, end);
    // Traffic that uses one member alone decides nothing.
    if (direction.members.filter(({ observed }) => observed.packets > 0).length < 2) {
      expect(direction.policy.source).not.toBe('state');
      return;
    }
    expect(direction.policy).toMatchObject({ id: `ovs-${config.bond_mode}`, variant: variantOf(config), source: 'inferred' });
    if (!variantOf(config).endsWith('lb-output')) expect(direction.policy.basis).toBe(config.basis[end]);
    const told = toldTable(run, end);
    const { match, total } = direction.agreement.packets;
    expect(match).toBe(total);
    for (const { bucket, holds } of direction.buckets ?? []) {
      const { member } = holds[holds.length - 1];
      if (member !== null && told.has(bucket)) expect(member, `bucket ${bucket}`).toBe(told.get(bucket));
    }
    expect(direction.buckets?.length).toBeGreaterThan(0);
  });

  it.for(runs.filter((run) => run.includes('rebalance')))('%s: rebalances are found at their times', async (run) => {
    const config = configOf(run);
    const direction = directionOf(await analyze(run), config, 'host');
    const log = readFileSync(join(RUNS, run, 'ovs-vswitchd.host.log'), 'utf8');
    const shifts = [...log.matchAll(/^(\S+Z)\|.*: shift \d+kB of load \(with hash (\d+)\) from (\S+) to (\S+) /gm)].map(
      ([, time, bucket, from, to]) => ({ ms: Date.parse(time), bucket: Number(bucket), from, to }),
    );
    const events = (direction.bucketEvents ?? []).filter(({ kind }) => kind === 'rebalance');
    const moves = events.flatMap(({ toTime, moves: of }) => of.map((move) => ({ ...move, ms: Date.parse(`${toTime.slice(0, 23)}Z`) })));
    const key = (move: { bucket: number; from: string; to: string }): string => `${move.bucket} ${move.from} ${move.to}`;
    expect(moves.map(key).sort()).toEqual(shifts.map(key).sort());
    for (const shift of shifts) {
      const near = moves.filter((move) => key(move) === key(shift)).map((move) => Math.abs(move.ms - shift.ms));
      expect(Math.min(...near), key(shift)).toBeLessThan(500);
    }
    expect(direction.rebalanceInterval).toBe(Number(config.host_bond_config['other_config:bond-rebalance-interval']) / 1000);
  });

  it.for([
    ['tcp2-natural', 'host'],
    ['ab2', 'host'],
    ['ab2', 'switch'],
    ['nolacp-fallback', 'host'],
  ] as const)('%s %s: where one member carries all nothing is decided', async ([run, end]) => {
    const direction = directionOf(await analyze(run), configOf(run), end);
    expect(direction.policy.source).toMatch(/^(inferred|default)$/);
    expect(direction.policy.confidence).toBeLessThan(0.5);
    expect(direction.buckets).toBeUndefined();
  });

  it('k-tcp2: a kernel datapath refutes all families, and no bucket is claimed, whatever the texts say', async () => {
    const texts = (['host', 'switch'] as const).flatMap((end) => snapshot('k-tcp2', end, TABLES));
    for (const files of [[], texts]) {
      const analysis = await analyze('k-tcp2', files);
      for (const direction of analysis.document.lags[0].directions) {
        expect(direction.policy.id).toBeNull();
        expect(direction.buckets).toBeUndefined();
      }
      const flows = analysis.flows('lag1', { where: [], sort: 'id' });
      for (let i = 0; i < flows.length; i++) expect(flows.at(i)).toMatchObject({ predicted: null });
    }
  });

  it.for([...new Set(bucketEnds.map(([run]) => run))])('%s: every data frame finds its direction by the tables', async (run) => {
    const { document } = await analyze(run);
    const [{ directions, unassigned }] = document.lags;
    if (directions.every(({ buckets }) => buckets === undefined)) return;
    expect(unassigned.packets).toBe(0);
  });

  it.for(['ab2', 'nolacp-fallback'].filter((run) => runs.includes(run)))(
    '%s: forwarding tables tell the sides where no member does',
    async (run) => {
      const config = configOf(run);
      const { document } = await analyze(run, snapshot(run, 'host', /\.(bond-show|fdb|vsctl-list-interface)\.txt$/));
      const [{ sides, unassigned }] = document.lags;
      const [own, other] = sides.map(({ macs }) => macs);
      expect(unassigned.packets).toBe(0);
      expect(own.some((mac) => mac.startsWith(config.host_mac_prefix))).toBe(true);
      expect(own.some((mac) => mac.startsWith(config.switch_mac_prefix))).toBe(false);
      expect(other.some((mac) => mac.startsWith(config.host_mac_prefix))).toBe(false);
    },
  );

  it.for(runs)('%s: every flow that is elsewhere has its reason', async (run) => {
    const analysis = await analyze(run);
    for (const { id } of analysis.document.lags) {
      const flows = analysis.flows(id, { where: [], sort: 'id' });
      for (let i = 0; i < flows.length; i++) {
        const { verdict, reason } = flows.at(i);
        if (verdict === 'mismatch' || verdict === 'moved') expect(reason).not.toBe('unknown');
      }
    }
  });
});
