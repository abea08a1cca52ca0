import { Option, type Command } from 'commander';
import type { AnalysisOptions, SenderOptions, TimeOption } from '../pipeline/analysis-options.ts';
import { languageOfLocale, LANGUAGES } from '../diagnose/languages.ts';
import { usageError } from './exit-codes.ts';
import { parseSort, parseWhere, type FlowSelection } from './flow-query.ts';
import { unknownValue } from './nearest.ts';
import { normalizeMac, requireNames, requireWholeNumber } from './option-values.ts';
import { checkSender, readModel } from './sender-options.ts';
import type { ColorChoice } from './terminal.ts';
import { isAfter, parseTimeOption } from './time-option.ts';

export const FORMATS = ['table', 'json', 'jsonl', 'csv', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];
const COLORS = ['auto', 'always', 'never'] as const;
const SUFFIXES = ['', 'A', 'B'] as const;
const MAX_THREADS = 256;

/** Options as commander gives them: everything is still text. */
export type RawOptions = Readonly<Record<string, string | string[] | boolean | undefined>>;

export interface OutputOptions {
  readonly format: Format;
  readonly output: string | undefined;
  readonly color: ColorChoice;
  readonly progress: boolean;
}

/** Options of every command. */
/** Without formats: for a command whose output has one form only. */
export function addOutputOptions(command: Command, formats: readonly Format[] = FORMATS): Command {
  const option = (flags: string, text: string): Option => new Option(flags, text).helpGroup('Output:');
  if (formats.length > 0) {
    command
      .addOption(option('--json', 'print one JSON document: the same as --format json'))
      .addOption(option('--format <form>', formats.join(', ')));
  }
  command.addOption(option('-o, --output <file>', 'write to a file, which appears only when it is complete'));
  if (formats.length > 0) command.addOption(option('--color <when>', `${COLORS.join(', ')}; NO_COLOR and FORCE_COLOR are heeded`));
  return command
    .addOption(option('--no-progress', 'show no progress on the terminal'))
    .addOption(option('--threads <n>', 'worker threads at most'))
    .addOption(option('--lang <language>', `language of the findings: ${LANGUAGES.join(', ')}; as the environment says by default`));
}

/** What the user says of the senders: for both sides, or with -a or -b appended for one. */
export function addSenderOptions(command: Command, sides: boolean): Command {
  const group = sides ? 'Sender (each also with -a or -b appended, for one side):' : 'Sender:';
  const texts: [string, string][] = [
    ['policy <id>', 'the policy by which the sender picks the member'],
    ['variant <id>', 'variant of the policy, for example linux-5.18'],
    ['kernel <version>', "the sender's kernel: x.y, x.y.z, a release, or a variant"],
    ['basis <n>', 'hash basis (Open vSwitch)'],
    ['members <names>', 'names of the members in hash order, separated by commas'],
    ['model <file>', 'a learned switch: implies --policy learned'],
  ];
  for (const [flag, text] of texts) {
    command.addOption(new Option(`--${flag}`, text).helpGroup(group));
    if (!sides) continue;
    for (const side of ['a', 'b']) command.addOption(new Option(`--${flag.replace(' ', `-${side} `)}`).hideHelp());
  }
  return command;
}

/** Gathers the values of an option that may be given several times. */
export const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** Which captures belong together, and which time of them counts. */
export function addAnalysisOptions(command: Command): Command {
  const option = (flags: string, text: string): Option => new Option(flags, text).helpGroup('Captures:');
  return command
    .addOption(option('--local <mac,…>', 'MAC addresses of the local side: it becomes side a').argParser(collect))
    .addOption(option('--one-lag', 'all captures are one LAG'))
    .addOption(option('--lag <id>', 'only this LAG, for example lag1'))
    .addOption(option('--from <time>', 'from this time on: ISO 8601 (UTC), epoch seconds, or +SECONDS from the first frame'))
    .addOption(option('--to <time>', 'up to this time'));
}

export function addSelectionOptions(command: Command): Command {
  const option = (flags: string, text: string): Option => new Option(flags, text).helpGroup('Selection:');
  return command
    .addOption(option('--top <n>', 'the first N only'))
    .addOption(option('--sort <field>', 'bytes, packets, firstTime, …; -FIELD largest first, +FIELD smallest first'))
    .addOption(option('--where <expr>', 'ip= mac= port= vlan= proto= member= verdict= side=; a comma means and').argParser(collect));
}

