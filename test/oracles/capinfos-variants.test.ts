import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createInputProbe } from '../../src/decoder/open-capture.ts';
import { readCapture, type CopiedRow } from '../support/capture-rows.ts';

const ROOT = resolve(import.meta.dirname, '../../../shared/captures/linux');
const CAPTURE = join(ROOT, 'k6.1-lacpdu-oneway-loss-n2/host-enp0s4.pcap');
const MULTI = join(ROOT, 'k6.1-layer34-n3/host-slaves.pcapng');
const SLL2 = join(ROOT, 'k6.1-dirs-sll2-layer23-n2/host-any-sll2.pcap');

function hasTools(): boolean {
  try {
    for (const tool of ['editcap', 'tshark', 'capinfos', 'zstd', 'gzip']) execFileSync(tool, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const ready = hasTools() && [CAPTURE, MULTI, SLL2].every((path) => existsSync(path));
const folder = mkdtempSync(join(tmpdir(), 'reader-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string): Uint8Array => Uint8Array.from(readFileSync(path));
const content = (row: CopiedRow): unknown => [row.seconds, row.nanos, row.capturedLength, row.originalLength, row.data];

function convert(path: string, ...options: string[]): string {
  const out = join(folder, `${options.join('')}.out`);
  execFileSync('editcap', [...options, path, out], { stdio: 'ignore' });
  return out;
}

/** Lines of "seconds.nanos length captured interface" that tshark prints. */
function askTshark(path: string): string[] {
  const fields = ['frame.time_epoch', 'frame.len', 'frame.cap_len', 'frame.interface_id'].flatMap((field) => ['-e', field]);
  return execFileSync('tshark', ['-n', '-r', path, '-T', 'fields', ...fields], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .replace(/\n$/, '')
    .split('\n');
}

describe.skipIf(!ready)('conversions by editcap (skipped where Wireshark tools, zstd or ../shared are absent)', () => {
  it('give the same rows in every format and compression', { timeout: 60_000 }, () => {
    const expected = readCapture(read(CAPTURE)).rows.map(content);
    expect(expected.length).toBeGreaterThan(100);
    for (const format of ['pcap', 'nsecpcap', 'pcapng', 'modpcap']) {
      const path = convert(CAPTURE, '-F', format);
      const compressed = ['gzip', 'zstd'].map((tool) => Uint8Array.from(execFileSync(tool, ['-c', path], { maxBuffer: 1 << 28 })));
      for (const bytes of [read(path), ...compressed]) {
        const { rows, issues } = readCapture(bytes, [30_000]);
        expect(issues).toEqual([]);
        expect(rows.length).toBe(expected.length);
        const different = rows.findIndex((row, i) => JSON.stringify(content(row)) !== JSON.stringify(expected[i]));
        expect([format, different]).toEqual([format, -1]);
      }
    }
  });

  it('to formats that cannot be read are named', () => {
    const named: string[] = [];
    for (const format of [
      'snoop',
      'netmon1',
      'netmon2',
      'lanalyzer',
      'ngsniffer',
      'ngwsniffer_1_1',
      'ngwsniffer_2_0',
      'visual',
      '5views',
      'observer',
      'nettl',
    ]) {
      let bytes: Uint8Array;
      try {
        bytes = read(convert(CAPTURE, '-F', format));
      } catch {
        continue;
      }
      const probe = createInputProbe();
      probe.push(bytes);
      probe.finish();
      expect([format, probe.kind]).toEqual([format, 'none']);
      expect(['unsupported-format', 'not-a-capture']).toContain(probe.failure!.code);
      if (probe.failure!.code === 'unsupported-format') named.push(format);
    }
    expect(named).toEqual(expect.arrayContaining(['snoop', 'netmon1', 'netmon2', 'lanalyzer', 'ngsniffer', 'visual', '5views', 'nettl']));
  });
});

describe.skipIf(!ready)('tshark agrees (skipped where it or ../shared is absent)', () => {
  for (const path of [CAPTURE, MULTI, SLL2]) {
    it(`on times, lengths and interfaces of ${path.slice(ROOT.length + 1)}`, { timeout: 60_000 }, () => {
      const { rows, info } = readCapture(read(path));
      const perInterface = info.sources.every((source) => source.ifIndex === null);
      const lines = askTshark(path);
      expect(rows.length).toBe(lines.length);
      const different = lines.findIndex((line, i) => {
        const [time, length, captured, interfaceId] = line.split('\t');
        const row = rows[i];
        const own = `${row.seconds}.${String(row.nanos).padStart(9, '0')} ${row.originalLength} ${row.capturedLength} ${perInterface && interfaceId !== '' ? row.source : interfaceId}`;
        return own !== `${time} ${length} ${captured} ${interfaceId}`;
      });
      expect([different, rows[different], lines[different]]).toEqual([-1, undefined, undefined]);
    });
  }

  it('(or capinfos) on the packets before a cut, wherever it is', { timeout: 60_000 }, () => {
    const bytes = read(CAPTURE).subarray(0, 20_000);
    for (const cut of [24, 30, 40, 41, 900, 5001, 12_345, 19_999]) {
      const path = join(folder, `cut-${cut}.pcap`);
      writeFileSync(path, bytes.subarray(0, cut));
      const output = (() => {
        try {
          return execFileSync('capinfos', ['-T', '-M', '-r', '-B', '-c', path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
        } catch (error) {
          return (error as { stdout: string }).stdout;
        }
      })();
      const { info } = readCapture(bytes.subarray(0, cut));
      expect([cut, info.packets]).toEqual([cut, Number(output.split('\t')[1])]);
    }
  });
});
