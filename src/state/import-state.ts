import type { Issue } from '../base/issue.ts';
import type { OutputContext, OutputParser, StateImporter, StateLine } from './importer.ts';
import { readFileHeader, readPrompt } from './prompts.ts';
import { STATE_IMPORTERS } from './registry.ts';
import type { StateFacts, UnknownLine } from './state-facts.ts';
import { LineReader, makeLine, quoteText } from './state-lines.ts';

/** After so many lines in a row that it does not know, an output is over: what follows is somebody's prose. */
const FOREIGN_LINES_END_OUTPUT = 3;
const MAX_UNKNOWN_LINES = 1000;
const MAX_UNKNOWN_LENGTH = 200;
/** A bound against texts made to exhaust memory. */
const MAX_OUTPUTS = 10_000;

/** What a text says, output by output. */
export interface ImportedState {
  /** One per output, in the order of the text. */
  readonly facts: readonly StateFacts[];
  /** Lines outside all outputs (prose between commands, other commands), at most 1000. */
  readonly unclaimedLines: readonly UnknownLine[];
  readonly unclaimedLineCount: number;
}

interface UnknownList {
  readonly lines: UnknownLine[];
  count: number;
}

interface OpenOutput {
  readonly importer: StateImporter;
  readonly parser: OutputParser;
  readonly context: OutputContext;
  readonly firstLine: number;
  readonly unknown: UnknownList;
  /** Lines taken, kept (first 1000) in case that the parser finds nothing in them after all. */
  readonly taken: UnknownList;
  foreignInRow: number;
}

function noteUnknown(list: UnknownList, line: StateLine): void {
  list.count++;
  if (list.lines.length < MAX_UNKNOWN_LINES) list.lines.push({ line: line.number, text: line.text.slice(0, MAX_UNKNOWN_LENGTH) });
}

function closeOutput(output: OpenOutput, facts: StateFacts[], unclaimed: UnknownList): void {
  const parsed = output.parser.finish();
  if (parsed === null) {
    const lines = [...output.taken.lines, ...output.unknown.lines].sort((a, b) => a.line - b.line);
    for (const line of lines) if (unclaimed.lines.length < MAX_UNKNOWN_LINES) unclaimed.lines.push(line);
    unclaimed.count += output.taken.count + output.unknown.count;
    return;
  }
  facts.push({
    format: output.importer.id,
    ...output.context,
    firstLine: output.firstLine,
    ...parsed,
    unknownLines: output.unknown.lines,
    ...(output.unknown.count > output.unknown.lines.length ? { unknownLineCount: output.unknown.count } : {}),
  });
}

/** Reads one line ahead past empty lines, so that an opening line can be judged with the line below it. */
class Lookahead {
  private readonly reader: LineReader;
  private readonly queue: { line: StateLine; cleaned: string }[] = [];

  constructor(text: string) {
    this.reader = new LineReader(text);
  }

  private fill(): void {
    while (this.queue.length < 2) {
      const raw = this.reader.nextRaw();
      if (raw === null) return;
      const line = makeLine(raw.number, raw.cleaned);
      if (line.text !== '') this.queue.push({ line, cleaned: raw.cleaned });
    }
  }

  next(): { line: StateLine; cleaned: string; following: string } | null {
    this.fill();
    const head = this.queue.shift();
    return head === undefined ? null : { ...head, following: this.queue[0]?.line.text ?? '' };
  }
}

function findOpening(text: string, following: string, open: StateImporter | null): { importer: StateImporter; again: boolean } | null {
  // The open format is asked first: inside its own output its lines are its own.
  if (open !== null) {
    const opening = open.opens(text, following);
    if (opening !== null) return { importer: open, again: opening === 'new' };
  }
  for (const importer of STATE_IMPORTERS) {
    if (importer !== open && importer.opens(text, following) !== null) return { importer, again: true };
  }
  return null;
}

/**
 * Finds the outputs of known commands and configuration files in a text and reads each: one file may hold several,
 * with shell prompts, colour codes and prose between them. By content only; linear in the length of the text.
 */
export function importState(text: string): ImportedState | Issue {
  const facts: StateFacts[] = [];
  const unclaimed: UnknownList = { lines: [], count: 0 };
  const lines = new Lookahead(text);
  let open: OpenOutput | null = null;
  let context: OutputContext = {};
  let firstText: string | null = null;

  for (let item = lines.next(); item !== null && facts.length < MAX_OUTPUTS; item = lines.next()) {
    const { cleaned, following } = item;
    firstText ??= item.line.text;
    // A document in JSON is one output up to its last bracket, whatever its lines look like.
    if (open !== null && open.importer.wholeText === true && open.parser.complete !== true) {
      if (!open.parser.accept({ ...item.line, text: cleaned })) noteUnknown(open.unknown, item.line);
      continue;
    }
    const prompt = readPrompt(item.line.text);
    const reader =
      prompt === null
        ? undefined
        : STATE_IMPORTERS.find((importer) => importer.readsCommands === true && importer.opens(prompt.command, '') !== null);
    if (prompt !== null && reader === undefined) {
      if (open !== null) closeOutput(open, facts, unclaimed);
      open = null;
      context = {
        ...(prompt.command === '' ? {} : { command: prompt.command }),
        ...(prompt.host === undefined ? {} : { host: prompt.host }),
      };
      continue;
    }
    const line = prompt === null ? item.line : { ...item.line, text: prompt.command };
    const header = readFileHeader(line.text);
    if (header !== null) {
      if (open !== null) closeOutput(open, facts, unclaimed);
      open = null;
      context = { ...(context.host === undefined ? {} : { host: context.host }), command: header };
      continue;
    }
    if (open?.parser.complete === true) {
      closeOutput(open, facts, unclaimed);
      open = null;
    }
    const opening = findOpening(line.text, following, open?.importer ?? null);
    if (opening !== null && (open === null || opening.again)) {
      if (open !== null) closeOutput(open, facts, unclaimed);
      open = {
        importer: opening.importer,
        parser: opening.importer.start(context),
        context,
        firstLine: line.number,
        unknown: { lines: [], count: 0 },
        taken: { lines: [], count: 0 },
        foreignInRow: 0,
      };
      // The prompt speaks of the output right below it, not of what follows later.
      context = context.host === undefined ? {} : { host: context.host };
    }
    if (open === null) {
      noteUnknown(unclaimed, line);
      context = {};
      continue;
    }
    if (open.parser.accept(open.importer.wholeText === true ? { ...line, text: cleaned } : line)) {
      noteUnknown(open.taken, line);
      open.foreignInRow = 0;
      continue;
    }
    noteUnknown(open.unknown, line);
    if (++open.foreignInRow >= FOREIGN_LINES_END_OUTPUT) {
      closeOutput(open, facts, unclaimed);
      open = null;
    }
  }
  if (open !== null) closeOutput(open, facts, unclaimed);

  if (facts.length > 0) return { facts, unclaimedLines: unclaimed.lines, unclaimedLineCount: unclaimed.count };
  return {
    code: 'unrecognized-text',
    offset: null,
    reason:
      firstText === null
        ? 'the text is empty'
        : `no known state output or configuration in this text; its first line is ${quoteText(firstText)}`,
    partial: false,
  };
}
