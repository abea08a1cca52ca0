/** One bond in every form that its captures can come in: the same members, agreement and counts. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TimeOption } from '../../src/pipeline/analysis-options.ts';
import type { ResultDocument } from '../../src/report/document.ts';
import { buildCli, type BuiltCli } from '../support/built-cli.ts';
import {
  directionFrom,
  documentOf,
  expectAgreement,
  expectEveryFrameCounted,
  listLinuxRuns,
  packetsOf,
  trueOptions,
} from '../support/linux-runs.ts';

const USUAL = { reasons: ['in-frame-tag', 'before-up'], share: 0.05 };
const runs = listLinuxRuns();
const findRun = (name: string) => runs.find((run) => run.name === name);
const run = findRun('k6.1-layer34-n3');
const cooked = findRun('k6.1-dirs-sll2-layer23-n2');
const folder = mkdtempSync(join(tmpdir(), 'lacpviz-formats-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function hasTool(name: string): boolean {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** What must not depend on the form: all but paths, names of sources and formats. */
function substance({ lags, outside, inputs }: ResultDocument): unknown {
  return {
    outside,
    packets: inputs.map(({ packets, bytes, firstTime, lastTime }) => [packets, bytes, firstTime, lastTime]),
    lags: lags.map(({ members, ...lag }) => ({ ...lag, members: members.map(({ name, index }) => [name, index]) })),
  };
}

