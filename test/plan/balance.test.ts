import { describe, expect, it } from 'vitest';
import { measureBalance } from '../../src/plan/balance.ts';
import { chanceAtLeast, imbalanceDistribution } from '../../src/plan/chance.ts';
import { chanceOfCounts, chiSquareAtLeast } from '../../src/plan/chi-square.ts';
import { falseAlarms } from '../support/simulated-lags.ts';

const all = (members: number): number[] => Array.from({ length: members }, (_, m) => m);

describe('balance', () => {
  it('is null where nothing was sent', () => {
    expect(measureBalance([0, 0], new Float64Array(0))).toEqual({ jain: null, maxOverMean: null, effectiveMembers: null, pValue: null });
  });

  it('measures loads, silent members included', () => {
    const { jain, maxOverMean, effectiveMembers } = measureBalance([300, 100, 0, 0], Float64Array.of(300, 100));
    expect(jain).toBeCloseTo(0.4);
    expect(maxOverMean).toBe(3);
    expect(effectiveMembers).toBeCloseTo(1.6);
  });

  it('is certain with one member or one flow', () => {
    expect(measureBalance([500], Float64Array.of(200, 300)).pValue).toBe(1);
    expect(measureBalance([500, 0, 0], Float64Array.of(500)).pValue).toBe(1);
  });

  it('is exact for few flows', () => {
    // Both of two flows on one of two members: half of the outcomes; all of three equal ones on one of three: 3 of 27.
    expect(measureBalance([500, 0], Float64Array.of(200, 300)).pValue).toBe(0.5);
    expect(measureBalance([3, 0, 0], Float64Array.of(1, 1, 1)).pValue).toBeCloseTo(3 / 27, 12);
    // Ten equal flows 8:2 on two members: (C(10,8) + C(10,9) + C(10,10)) * 2 of 1024.
    expect(measureBalance([8, 2], new Float64Array(10).fill(1)).pValue).toBeCloseTo((2 * (45 + 10 + 1)) / 1024, 12);
  });

  it('draws where outcomes are many, near the exact value', () => {
    // 60 equal flows 40:20: twice the binomial tail from 40 on.
    let tail = 0;
    let term = 1;
    for (let k = 0; k <= 60; k++) {
      if (k >= 40) tail += term;
      term *= (60 - k) / (k + 1);
    }
    const p = measureBalance([40, 20], new Float64Array(60).fill(1)).pValue ?? 0;
    expect(p).toBeCloseTo((2 * tail) / 2 ** 60, 2);
    expect(measureBalance([40, 20], new Float64Array(60).fill(1)).pValue).toBe(p);
  });

  it('takes flows as placed anew where other members were active', () => {
    // Two flows while both members were active, a third while only the first was.
    const groups = [
      { weights: Float64Array.of(10, 10, 0), targets: [0, 1] },
      { weights: Float64Array.of(0, 0, 5), targets: [0] },
    ];
    expect(imbalanceDistribution(groups, 2).values).toEqual(
      Float64Array.of(15 ** 2 + 10 ** 2, 15 ** 2 + 10 ** 2, 5 ** 2 + 20 ** 2, 25 ** 2),
    );
    // A member that is not counted takes flows away.
    const uncounted = imbalanceDistribution([{ weights: Float64Array.of(4, 4), targets: [0, 1, -1] }], 2);
    expect(uncounted.values).toHaveLength(9);
    expect(uncounted.values[0]).toBe(0);
    expect(chanceAtLeast(uncounted, 64)).toBeCloseTo(2 / 9);
  });

  it('replaces many small flows by a normal deviate without moving the tail', () => {
    const weights = Float64Array.from({ length: 1500 }, (_, i) => 60 + ((i * 7919) % 1441));
    const groups = [{ weights, targets: all(4) }];
    const mixed = imbalanceDistribution(groups, 4, 20_000);
    const single = imbalanceDistribution(groups, 4, 20_000, Infinity);
    for (const share of [0.5, 0.9, 0.95, 0.99]) {
      const x = single.values[Math.floor(share * 20_000)];
      // Three standard errors of two draws.
      expect(Math.abs(chanceAtLeast(mixed, x) - (1 - share))).toBeLessThan(3 * Math.sqrt((2 * share * (1 - share)) / 20_000) + 1e-3);
    }
  });
});

describe('chance or fault', () => {
  it.each([
    { sizes: 'equal', flows: 12, members: 3 },
    { sizes: 'log-normal', flows: 30, members: 2 },
    { sizes: 'Pareto 1.2', flows: 60, members: 4 },
  ])('keeps its level on simulated LAGs: $flows flows ($sizes) on $members members', (one) => {
    const lags = 600;
    const levels = [0.1, 0.05, 0.01];
    falseAlarms(one, lags, levels, 99, 1000).forEach((rate, l) => {
      const level = levels[l];
      expect(rate).toBeLessThan(level + 3.5 * Math.sqrt((level * (1 - level)) / lags));
    });
  });

  it('finds a hash that leaves out a member', () => {
    const weights = Float64Array.from({ length: 200 }, (_, i) => 100 + i);
    const load = [0, 0, 0, 0];
    weights.forEach((weight, i) => (load[i % 3] += weight));
    expect(measureBalance(load, weights).pValue).toBeLessThan(0.001);
  });
});

describe('chi-square', () => {
  it('agrees with tables', () => {
    // NIST/SEMATECH e-Handbook, 1.3.6.7.4: upper critical values.
    for (const [x, degrees, p] of [
      [3.841, 1, 0.05],
      [6.635, 1, 0.01],
      [7.815, 3, 0.05],
      [16.266, 3, 0.001],
      [18.307, 10, 0.05],
      [2.706, 1, 0.1],
    ])
      expect(chiSquareAtLeast(x, degrees)).toBeCloseTo(p, 4);
    expect(chiSquareAtLeast(0, 3)).toBe(1);
    expect(chanceOfCounts([50, 50])).toBe(1);
    expect(chanceOfCounts([100, 0])).toBeLessThan(1e-20);
  });
});
