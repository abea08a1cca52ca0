import { Option, type Command } from 'commander';
import type { RowFields, RowSelection } from '../report/select-rows.ts';
import { usageError } from './exit-codes.ts';
import { unknownValue } from './nearest.ts';
import { requireWholeNumber } from './option-values.ts';
import { collect, type RawOptions } from './options.ts';

/** `--top`, `--sort` and `--where` of commands that list something other than flows. */
export function addRowOptions(command: Command, rows: string, example: string): Command {
  const option = (flags: string, text: string): Option => new Option(flags, text).helpGroup('Selection:');
  return command
    .addOption(option('--top <n>', `the first N ${rows} only`))
    .addOption(option('--sort <field>', `${example}; -FIELD in falling order`))
    .addOption(option('--where <expr>', `${rows} of a member (member=) or of a side (side=); a comma means and`).argParser(collect));
}

export function readRowSelection(raw: RawOptions, fields: { readonly sortKeys: RowFields<never>['sortKeys'] }): RowSelection {
  const { top, sort } = raw;
  return {
    ...readTerms(Array.isArray(raw.where) ? raw.where : []),
    ...(typeof sort === 'string' && { sort: readSort(sort, Object.keys(fields.sortKeys)) }),
    ...(typeof top === 'string' && { top: requireWholeNumber('--top', top, 0, Number.MAX_SAFE_INTEGER) }),
  };
}

function readTerms(expressions: readonly string[]): RowSelection {
  let selection: RowSelection = {};
  for (const term of expressions.flatMap((expression) => expression.split(','))) {
    const [, field, value] = /^\s*(\w+)\s*=\s*(.+?)\s*$/.exec(term) ?? [];
    if (field !== 'member' && field !== 'side')
      throw usageError(`--where '${term}': expected member=NAME or side=a; only flows can be selected by other fields`);
    if (field === 'side' && value !== 'a' && value !== 'b') throw usageError(`--where side=${value}: expected a or b`);
    if (selection[field] !== undefined && selection[field] !== value)
      throw usageError(`--where: ${field}=${selection[field]} and ${field}=${value} together select nothing`);
    selection = { ...selection, [field]: value };
  }
  return selection;
}

function readSort(text: string, known: readonly string[]): string {
  const falling = text.startsWith('-');
  const name = text.replace(/^[+-]/, '');
  if (!known.includes(name)) throw usageError(`--sort: ${unknownValue('field', name, known)}`);
  return falling ? `-${name}` : name;
}
