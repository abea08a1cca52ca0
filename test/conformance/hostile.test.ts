/** Inputs and arguments that nobody sends by mistake: names that are commands, absurd times and lengths, copies. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzeFiles } from '../../src/node.ts';
import type { ResultDocument } from '../../src/report/document.ts';
import { buildCli, type BuiltCli } from '../support/built-cli.ts';
import {
  buildEnhancedPacket,
  buildInterface,
  buildPcap,
  buildSection,
  buildSimplePacket,
  concatBytes,
  type BuiltRecord,
} from '../support/capture-builder.ts';
import { expectEveryFrameCounted } from '../support/linux-runs.ts';
import { tcpFrame } from '../support/pcap-bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'lacpviz-hostile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const START = 1_795_228_526;

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function record(i: number, seconds = START + i, fraction = 0): BuiltRecord {
  return { seconds, fraction, data: new Uint8Array(tcpFrame(4000 + i, 80, i % 2 === 1)) };
}

const records = (count: number, from = 0): BuiltRecord[] => Array.from({ length: count }, (_, i) => record(from + i));

async function read(...paths: string[]): Promise<ResultDocument> {
  const { document } = await analyzeFiles(paths);
  expectEveryFrameCounted(document);
  return document;
}

describe('captures', () => {
  it('of absurd times', async () => {
    const times = [0, 0xffff_ffff, START, 1, 0xffff_fffe];
    const path = write('times.pcap', buildPcap(times.map((seconds, i) => record(i, seconds, i === 2 ? 0xffff_ffff : 999_999))));
    expect((await read(path, write('usual.pcap', buildPcap(records(9))))).inputs.map(({ packets }) => packets)).toEqual([5, 9]);
  });

  it('whose times run backwards or never meet', async () => {
    const back = write('back.pcap', buildPcap(records(20).reverse()));
    const later = write('later.pcap', buildPcap(records(20, 5000)));
    const document = await read(back, later);
    expect(document.inputs[0]).toMatchObject({
      packets: 20,
      firstTime: '2026-11-21T02:35:26.000000000Z',
      lastTime: '2026-11-21T02:35:45.000000000Z',
    });
  });

  it('without times', async () => {
    const packets = records(20).map(({ data }) => buildSimplePacket(data.length, data));
    const document = await read(write('simple.pcapng', concatBytes(buildSection(), buildInterface(1, 65_535), ...packets)));
    expect(document.inputs[0]).toMatchObject({ packets: 20, firstTime: null, lastTime: null });
    expect(document.lags[0].directions.map(({ totals }) => totals.packets)).toEqual([10, 10]);
  });

  it('cut to any number of bytes', async () => {
    for (let bytes = 0; bytes <= 60; bytes += 2) {
      const cut = records(10).map(({ data, ...rest }) => ({ ...rest, data: data.subarray(0, bytes), original: 60 }));
      const document = await read(
        write('snap.pcap', buildPcap(cut, { snapLength: bytes })),
        write('whole.pcap', buildPcap(records(10, 50))),
      );
      expect(document.inputs.map((input) => [input.packets, input.bytes])).toEqual([
        [10, 600],
        [10, 600],
      ]);
    }
  });

  it('given twice count once, under one name', async () => {
    const path = write('twice.pcap', buildPcap(records(20)));
    const copy = write('copy.pcap', buildPcap(records(20)));
    const same = [
      { path, memberName: 'eth0' },
      { path: copy, memberName: 'eth0' },
    ];
    for (const files of [[path, path], same]) {
      const { document } = await analyzeFiles(files);
      expectEveryFrameCounted(document);
      expect(document.lags[0].duplicates.packets).toBe(20);
    }
  });

  it('compressed twice are named', async () => {
    const document = await read(write('twice.gz', gzipSync(gzipSync(buildPcap(records(3))))));
    expect(document.errors).toMatchObject([
      { code: 'unsupported-format', reason: 'gzip data inside the gzip data cannot be read; pcap and pcapng can' },
    ]);
  });
});

describe('names', () => {
  const EVIL = ['\u001b[31mred\u001b]0;title\u0007', '<img src=x onerror=alert(1)>', '=1+1', '@x|y`z`*b*\n# head', 'a\u202eb'];
  let cli: BuiltCli;
  let path: string;
  beforeAll(async () => {
    cli = await buildCli();
    const name = (text: string) => ({ code: 2, value: new TextEncoder().encode(text) });
    const packets = records(40).map(({ data }, i) =>
      buildEnhancedPacket({ interface: i % EVIL.length, time: BigInt(START + i) * 1_000_000n, data }),
    );
    path = write('evil.pcapng', concatBytes(buildSection(), ...EVIL.map((text) => buildInterface(1, 65_535, [name(text)])), ...packets));
  }, 60_000);
  afterAll(() => cli?.remove());

  it('of interfaces are told as they are to programs', () => {
    const { status, stdout } = cli.run(['flows', '--json', path]);
    expect(status).toBe(0);
    const document = JSON.parse(stdout) as ResultDocument;
    expect(document.lags[0].members.map(({ name }) => name)).toEqual(EVIL);
  });

  it('are no commands to terminals and no markup', () => {
    for (const format of ['table', 'markdown']) {
      const { status, stdout } = cli.run(['flows', '--format', format, '--policy', 'layer2', path]);
      expect(status).toBe(0);
      // oxlint-disable-next-line no-control-regex
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
      expect(stdout).not.toMatch(/^# head/m);
    }
    expect(cli.run(['flows', '--format', 'markdown', path]).stdout).not.toContain('<img');
  });

  it('of files and values in messages neither', () => {
    for (const args of [
      [path, '--policy', '\u001b[31m'],
      ['\u001b[31m.pcap', '--json'],
      ['--\u001b[31m', path],
    ]) {
      const { status, stderr } = cli.run(['flows', ...args]);
      expect([2, 3]).toContain(status);
      expect(stderr).not.toContain('\u001b');
    }
  });

  it('are one LAG with a name from standard input beside names of files', () => {
    const files = [write('host-eth1.pcap', buildPcap(records(10, 20))), write('host-eth2.pcap', buildPcap(records(10, 40)))];
    const { stdout } = cli.run(['flows', '--json', 'eth0=-', ...files], { input: buildPcap(records(10)) });
    expect((JSON.parse(stdout) as ResultDocument).lags[0].members.map(({ name }) => name)).toEqual(['eth0', 'eth1', 'eth2']);
  });
});
