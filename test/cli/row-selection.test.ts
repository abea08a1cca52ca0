import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { readRowSelection } from '../../src/cli/row-selection.ts';
import { FINDING_FIELDS, PORT_FIELDS } from '../../src/report/select-rows.ts';

describe('--top, --sort and --where of lacp, check, infer and plan', () => {
  it('are options of each', () => {
    for (const name of ['lacp', 'check', 'infer', 'plan']) {
      const options = createProgram(() => {})
        .commands.find((command) => command.name() === name)
        ?.options.map(({ long }) => long);
      expect(options, name).toEqual(expect.arrayContaining(['--top', '--sort', '--where']));
    }
  });

  it('are read', () => {
    expect(readRowSelection({}, PORT_FIELDS)).toEqual({});
    expect(readRowSelection({ where: ['member=eth 0, side=b'], sort: '-pdus', top: '3' }, PORT_FIELDS)).toEqual({
      member: 'eth 0',
      side: 'b',
      sort: '-pdus',
      top: 3,
    });
    expect(readRowSelection({ sort: '+since' }, FINDING_FIELDS)).toEqual({ sort: 'since' });
  });

  it.each([
    [{ where: ['ip=10.0.0.0/8'] }, 'only flows'],
    [{ where: ['member='] }, 'expected member='],
    [{ where: ['side=c'] }, 'expected a or b'],
    [{ where: ['member=a', 'member=b'] }, 'select nothing'],
    [{ sort: 'bytes' }, "unknown field 'bytes'"],
    [{ top: '-1' }, '--top'],
  ] as const)('refuse %o', (raw, text) => {
    const options = 'where' in raw ? { where: [...raw.where] } : raw;
    expect(() => readRowSelection(options, PORT_FIELDS)).toThrow(text);
  });
});
