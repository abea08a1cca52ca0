import { describe, expect, it } from 'vitest';
import { hasTerm, parseFilter, toggleTerm } from '../../src/ui/store/flow-filter.ts';

describe('the filter of the flow list', () => {
  it('reads the language of the command line: the comma means and', () => {
    expect(parseFilter('ip=10.0.0.0/8, port=443,verdict=mismatch')).toEqual({
      terms: [
        { field: 'ip', value: '10.0.0.0/8' },
        { field: 'port', value: '443' },
        { field: 'verdict', value: 'mismatch' },
      ],
      trouble: null,
    });
    expect(parseFilter('').terms).toEqual([]);
  });

  it.each(['port', 'port=', 'port=65536', 'vlan=4096', 'verdict=maybe', 'side=c', 'colour=red', 'ip=host', 'mac=12'])(
    'names what is wrong with %s',
    (text) => {
      const parsed = parseFilter(`proto=tcp,${text}`);
      expect(parsed.trouble).not.toBeNull();
      expect(parsed.terms).toEqual([{ field: 'proto', value: 'tcp' }]);
    },
  );

  it('toggles one field and keeps the others', () => {
    const one = toggleTerm('port=443', 'verdict', 'mismatch');
    expect(one).toBe('port=443,verdict=mismatch');
    expect(toggleTerm(one, 'verdict', 'moved')).toBe('port=443,verdict=moved');
    expect(toggleTerm(one, 'verdict', 'mismatch')).toBe('port=443');
    expect(hasTerm(one, 'verdict', 'mismatch')).toBe(true);
  });
});
