import { Ajv2020 } from 'ajv/dist/2020.js';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/base/version.ts';
import type { ExitError } from '../../src/cli/exit-codes.ts';
import { runProgram } from '../../src/cli/program.ts';
import { DOCUMENT_SCHEMAS } from '../../src/report/json-schema-registry.ts';
import type { ResultDocument } from '../../src/report/document.ts';
import { buildCli, type BuiltCli } from '../support/built-cli.ts';
import { pcapBytes, tcpFrame } from '../support/pcap-bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'lacpviz-process-'));
const file = (name: string): string => join(folder, name);
let cli: BuiltCli;

beforeAll(async () => {
  cli = await buildCli();
  const frames = Array.from({ length: 40 }, (_, i) => tcpFrame(4000 + (i >> 1), 80, i % 2 === 1));
  writeFileSync(file('eth0.pcap'), pcapBytes(frames.slice(0, 20)));
  writeFileSync(file('eth1.pcap'), pcapBytes(frames.slice(20)));
  writeFileSync(file('cut.pcap'), pcapBytes(frames).subarray(0, 1000));
  writeFileSync(file('none.pcap'), pcapBytes([]));
  writeFileSync(file('empty'), '');
  writeFileSync(file('notes.txt'), 'milk\nbread\n');
  mkdirSync(file('dir'));
}, 60_000);
afterAll(() => {
  cli?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const captures = (): string[] => [file('eth0.pcap'), file('eth1.pcap')];

describe('exit codes', () => {
  it('0: done, also for a cut capture and one without packets', () => {
    for (const args of [captures(), [file('cut.pcap')], [file('none.pcap')], [...captures(), file('cut.pcap')]]) {
      const { status, stderr } = cli.run(['flows', ...args, '--json']);
      expect(status, `${args.join(' ')}: ${stderr}`).toBe(0);
    }
  });

  it.skipIf(process.platform !== 'linux')('0: names that are no UTF-8 are found, as a member too', () => {
    const name = Buffer.concat([Buffer.from(file('caf')), Buffer.of(0xe9), Buffer.from('.pcap')]);
    writeFileSync(name, pcapBytes([tcpFrame(4000, 80, false)]));
    // Node passes arguments on as UTF-8 only; the shell writes the byte.
    const line = `exec "$1" "$2" flows --json "$(printf '%s' "$3"; printf '\\351.pcap')" "b=$(printf '%s' "$3"; printf '\\351.pcap')"`;
    const { status, stdout, stderr } = spawnSync('sh', ['-c', line, 'sh', process.execPath, cli.path, file('caf')], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const { inputs } = JSON.parse(stdout) as ResultDocument;
    expect(inputs.map(({ path, packets }) => [path, packets])).toEqual([
      [file('caf\\xe9.pcap'), 1],
      [file('caf\\xe9.pcap'), 1],
    ]);
  });

  it('2: wrong usage, with the nearest value', async () => {
    const wrong: [string[], RegExp][] = [
      [['flos'], /Did you mean flows\?/],
      [['flows'], /missing required argument/],
      [['flows', 'x', '--formt', 'json'], /Did you mean --format\?/],
      [['flows', 'x', '--format', 'jsno'], /Did you mean json\?/],
      [['flows', 'x', '--json', '--format', 'csv'], /contradict/],
      [['flows', 'x', '--policy', 'layer34'], /Did you mean layer3\+4\?.*Known: layer2/],
      [['flows', 'x', '--policy-b', 'nope'], /--policy-b/],
      [['flows', 'x', '--policy', 'encap3+4', '--kernel', '3.2'], /had no encap3\+4/],
      [['flows', 'x', '--policy-a', 'vlan+srcmac', '--variant', 'linux-4.15'], /does not exist/],
      [['flows', 'x', '--local', '02:00'], /MAC address/],
      [['flows', 'x', '--from', 'noon'], /--from noon/],
      [['flows', 'x', '--from', '20', '--to', '10'], /later/],
      [['flows', 'x', '--where', 'verdict=wrong'], /Known: match/],
      [['flows', 'x', '--top', '-1'], /--top/],
      [['flows', 'x', '--threads', '0'], /--threads/],
      [['flows', '-', '-'], /only once/],
      [['flows', file('eth0.pcap'), '--members-a', 'swp1'], /swp1/],
      [['flows', file('eth0.pcap'), '-o', file('eth0.pcap')], /overwritten/],
      [['predict', 'tcp 10.0.0.1:1 > 10.0.0.2:2'], /--policy is missing/],
      [['predict', '--policy', 'layer3+4', 'tcp 10.0.0.1:1 >'], /column/],
      [['predict', '--policy', 'layer3+4'], /packet is missing/],
      [['predict', '--policy', 'layer3+4', '--member-count', '0', 'tcp 10.0.0.1:1 > 10.0.0.2:2'], /--member-count/],
      [['schema', 'flws'], /Did you mean flows\?/],
      [['serve', '-'], /standard input/],
      [['flows', file('eth0.pcap'), '--lag', 'lag7'], /lag7/],
    ];
    for (const [args, message] of wrong) {
      const failure: unknown = await runProgram(args).then(
        (code) => `ended with ${code}`,
        (error: unknown) => error,
      );
      expect(failure, args.join(' ')).toMatchObject({ message: expect.stringMatching(message) });
      expect((failure as ExitError).exitCode ?? (failure as Error).name, args.join(' ')).toBeOneOf([2, 'BadCall']);
    }
    for (const [args, message] of [[[], /Usage: lacpviz/], wrong[0], wrong[wrong.length - 1]] as const) {
      const { status, stdout, stderr } = cli.run(args);
      expect([status, stdout], args.join(' ')).toEqual([2, '']);
      expect(stderr).toMatch(message);
    }
  });

  it('3: an input could not be read; the others are analysed and printed', () => {
    const { status, stdout } = cli.run([
      'flows',
      ...captures(),
      file('missing.pcap'),
      file('dir'),
      file('empty'),
      file('notes.txt'),
      '--json',
    ]);
    expect(status).toBe(3);
    const document = JSON.parse(stdout);
    expect(document.errors.map((error: { code: string }) => error.code).sort()).toEqual([
      'directory',
      'empty',
      'missing',
      'unrecognized-text',
    ]);
    expect(document.inputs.reduce((sum: number, input: { packets: number }) => sum + input.packets, 0)).toBe(40);
    expect(cli.run(['flows', '-'], { input: '' }).status).toBe(3);
  });

  it.skipIf(!existsSync('/dev/full'))('5: the output could not be written', () => {
    for (const path of ['/dev/full', join(folder, 'none', 'out.json'), folder]) {
      const { status, stderr } = cli.run(['flows', ...captures(), '--json', '-o', path]);
      expect(status, path).toBe(5);
      expect(stderr).toMatch(/cannot write/);
    }
  });

  it('0 and silent when the reader of the pipe has seen enough', async () => {
    const child = cli.start(['schema', 'flows'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout!.destroy();
    let stderr = '';
    child.stderr!.on('data', (part: Buffer) => (stderr += part.toString()));
    const [code] = await once(child, 'close');
    expect([code, stderr]).toEqual([0, '']);
  });

  it('130 at once on an interrupt, without a half-written file', async () => {
    const out = file('interrupted.json');
    const child = cli.start(['flows', '-', '--json', '-o', out], { stdio: ['pipe', 'ignore', 'inherit'] });
    for (let tries = 0; tries < 200 && !readdirSync(folder).some((name) => name.endsWith('.part')); tries++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect(code).toBe(130);
    expect(readdirSync(folder).filter((name) => name.includes('interrupted'))).toEqual([]);
  });

  it('130 on an interrupt after everything was read, while rules are weighed', async () => {
    const frames = Array.from({ length: 20_000 }, (_, i) => tcpFrame(1024 + (i >> 1), 80 + (i % 7), i % 2 === 1));
    writeFileSync(file('many.pcap'), pcapBytes(frames.slice(0, 10_000)));
    const args = ['infer', '-', file('many.pcap'), '--json', '-o', file('late.json')];
    const child = cli.start(args, { stdio: ['pipe', 'ignore', 'inherit'] });
    await new Promise<void>((resolve) => child.stdin!.end(pcapBytes(frames.slice(10_000)), resolve));
    setTimeout(() => child.kill('SIGINT'), 50);
    const [code] = await once(child, 'close');
    expect(code).toBe(130);
    expect(readdirSync(folder).filter((name) => name.includes('late'))).toEqual([]);
  });
});

describe('output', () => {
  it('says its version and helps', () => {
    expect(cli.run(['--version'])).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
    for (const command of ['flows', 'predict', 'serve', 'schema']) {
      const { status, stdout } = cli.run([command, '--help']);
      expect([status, /Examples:/.test(stdout)], command).toEqual([0, true]);
    }
  });

  it('follows the published schema, and frames add up', () => {
    const { stdout, stderr } = cli.run(['flows', ...captures(), '--json', '--local', '02:00:00:00:00:0a']);
    expect(stderr).toBe('');
    const document = JSON.parse(stdout);
    const ajv = new Ajv2020({ strict: true, allErrors: true });
    expect(ajv.validate(DOCUMENT_SCHEMAS.flows, document), ajv.errorsText()).toBe(true);
    expect(document.lags[0].flows).toHaveLength(40);
    expect(document.lags[0].sides.map((side: { role: string }) => side.role)).toEqual(['local', 'remote']);
  });

  it('writes the same flows in every format, to standard output and to a file', () => {
    const flows = JSON.parse(cli.run(['flows', ...captures(), '--json']).stdout).lags[0].flows;
    const lines = cli
      .run(['flows', ...captures(), '--format', 'jsonl'])
      .stdout.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual(flows.map((flow: object) => ({ lag: 'lag1', ...flow })));
    const csv = cli.run(['flows', ...captures(), '--format', 'csv']).stdout;
    expect(csv.trimEnd().split('\r\n')).toHaveLength(flows.length + 1);
    expect(cli.run(['flows', ...captures(), '--format', 'csv', '-o', file('out.csv')]).stdout).toBe('');
    expect(readFileSync(file('out.csv'), 'utf8')).toBe(csv);
    expect(cli.run(['flows', ...captures(), '--format', 'markdown']).stdout).toMatch(/^# .*\n\n\| lag1 \|/);
  });

  it('selects and sorts flows', () => {
    const idsOf = (...options: string[]): string[] =>
      JSON.parse(cli.run(['flows', ...captures(), '--json', ...options]).stdout).lags[0].flows.map(
        (flow: { srcPort: number }) => flow.srcPort,
      );
    expect(idsOf('--where', 'port=4003')).toHaveLength(2);
    expect(idsOf('--sort', '-srcPort', '--top', '2')).toEqual([4019, 4018]);
  });

  it('names members by NAME=FILE and reads standard input', () => {
    const { stdout } = cli.run(['flows', 'left=-', `right=${file('eth1.pcap')}`, '--json'], { input: readFileSync(file('eth0.pcap')) });
    expect(JSON.parse(stdout).lags[0].members.map((member: { name: string }) => member.name)).toEqual(['left', 'right']);
  });

  it('colours only when told or on a terminal', () => {
    const escape = '\u001b[';
    expect(cli.run(['flows', ...captures()], { env: { NO_COLOR: '' } }).stdout).not.toContain(escape);
    expect(cli.run(['flows', ...captures(), '--color', 'always']).stdout).toContain(escape);
    expect(cli.run(['flows', ...captures()], { env: { NO_COLOR: '', FORCE_COLOR: '1' } }).stdout).toContain(escape);
    expect(cli.run(['flows', ...captures(), '--color', 'never'], { env: { FORCE_COLOR: '1' } }).stdout).not.toContain(escape);
  });
});

describe('predict', () => {
  const packet = 'tcp 10.0.0.1:4000 > 10.0.0.2:80';

  it('prints one packet with its fields at the top, several as a list, as the schema says', () => {
    const ajv = new Ajv2020({ strict: true, allErrors: true });
    const validate = ajv.compile(DOCUMENT_SCHEMAS.predict);
    const one = JSON.parse(
      cli.run(['predict', '--policy', 'layer3+4', '--kernel', '6.1', '--member-count', '2', '--explain', '--json', packet]).stdout,
    );
    expect(validate(one), ajv.errorsText(validate.errors)).toBe(true);
    // hash-spec: (4000, 80 little-endian) ^ addresses = 0x5300a00f, folded and shifted by one.
    expect([one.hash, one.member, one.steps.length > 3]).toEqual(['0x29a9f9fe', 0, true]);
    const two = JSON.parse(cli.run(['predict', '--policy', 'layer3+4', '--members', 'eth0,eth1,eth2', '--json', packet, packet]).stdout);
    expect(validate(two), ajv.errorsText(validate.errors)).toBe(true);
    expect(two.predictions.map((prediction: { member: number }) => prediction.member)).toEqual([2, 2]);
    expect(cli.run(['predict', '--policy', 'layer3+4', '--members', 'eth0,eth1,eth2', packet]).stdout).toContain('2 (eth2)');
  });

  it('answers a batch line by line, in order, and goes on after a bad line', () => {
    const good = '{"protocol":"tcp","src":"10.0.0.1","dst":"10.0.0.2","srcPort":4000,"dstPort":80}';
    const input = [good, 'not json', '', good.replace('80', '70000'), '[1]', `{"policy":"nope",${good.slice(1)}`, good].join('\r\n');
    const { status, stdout } = cli.run(['predict', '--batch', '--policy', 'layer3+4', '--member-count', '2'], { input });
    expect(status).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.error === undefined || line.line)).toEqual([true, 2, 3, 4, 5, 6, true]);
    expect(lines[0]).toEqual({
      policy: 'layer3+4',
      variant: 'linux-5.18',
      memberCount: 2,
      hash: '0x29a9f9fe',
      bucket: 0,
      member: 0,
      unpredicted: null,
    });
    writeFileSync(file('batch.jsonl'), input);
    expect(cli.run(['predict', '--policy', 'layer3+4', '--member-count', '2', '--batch', file('batch.jsonl')]).stdout).toBe(stdout);
  });
});
