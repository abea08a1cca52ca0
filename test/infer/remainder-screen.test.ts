/** The first look at remainders refutes what solving refutes, and nothing else. */
import { describe, expect, it } from 'vitest';
import { fitRemainder } from '../../src/infer/learned/remainder-algebra.ts';
import { createRemainderScreen } from '../../src/infer/learned/remainder-screen.ts';
import { seeded } from '../support/generated-switch.ts';

const ROWS = 80;
/** How members go with values: not at all, by a remainder, or by one with a few rows elsewhere. */
const FORMS = ['blind', 'remainder', 'spoiled'] as const;

describe('a first look at remainders', () => {
  it.each([
    [3, 3],
    [3, 6],
    [3, 9],
    [5, 5],
    [5, 10],
    [7, 7],
    [7, 14],
  ])('modulo %i with %i members says what solving says', (p, members) => {
    const random = seeded(members);
    const below = (n: number): number => Math.floor(random() * n);
    const screen = createRemainderScreen(p, members);
    const order = Array.from({ length: 40 + 2 * members }, (_, n) => n);
    const seen = new Set<boolean>();
    for (const bits of [8, 16, 32])
      for (const form of FORMS)
        for (let round = 0; round < 8; round++) {
          const weights = Array.from({ length: bits }, () => below(p));
          const values = Uint32Array.from({ length: ROWS }, () => below(2 ** bits));
          const member = Uint8Array.from(values, (value) => {
            if (form === 'blind' || (form === 'spoiled' && random() < 0.05)) return below(members);
            const sum = weights.reduce((total, weight, b) => total + ((value >>> b) & 1) * weight, 0);
            return (sum % p) + p * below(members / p);
          });
          const solved = (fitRemainder(values, bits, member, members, p, order) ?? []).length > 0;
          expect(screen?.mayFit(values, member, order), `${form}, ${bits} bits, round ${round}`).toBe(solved);
          seen.add(solved);
        }
    expect(seen.size).toBe(2);
  });

  it('is not made for other moduli', () => {
    expect(createRemainderScreen(2, 4)).toBeNull();
    expect(createRemainderScreen(11, 11)).toBeNull();
  });
});
