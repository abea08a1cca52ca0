import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFragment, parseFragment } from '../../src/ui/store/fragment-text.ts';

const KEYS = ['view', 'where', 'member'] as const;

describe('the fragment', () => {
  it('stays readable', () => {
    expect(formatFragment({ view: 'flows', where: 'ip=10.0.0.0/8,port=443' }, KEYS)).toBe('view=flows&where=ip=10.0.0.0/8,port=443');
  });

  it('takes a plus for itself', () => {
    expect(parseFragment('#where=layer3+4&view=%zz', KEYS)).toEqual({ where: 'layer3+4', view: '%zz' });
    expect(formatFragment({ where: 'layer3+4' }, KEYS)).toBe('where=layer3+4');
  });

  it('drops what is not known and what is empty', () => {
    expect(parseFragment('#view=flows&other=1', KEYS)).toEqual({ view: 'flows' });
    expect(formatFragment({ view: '', member: 'eth0' }, KEYS)).toBe('member=eth0');
  });

  it('gives back any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        expect(parseFragment(`#${formatFragment({ where: text }, KEYS)}`, KEYS)).toEqual({ where: text });
      }),
    );
  });
});
