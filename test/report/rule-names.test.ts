import { describe, expect, it } from 'vitest';
import { findPolicy } from '../../src/hash/registry.ts';
import { describeRules } from '../../src/report/rule-names.ts';

const best = { policy: 'layer3+4', variant: 'linux-5.18' };
const all = (policy: string): { policy: string; variant: string }[] =>
  (findPolicy(policy)?.variants ?? []).filter(({ id }) => id !== 'linux-5.15.0').map(({ id }) => ({ policy, variant: id }));

describe('rules in few words', () => {
  it('say "any version" where all are meant', () => {
    expect(describeRules(best, all('layer2'))).toBe('layer2 (any version)');
    expect(
      describeRules(
        best,
        all('layer3+4').filter(({ variant }) => variant !== 'linux-5.18'),
      ),
    ).toBe('other versions of it (all)');
  });

  it('name neighbours in time as a range, and others one by one', () => {
    const layer2 = all('layer2');
    expect(describeRules(best, layer2.slice(0, 4))).toBe(`layer2 (${layer2[0].variant} to ${layer2[3].variant})`);
    expect(describeRules(best, [layer2[0], layer2[3]])).toBe(`layer2 (${layer2[0].variant}, ${layer2[3].variant})`);
  });

  it('leave out a version where there is only one', () => {
    expect(describeRules(best, [{ policy: 'balance-tlb', variant: 'linux' }, ...all('layer2')])).toBe('balance-tlb; layer2 (any version)');
  });
});
