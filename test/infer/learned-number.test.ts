import { describe, expect, it } from 'vitest';
import { runTrial } from '../support/learned-trial.ts';

describe('a switch that makes a known number of the headers', { timeout: 120_000 }, () => {
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

  it.each([
    ['crc16', 'every-other', 4, 5],
    ['crc16', 'single-bits', 4, 9],
  ] as const)('of a part of the fields is solved (%s, %s, %i members)', (hash, mask, members, seed) => {
    const { learned, made, right, wrong } = runTrial({ hash, mask, members, seed, map: 64, flows: 600, traffic: 'hosts' });
    expect(learned.kind, `${made.title}: ${learned.summary}`).toBe('linear');
    expect(right, made.title).toBeGreaterThanOrEqual(0.98);
    expect(wrong, made.title).toBeLessThan(0.005);
  });

  it('is not made up where the hash is keyed', () => {
    for (const hash of ['siphash', 'murmur'] as const) {
      const { learned, wrong } = runTrial({ hash, members: 4, map: 'remainder', mask: 'whole', traffic: 'few', flows: 400, seed: 8 });
      expect(['keyed', 'undecided']).toContain(learned.kind);
      expect(wrong).toBe(0);
    }
  });
});
