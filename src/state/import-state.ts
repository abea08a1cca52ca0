import type { Issue } from '../base/issue.ts';
import type { OutputContext, OutputParser, StateImporter, StateLine } from './importer.ts';
import type { Prompt } from './prompts.ts';
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
  /** Set where the text holds more outputs than are read: the first line that was not looked at. */
  readonly stoppedAtLine?: number;
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

/** Formats made of commands are read at the prompt itself. */
const COMMAND_IMPORTERS = STATE_IMPORTERS.filter((importer) => importer.readsCommands === true);

function readsCommand(command: string): boolean {
  return COMMAND_IMPORTERS.some((importer) => importer.opens(command, '') !== null);
}

function hostOnly(context: OutputContext): OutputContext {
  return context.host === undefined ? {} : { host: context.host };
}

function startOutput(importer: StateImporter, context: OutputContext, firstLine: number): OpenOutput {
  const unknown = { lines: [], count: 0 };
  const taken = { lines: [], count: 0 };
  return { importer, parser: importer.start(context), context, firstLine, unknown, taken, foreignInRow: 0 };
}

/** Sorts the lines of a text to outputs. */
class OutputSplitter {
  readonly facts: StateFacts[] = [];
  readonly unclaimed: UnknownList = { lines: [], count: 0 };
  private open: OpenOutput | null = null;
  private context: OutputContext = {};

  take(line: StateLine, cleaned: string, following: string): void {
    const { open } = this;
    const prompt = readPrompt(line.text);
    // A document in JSON is one output up to its last bracket, or to the next command if it was cut short.
    const inDocument = open !== null && open.importer.wholeText === true && open.parser.complete !== true;
    if (inDocument && (prompt === null || prompt.command === '')) {
      if (!open.parser.accept({ ...line, text: cleaned })) noteUnknown(open.unknown, line);
      return;
    }
    if (prompt !== null) {
      if (readsCommand(prompt.command)) this.takeLine({ ...line, text: prompt.command }, prompt.command, following);
      else this.takePrompt(prompt);
      return;
    }
    const header = readFileHeader(line.text);
    if (header !== null) {
      this.close();
      this.context = { ...hostOnly(this.context), command: header };
      return;
    }
    this.takeLine(line, cleaned, following);
  }

  close(): void {
    if (this.open !== null) closeOutput(this.open, this.facts, this.unclaimed);
    this.open = null;
  }

  private takePrompt(prompt: Prompt): void {
    this.close();
    this.context = {
      ...(prompt.command === '' ? {} : { command: prompt.command }),
      ...(prompt.host === undefined ? {} : { host: prompt.host }),
    };
  }

  private takeLine(line: StateLine, cleaned: string, following: string): void {
    if (this.open?.parser.complete === true) this.close();
    const opening = findOpening(line.text, following, this.open?.importer ?? null);
    if (opening !== null && (this.open === null || opening.again)) {
      this.close();
      this.open = startOutput(opening.importer, this.context, line.number);
      // The prompt speaks of the output right below it, not of what follows later.
      this.context = hostOnly(this.context);
    }
    const { open } = this;
    if (open === null) {
      noteUnknown(this.unclaimed, line);
      this.context = {};
      return;
    }
    if (open.parser.accept(open.importer.wholeText === true ? { ...line, text: cleaned } : line)) {
      noteUnknown(open.taken, line);
      open.foreignInRow = 0;
      return;
    }
    noteUnknown(open.unknown, line);
    if (++open.foreignInRow >= FOREIGN_LINES_END_OUTPUT) this.close();
  }
}

/**
 * Finds the outputs of known commands and configuration files in a text and reads each: one file may hold several,
 * with shell prompts, colour codes and prose between them. By content only; linear in the length of the text.
 */
export function importState(text: string): ImportedState | Issue {
  const splitter = new OutputSplitter();
  const lines = new Lookahead(text);
  let firstText: string | null = null;
  let stoppedAtLine: number | undefined;
  for (let item = lines.next(); item !== null; item = lines.next()) {
    if (splitter.facts.length >= MAX_OUTPUTS) {
      stoppedAtLine = item.line.number;
      break;
    }
    firstText ??= item.line.text;
    splitter.take(item.line, item.cleaned, item.following);
  }
  splitter.close();
  const { facts, unclaimed } = splitter;
  if (facts.length > 0)
    return {
      facts,
      unclaimedLines: unclaimed.lines,
      unclaimedLineCount: unclaimed.count,
      ...(stoppedAtLine === undefined ? {} : { stoppedAtLine }),
    };
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
