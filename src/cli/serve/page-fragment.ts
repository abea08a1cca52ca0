import type { AnalysisOptions, SenderOptions, TimeOption } from '../../pipeline/analysis-options.ts';
import type { FlowFilterTerm } from '../../pipeline/flows-analysis.ts';
import { usageError } from '../exit-codes.ts';

/**
 * The part of the page's address after `#`: `first` (where its files are), and what the command line said of them, in
 * the page's own keys. What the page has no field for it takes from a report, and is refused for `serve`.
 */
export function pageFragment(first: Readonly<Record<string, string>>, options: AnalysisOptions, where: readonly FlowFilterTerm[]): string {
  const values: Record<string, string> = { ...first };
  const isServed = 'serve' in first;
  for (const side of ['a', 'b'] as const) {
    const sender = { ...options.sender, ...options.sides[side] };
    const suffix = side.toUpperCase();
    values[`policy${suffix}`] = sender.policy ?? '';
    values[`kernel${suffix}`] = versionOf(sender, isServed);
    values[`members${suffix}`] = sender.members?.join(',') ?? '';
    if (isServed && sender.basis !== undefined) throw usageError('serve: the page has no field for --basis; lacpviz flows takes it');
  }
  values.local = options.local.join(',');
  values.lag = options.lag ?? '';
  values.from = timeText('--from', options.from);
  values.to = timeText('--to', options.to);
  values.oneLag = options.oneLag ? '1' : '';
  values.where = where.map(({ field, value }) => `${field}=${value}`).join(',');
  return Object.entries(values)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join('&');
}

/** The page takes a variant where it takes a kernel. */
function versionOf({ variant, kernel }: SenderOptions, isServed: boolean): string {
  if (variant !== undefined && !variant.startsWith('linux-')) {
    if (!isServed) return kernel ?? '';
    throw usageError(`serve: the page has no field for --variant ${variant}; lacpviz flows takes it`);
  }
  return variant ?? kernel ?? '';
}

function timeText(option: string, time: TimeOption | undefined): string {
  if (time === undefined) return '';
  if (time.kind === 'relative') throw usageError(`serve: ${option} +SECONDS is for lacpviz flows; give an absolute time here`);
  return `${new Date(time.seconds * 1000).toISOString().slice(0, 19)}.${String(time.nanos).padStart(9, '0')}Z`;
}