describe.skipIf(run === undefined)('forms of the captures of a bond (skipped where ../shared/captures is absent)', () => {
  if (run === undefined) return;
  const options = trueOptions(run.truth);
  const names = Object.keys(run.truth.slave_permanent_macs).sort();
  let expected: ResultDocument;
  let cli: BuiltCli;
  const args = [
    '--local',
    run.truth.bond_mac,
    ...(['a', 'b'] as const).flatMap((side) => {
      const { policy = '', kernel = '', members = [] } = options.sides[side] ?? {};
      return [`--policy-${side}`, policy, `--kernel-${side}`, kernel, `--members-${side}`, members.join(',')];
    }),
  ];

  beforeAll(async () => {
    expected = await documentOf(run.members, options);
    cli = await buildCli();
  }, 60_000);
  afterAll(() => cli?.remove());

  /** The same content in another form, under names that say nothing. */
  function converted(form: (bytes: Buffer, path: string, target: string) => Buffer | null): { path: string; memberName: string }[] {
    return run!.members.map((path, i) => {
      const target = join(folder, `x${i}`);
      const bytes = form(readFileSync(path), path, target);
      if (bytes !== null) writeFileSync(target, bytes);
      return { path: target, memberName: names[i] };
    });
  }

  it('gzip, NAME=FILE', async () => {
    expect(
      substance(
        await documentOf(
          converted((bytes) => gzipSync(bytes)),
          options,
        ),
      ),
    ).toEqual(substance(expected));
  });

  it.skipIf(!hasTool('zstd'))('zstd, also of several frames', async () => {
    const zstd = (bytes: Buffer): Buffer => execFileSync('zstd', ['-q', '-c'], { input: bytes, maxBuffer: 1 << 28 });
    const several = (bytes: Buffer): Buffer => Buffer.concat([zstd(bytes.subarray(0, 5000)), zstd(bytes.subarray(5000))]);
    for (const form of [zstd, several]) expect(substance(await documentOf(converted(form), options))).toEqual(substance(expected));
  });

  it.skipIf(!hasTool('editcap'))('pcapng and nanosecond pcap by editcap', async () => {
    for (const format of ['pcapng', 'nsecpcap']) {
      const files = converted((_bytes, path, target) => {
        execFileSync('editcap', ['-F', format, path, target], { stdio: 'ignore' });
        return null;
      });
      expect(substance(await documentOf(files, options)), format).toEqual(substance(expected));
    }
  });

  it('one pcapng with an interface for each member', async () => {
    const document = await documentOf([run.path('host-slaves.pcapng')], options);
    expectEveryFrameCounted(document);
    expect(document.lags[0].members.map(({ name }) => name).sort()).toEqual(names);
    for (const side of ['a', 'b'] as const) expectAgreement(directionFrom(document.lags[0], side), USUAL);
  });

  it('standard input, 7 bytes at a time', { timeout: 120_000 }, async () => {
    const child = cli.start(['flows', '--json', '--top', '0', ...args, `${names[0]}=-`, ...run.members.slice(1)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const bytes = readFileSync(run.members[0]);
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    for (let at = 0; at < bytes.length; at += 7) {
      if (child.stdin?.write(bytes.subarray(at, at + 7)) === false) await new Promise((resolve) => child.stdin?.once('drain', resolve));
    }
    child.stdin?.end();
    expect(await ended).toBe(0);
    const document = JSON.parse(text) as ResultDocument;
    for (const lag of document.lags) delete lag.flows;
    expect(substance(document)).toEqual(substance(expected));
  });

  it('--from and --to in all three forms', async () => {
    const first = Date.parse(
      expected.inputs
        .map(({ firstTime }) => firstTime ?? '')
        .sort()[0]
        .replace(/(\.\d{3})\d*/, '$1'),
    );
    const second = Math.ceil(first / 1000) + 20;
    const iso = new Date(second * 1000).toISOString();
    const cut = async (from: string, to: string): Promise<ResultDocument> => {
      const { status, stdout, stderr } = cli.run(['flows', '--json', '--top', '0', ...args, '--from', from, '--to', to, ...run.members]);
      expect(status, stderr).toBe(0);
      return JSON.parse(stdout) as ResultDocument;
    };
    const byEpoch = await cut(String(second), String(second + 6));
    expectEveryFrameCounted(byEpoch);
    expect(byEpoch.outside.packets).toBeGreaterThan(0);
    expect(packetsOf(byEpoch.lags[0].directions.map(({ totals }) => totals))).toBeGreaterThan(0);
    expectAgreement(directionFrom(byEpoch.lags[0], 'a'), { ...USUAL, share: 0.1 });
    expect(await cut(iso, new Date((second + 6) * 1000).toISOString())).toEqual(byEpoch);
    const relative = await cut('+20', '+26');
    expectEveryFrameCounted(relative);
    const limit: TimeOption = { kind: 'relative', seconds: 20, nanos: 0 };
    expect(substance(await documentOf(run.members, { ...options, from: limit, to: { ...limit, seconds: 26 } }))).toEqual(
      substance({ ...relative, lags: relative.lags.map((lag) => ({ ...lag, flows: undefined })) }),
    );
  });

  it('a wrong --lag is wrong usage; --one-lag changes nothing for one LAG', async () => {
    expect(cli.run(['flows', '--lag', 'lag2', ...run.members]).status).toBe(2);
    expect(substance(await documentOf(run.members, { ...options, oneLag: true }))).toEqual(substance(expected));
  });
});

describe.skipIf(cooked === undefined)('captures of "any" and of the far end (skipped where ../shared/captures is absent)', () => {
  if (cooked === undefined) return;
  const any = cooked.path('host-any-sll2.pcap');
  const texts = ['host-ip-d-link.txt', 'host-bond0-after.txt'].map((file) => cooked.path(file));
  const names = [...cooked.truth.slaves_in_enslave_order].sort();

  it('"any" alone: the members by name, the bond and bridges outside, no destination to hash', async () => {
    const document = await documentOf([any, ...texts]);
    expectEveryFrameCounted(document);
    expect(document.lags).toHaveLength(1);
    expect(document.lags[0].members.map(({ name }) => name).sort()).toEqual(names);
    expect(document.outside.packets).toBeGreaterThan(document.inputs[0].packets / 2);
    const { unpredicted, agreement, policy } = directionFrom(document.lags[0], 'a');
    expect(policy).toMatchObject({ id: 'layer2+3', source: 'state' });
    expect(agreement.packets.total).toBe(0);
    expect(unpredicted.map(({ reason }) => reason)).toContain('no-destination-mac');
  });

  it('"any" beside the members: each frame counts once, as on the member', async () => {
    const alone = await documentOf([...cooked.members, ...texts]);
    const document = await documentOf([any, ...cooked.members, ...texts]);
    expectEveryFrameCounted(document);
    expect(document.lags[0].members.map(({ name, sources }) => `${name} ${sources.length}`).sort()).toEqual(
      names.map((name) => `${name} 2`),
    );
    const seen = packetsOf(alone.inputs);
    // A few frames of "any" are not those of the member: a tag was put into them at the wrong place.
    expect(document.lags[0].duplicates.packets).toBeGreaterThan(seen * 0.97);
    for (const side of ['a', 'b'] as const) {
      const direction = directionFrom(document.lags[0], side);
      expectAgreement(direction, { reasons: [...USUAL.reasons, 'no-destination-mac'], share: 0.07 });
    }
  });

  it('the switch side gives the same directions as the host side', async () => {
    const options = trueOptions(cooked.truth);
    const portOf = cooked.truth.switch.port_of;
    const toPorts = (members: readonly string[] = []): string[] => members.map((member) => portOf[member]);
    const sides = {
      a: { ...options.sides.a, members: toPorts(options.sides.a?.members) },
      b: { ...options.sides.b, members: toPorts(options.sides.b?.members) },
    };
    const host = await documentOf(cooked.members, options);
    const far = await documentOf(
      names.map((member) => cooked.path(`switch-${portOf[member]}.pcap`)),
      { ...options, sides },
    );
    expectEveryFrameCounted(far);
    for (const side of ['a', 'b'] as const) {
      expectAgreement(directionFrom(far.lags[0], side), USUAL);
      expect(directionFrom(far.lags[0], side).agreement.packets).toEqual(directionFrom(host.lags[0], side).agreement.packets);
    }
  });

  it('each direction in a file of its own is one LAG', async () => {
    const files = names.flatMap((name) =>
      ['in', 'out'].map((way) => ({ path: cooked.path(`host-${name}.${way}.pcap`), memberName: name })),
    );
    if (!files.every(({ path }) => existsSync(path))) return;
    const document = await documentOf(files, trueOptions(cooked.truth));
    expect(document.lags).toHaveLength(1);
    expectEveryFrameCounted(document);
    for (const side of ['a', 'b'] as const) expectAgreement(directionFrom(document.lags[0], side), USUAL);
  });
});
