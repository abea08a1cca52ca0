import { describe, expect, it } from 'vitest';
import type { LagAnalysis } from '../../src/pipeline/analyze-lag.ts';
import { asEitherEnd, confidenceOf } from '../../src/pipeline/either-end.ts';
import type { DirectionInference, InferHypothesis } from '../../src/report/infer-document.ts';

function rule(policy: string, probability: number): InferHypothesis {
  const counts = { match: 10, total: 10 };
  const agreement = { packets: counts, flows: counts };
  return { policy, variant: 'linux-5.18', basis: 0, members: [], untestedMembers: [], agreement, tests: 10, probability, equivalent: [] };
}

function direction(from: 'a' | 'b', policy: string, confidence: number): DirectionInference {
  return {
    from,
    to: from === 'a' ? 'b' : 'a',
    hypotheses: [rule(policy, confidence)],
    unexplained: 1 - confidence,
    decided: true,
    confidence,
    mode: '802.3ad',
    equivalentModes: [],
    modeEvidence: [],
    needs: '',
    decidedBy: [],
    stated: null,
  };
}

describe('ends that nothing tells apart', () => {
  it('make the rules of both equivalents of each other, and none decided', () => {
    const [a, b] = asEitherEnd([direction('a', 'layer2+3', 0.98), direction('b', 'layer3+4', 1)]);
    expect(a).toMatchObject({ decided: false, confidence: 0.49 });
    expect(a.hypotheses[0]).toMatchObject({
      policy: 'layer2+3',
      probability: 0.99,
      equivalent: [{ policy: 'layer3+4', variant: 'linux-5.18' }],
    });
    expect(b.hypotheses[0].equivalent).toEqual([{ policy: 'layer2+3', variant: 'linux-5.18' }]);
    expect(b.needs).toContain('--local');
  });

  it('say nothing against a rule that both follow', () => {
    const found = [direction('a', 'layer3+4', 0.99), direction('b', 'layer3+4', 0.98)];
    expect(asEitherEnd(found)).toEqual(found);
  });
});

describe('the rule that `flows` tells of ends that nothing tells apart', () => {
  const lagOf = (endsAreTold: boolean, other: string, source = 'inferred'): LagAnalysis =>
    ({
      endsAreTold,
      directions: ['layer2+3', other].map((id, side) => ({ side, list: [1], sender: { policy: { id }, source, confidence: 0.98 } })),
    }) as unknown as LagAnalysis;
  const confidence = (lag: LagAnalysis): number => confidenceOf(lag, lag.directions[0]);

  it('is half as sure where the other end follows another one', () => {
    expect(confidence(lagOf(false, 'layer3+4'))).toBeCloseTo(0.49);
  });

  it('is as sure as before where both follow it, where the ends are told, or where it was named', () => {
    expect([
      confidence(lagOf(false, 'layer2+3')),
      confidence(lagOf(true, 'layer3+4')),
      confidence(lagOf(false, 'layer3+4', 'option')),
    ]).toEqual([0.98, 0.98, 0.98]);
  });
});
