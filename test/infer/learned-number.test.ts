import { describe, expect, it } from 'vitest';
import { runTrial } from '../support/learned-trial.ts';

describe('a switch that makes a known number of the headers', { timeout: 60_000 }, () => {
  it.each([
    [3, 'crc32', 'hosts'],
    [5, 'crc16', 'wild'],
    [6, 'xor', 'hosts'],
    [7, 'crc8', 'decoy'],
  ] as const)('and takes it modulo %i (%s, %s) is solved from 400 flows', (members, hash, traffic) => {
    const { learned, made, right, wrong } = runTrial({
      hash,
      traffic,
      members,
      flows: 400,
      mask: 'whole',
      map: 'remainder',
      seed: 4000 + members,
    });
    expect(learned.kind, `${made.title}: ${learned.summary}`).toBe('linear');
    expect(right, made.title).toBeGreaterThanOrEqual(0.99);
    expect(wrong, made.title).toBeLessThan(0.005);
  });

  it.each([
    [3, 'crc16', 256, 2000],
    [4, 'crc16', 64, 600],
    [3, 'crc32', 16, 600],
  ] as const)('and shares it out over %i members by a table (%s, %i buckets) is solved from %i flows', (members, hash, map, flows) => {
    const { learned, made, right, wrong } = runTrial({ hash, map, flows, members, traffic: 'hosts', mask: 'whole', seed: 70 + map });
    expect(learned.kind, `${made.title}: ${learned.summary}`).toBe('linear');
    // What no flow met stays unknown.
    expect(right, made.title).toBeGreaterThanOrEqual(0.98);
    expect(wrong, made.title).toBeLessThan(0.005);
  });

  it('of parts of the fields is solved', () => {
    const { learned, made, right, wrong } = runTrial({
      hash: 'crc16',
      map: 64,
      flows: 600,
      members: 3,
      traffic: 'hosts',
      mask: 'every-other',
      seed: 5,
    });
    expect(learned.kind, `${made.title}: ${learned.summary}`).toBe('linear');
    expect(right, made.title).toBeGreaterThanOrEqual(0.98);
    expect(wrong, made.title).toBeLessThan(0.005);
  });

  it('is not made up where the hash is keyed', () => {
    for (const [hash, members] of [
      ['siphash', 4],
      ['murmur', 3],
    ] as const) {
      const { learned, wrong } = runTrial({ hash, members, map: 'remainder', mask: 'whole', traffic: 'hosts', flows: 600, seed: 8 });
      expect(['keyed', 'undecided']).toContain(learned.kind);
      expect(wrong).toBe(0);
    }
  });
});
