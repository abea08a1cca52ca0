import { describe, expect, it } from 'vitest';
import { addSeconds, clockTime, secondsBetween } from '../../src/report/iso-time.ts';
import { countNoun, formatBitRate, formatBytes, formatCount, formatDuration, formatShare } from '../../src/report/quantity.ts';

describe('quantities', () => {
  it('keeps three digits and SI prefixes', () => {
    expect([0, 812, 999, 1000, 1234, 45_600_000, 999_950_000].map(formatBytes)).toEqual([
      '0 B',
      '812 B',
      '999 B',
      '1.00 kB',
      '1.23 kB',
      '45.6 MB',
      '1.00 GB',
    ]);
    expect(formatBitRate(9_100_000_000)).toBe('9.10 Gbit/s');
  });

  it('never rounds a share to nothing or to all', () => {
    expect([0, 0.0001, 0.5, 0.99999, 1].map((share) => formatShare(share))).toEqual(['0 %', '<0.1 %', '50.0 %', '>99.9 %', '100 %']);
  });

  it('groups digits and counts nouns', () => {
    expect([7, 1234, 1234567].map(formatCount)).toEqual(['7', '1,234', '1,234,567']);
    expect([countNoun(1, 'flow'), countNoun(2, 'flow')]).toEqual(['1 flow', '2 flows']);
  });

  it('says durations in the unit that fits', () => {
    expect([0, 4.5e-7, 0.00123, 0.45, 12.34, 125, 11_520, 90_000].map(formatDuration)).toEqual([
      '0 s',
      '450 ns',
      '1.23 ms',
      '450 ms',
      '12.3 s',
      '2 min 05 s',
      '3 h 12 min',
      '1 d 1 h',
    ]);
  });
});

describe('times of the document', () => {
  const start = '2026-11-21T02:35:26.123456789Z';

  it('subtracts and adds to the nanosecond', () => {
    expect(secondsBetween(start, '2026-11-21T02:35:27.123456790Z')).toBeCloseTo(1.000000001, 9);
    expect(addSeconds(start, 0.876543211)).toBe('2026-11-21T02:35:27.000000000Z');
    expect(addSeconds(start, -1)).toBe('2026-11-21T02:35:25.123456789Z');
  });

  it('says no time for what is none', () => {
    expect(secondsBetween('yesterday', start)).toBeNaN();
    expect(clockTime(start)).toBe('02:35:26.123');
    expect(clockTime(start, 0)).toBe('02:35:26');
  });
});