export function readOutputOptions(raw: RawOptions, formats: readonly Format[] = FORMATS): OutputOptions {
  const chosen = oneOf('--format', raw.format, formats);
  if (raw.json === true && chosen !== undefined && chosen !== 'json')
    throw usageError(`--json and --format ${chosen} contradict each other`);
  oneOf('--lang', raw.lang, LANGUAGES);
  return {
    format: raw.json === true ? 'json' : (chosen ?? 'table'),
    output: text(raw.output),
    color: oneOf('--color', raw.color, COLORS) ?? 'auto',
    progress: raw.progress !== false,
  };
}

export async function readAnalysisOptions(raw: RawOptions): Promise<AnalysisOptions> {
  const [sender, a, b] = SUFFIXES.map((suffix) => readSender(raw, suffix));
  await checkSender(sender, '');
  await checkSender({ ...sender, ...a }, '-a');
  await checkSender({ ...sender, ...b }, '-b');
  const from = readTime('--from', raw.from);
  const to = readTime('--to', raw.to);
  if (from !== undefined && to !== undefined && isAfter(from, to)) throw usageError('--from is later than --to');
  const lag = text(raw.lag);
  if (lag !== undefined && !/^lag[1-9]\d*$/.test(lag)) throw usageError(`--lag ${lag}: expected lag1, lag2, …`);
  return {
    sender,
    sides: { ...(Object.keys(a).length > 0 && { a }), ...(Object.keys(b).length > 0 && { b }) },
    local: texts(raw.local).flatMap(readMacs),
    oneLag: raw.oneLag === true,
    ...(lag !== undefined && { lag }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    language: oneOf('--lang', raw.lang, LANGUAGES) ?? languageOfLocale(process.env),
    threads: readThreads(raw),
  };
}

export function readThreads(raw: RawOptions): number {
  const threads = text(raw.threads);
  return threads === undefined ? 0 : requireWholeNumber('--threads', threads, 1, MAX_THREADS);
}

export function readSelection(raw: RawOptions): FlowSelection {
  const sort = text(raw.sort);
  const top = text(raw.top);
  return {
    where: parseWhere(texts(raw.where)),
    ...(sort !== undefined && { sort: parseSort(sort) }),
    ...(top !== undefined && { top: requireWholeNumber('--top', top, 0, Number.MAX_SAFE_INTEGER) }),
  };
}

/** The options of one side, or those for both (suffix ''): checked one by one here, together in checkSender. */
export function readSender(raw: RawOptions, suffix: '' | 'A' | 'B'): SenderOptions {
  const flag = suffix === '' ? '' : `-${suffix.toLowerCase()}`;
  const policy = text(raw[`policy${suffix}`]);
  const variant = text(raw[`variant${suffix}`]);
  const kernel = text(raw[`kernel${suffix}`]);
  const basis = text(raw[`basis${suffix}`]);
  const members = text(raw[`members${suffix}`]);
  return {
    ...(policy !== undefined && { policy }),
    ...(variant !== undefined && { variant }),
    ...(kernel !== undefined && { kernel }),
    ...(basis !== undefined && { basis: requireWholeNumber(`--basis${flag}`, basis, 0, 0xffffffff) }),
    ...(members !== undefined && { members: requireNames(`--members${flag}`, members) }),
    ...readModel(text(raw[`model${suffix}`]), `--model${flag}`, policy),
  };
}

function readMacs(list: string): string[] {
  return list.split(',').map((part) => {
    const mac = normalizeMac(part.trim());
    if (mac === null) throw usageError(`--local ${part}: expected a MAC address such as 02:00:00:00:00:01`);
    return mac;
  });
}

function readTime(option: string, value: RawOptions[string]): TimeOption | undefined {
  const typed = text(value);
  if (typed === undefined) return undefined;
  const time = parseTimeOption(typed);
  if (time === null)
    throw usageError(
      `${option} ${typed}: expected 2026-11-21T02:35:26.5Z, epoch seconds such as 1795228526.5, or +SECONDS from the first frame`,
    );
  return time;
}

function oneOf<T extends string>(option: string, value: RawOptions[string], known: readonly T[]): T | undefined {
  const typed = text(value);
  if (typed === undefined) return undefined;
  const found = known.find((candidate) => candidate === typed);
  if (found === undefined) throw usageError(`${option}: ${unknownValue('value', typed, known)}`);
  return found;
}

function text(value: RawOptions[string]): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function texts(value: RawOptions[string]): readonly string[] {
  return Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
}
