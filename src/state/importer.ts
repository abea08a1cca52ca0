import type { StateFacts } from './state-facts.ts';

/** One line of a state text, cleaned of colour codes, carriage returns, indentation and hand-made arrows. */
export interface StateLine {
  /** 1-based line in the whole text. */
  readonly number: number;
  readonly text: string;
  /** Columns of white space before the text (a tab counts to the next multiple of 8). */
  readonly indent: number;
}

/** What the shell prompt above an output says. */
export interface OutputContext {
  readonly command?: string;
  readonly host?: string;
}

/** What an importer found; the reader of the text adds format, place and unknown lines. */
export type ParsedOutput = Omit<StateFacts, 'format' | 'unknownLines' | 'unknownLineCount' | 'firstLine' | 'command' | 'host'>;

/** Takes the lines of one output, in order. Never throws. */
export interface OutputParser {
  /** True if the line was understood (or is known and of no interest). */
  accept(line: StateLine): boolean;
  /** True once the output is complete: the next line belongs to something else. */
  readonly complete?: boolean;
  /** null if there was nothing in it after all. */
  finish(): ParsedOutput | null;
}

/**
 * `new`: this line always opens another output. `more`: it opens one, or goes on with an output of the same format that is open.
 */
export type Opening = 'new' | 'more' | null;

/** A state format: one file, one line in the registry. */
export interface StateImporter {
  readonly id: string;
  readonly title: string;
  /** Whether the line opens an output of this format, by content only; `next` is the next non-empty line ('' at the end). */
  opens(line: string, next: string): Opening;
  /** The parser takes its lines uncut and with their indentation (documents in JSON). */
  readonly wholeText?: boolean;
  /** The format is made of commands: those at a shell prompt are read too. */
  readonly readsCommands?: boolean;
  start(context: OutputContext): OutputParser;
}

/** For building facts field by field. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };
