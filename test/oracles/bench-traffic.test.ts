import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { generateTraffic, type TrafficOptions, type TrafficTruth } from '../../bench/traffic.ts';

const folder = mkdtempSync(join(tmpdir(), 'traffic-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, options: TrafficOptions): { paths: string[]; truth: TrafficTruth } {
  const pieces: Uint8Array[][] = Array.from({ length: options.members }, () => []);
  const truth = generateTraffic(options, (member, piece) => pieces[member].push(piece.slice()));
  const paths = pieces.map((own, member) => {
    const path = join(folder, `${name}-eth${member}.pcap`);
    writeFileSync(path, Buffer.concat(own));
    return path;
  });
  return { paths, truth };
}

const hasTshark = spawnSync('tshark', ['--version'], { stdio: 'ignore' }).status === 0;
const skipReason = hasTshark ? '' : ' (skipped: tshark is not installed)';

describe.skipIf(!hasTshark)(`generated traffic, read by tshark${skipReason}`, () => {
  const options: TrafficOptions = { seed: 7, flows: 400, members: 2, targetBytes: 1_500_000, snapLength: 0, durationSeconds: 3 };

  it('has the frames, flows and lengths the generator says', () => {
    const { paths, truth } = write('whole', options);
    const flows = new Set<string>();
    let frames = 0;
    let bytes = 0;
    let slow = 0;
    const memberOf = new Map<string, number>();
    paths.forEach((path, member) => {
      const fields = [
        'frame.len',
        'eth.type',
        'ip.src',
        'ip.dst',
        'ipv6.src',
        'ipv6.dst',
        'tcp.srcport',
        'tcp.dstport',
        'udp.srcport',
        'udp.dstport',
      ];
      const out = execFileSync(
        'tshark',
        ['-n', '-r', path, '-T', 'fields', '-E', 'occurrence=f', ...fields.flatMap((field) => ['-e', field])],
        { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] },
      );
      for (const line of out.replace(/\n$/, '').split('\n')) {
        const [length, type, ...address] = line.split('\t');
        frames++;
        bytes += Number(length);
        if (type === '0x8809') {
          slow++;
          continue;
        }
        const key = address.join(' ');
        flows.add(key);
        expect(memberOf.get(key) ?? member).toBe(member);
        memberOf.set(key, member);
      }
    });
    expect({ frames, bytes, slow, flows: flows.size }).toEqual({
      frames: truth.packets,
      bytes: truth.bytes,
      slow: truth.lacpdus,
      flows: truth.flows,
    });
    expect(truth.ab.concat(truth.ba).reduce((sum, count) => sum + count, truth.lacpdus)).toBe(truth.packets);
  });

  it('cuts at the snap length and repeats itself for the same seed', () => {
    const first = write('snap', { ...options, snapLength: 96 });
    const again = write('again', { ...options, snapLength: 96 });
    expect(again.truth).toEqual(first.truth);
    const counts = execFileSync('capinfos', ['-TMrc', ...first.paths], { encoding: 'utf8' });
    const total = counts
      .trim()
      .split('\n')
      .reduce((sum, line) => sum + Number(line.split('\t')[1]), 0);
    expect(total).toBe(first.truth.packets);
    execFileSync('cmp', [first.paths[0], again.paths[0]]);
  });
});
