import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importState } from '../../src/state/import-state.ts';
import { STATE_IMPORTERS } from '../../src/state/registry.ts';
import { FIXTURES, readText } from './support.ts';

const texts = readdirSync(FIXTURES).filter((name) => name.endsWith('.txt')).map((name) => readText(FIXTURES, name));
const lines = texts.flatMap((text) => text.split('\n'));

/** Every line of a text is told of: taken by an output, unknown to it, or outside all outputs. */
function check(text: string): void {
  const result = importState(text);
  if ('code' in result) {
    expect(result.code).toBe('unrecognized-text');
    // eslint-disable-next-line no-control-regex -- the reason must be printable
    expect(/[\u0000-\u001f\u007f-\u009f]/.test(result.reason)).toBe(false);
    return;
  }
  expect(result.facts.length).toBeGreaterThan(0);
  for (const facts of result.facts) {
    expect(STATE_IMPORTERS.some((importer) => importer.id === facts.format)).toBe(true);
    for (const lag of facts.lags) {
      for (const bucket of lag.buckets ?? []) expect(bucket.bucket >= 0 && bucket.bucket < 256).toBe(true);
      for (const member of lag.members) expect(member.name).not.toBe('');
    }
  }
}

describe('any text', () => {
  it('is read or refused, never thrown upon', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), check), { numRuns: 300 });
  });

  it('made of lines of all formats is read or refused', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...lines), { maxLength: 60 }), (picked) => check(picked.join('\n'))), { numRuns: 300 });
  });

  it('cut, spliced and scrambled is read or refused', () => {
    const edit = fc.record({ text: fc.constantFrom(...texts), at: fc.nat(4000), length: fc.nat(200), insert: fc.string({ unit: 'binary', maxLength: 20 }) });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        check(edits.map(({ text, at, length, insert }) => text.slice(0, at) + insert + text.slice(at + length)).join(''));
      }),
      { numRuns: 300 },
    );
  });

  it('is read in linear time, however it repeats', () => {
    const units = [
      ' ', '\t', '[', '{', '"', '\u001b]', '\u001b[', 'a ', 'a: ', '---- a ', 'bond0: ', '- ', '(a', 'a,', '0x', 'Po1(SU) LACP ', 'Et0/0(P) ', '# ', 'ab@', '/a',
      'iface ', 'auto a ', 'ovs-vsctl --a ', '8: a: <A,', 'bond mode ', 'a=b ', '[{"ifindex":1,', '...  ', '1 ', 'x'.repeat(7), 'duration=1s, ', 'actions=',
    ];
    for (const unit of units) {
      const text = unit.repeat(Math.ceil(400_000 / unit.length));
      const start = performance.now();
      check(text);
      check(`${text}\n`.repeat(2));
      expect(performance.now() - start, JSON.stringify(unit)).toBeLessThan(4000);
    }
  });

  it('of many short lines is read in linear time', () => {
    for (const unit of [...lines].filter((line) => line.trim() !== '')) {
      const start = performance.now();
      check(`${unit}\n`.repeat(300));
      expect(performance.now() - start, unit).toBeLessThan(2000);
    }
  });
});
