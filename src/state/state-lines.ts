import type { StateLine } from './importer.ts';

/** Longer lines are cut before any pattern looks at them (documents in JSON are read uncut). */
const MAX_PATTERN_LENGTH = 65_536;

const ESCAPE = '\u001b';
// ECMA-48: control sequences (colours, cursor), and operating system commands ended by BEL or ESC \.
const CONTROL_SEQUENCE = new RegExp(
  `${ESCAPE}(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^\\u0007${ESCAPE}]{0,512}(?:\\u0007|${ESCAPE}\\\\)?|[@-Z\\\\^_=>])`,
  'g',
);
/** Arrows that people draw beside the line they talk about: `*<<<<<<`, `<----- look`, `<==== mac`. */
const ARROW = /\s\*?<(?:<+|-+|=+)(?:[\s*<]|$)/;

/** The line without escape sequences, terminal backspaces, carriage returns and byte order marks. */
export function cleanLine(raw: string): string {
  let line = raw;
  if (line.includes(ESCAPE)) line = line.replace(CONTROL_SEQUENCE, '');
  if (line.includes('\r')) line = line.replaceAll('\r', '');
  if (line.includes('\b')) line = line.replaceAll('\b', '');
  if (line.includes('\u00a0')) line = line.replaceAll('\u00a0', ' ');
  if (line.charCodeAt(0) === 0xfeff) line = line.slice(1);
  return line;
}

function makeLine(number: number, cleaned: string): StateLine {
  const limited = cleaned.length > MAX_PATTERN_LENGTH ? cleaned.slice(0, MAX_PATTERN_LENGTH) : cleaned;
  let indent = 0;
  let start = 0;
  for (; start < limited.length; start++) {
    const code = limited.charCodeAt(start);
    if (code === 0x20) indent++;
    else if (code === 0x09) indent = (indent & ~7) + 8;
    else break;
  }
  let text = limited.slice(start).trimEnd();
  const arrow = text.includes('<') && !text.startsWith('==> ') ? ARROW.exec(text) : null;
  if (arrow && arrow.index > 0) text = text.slice(0, arrow.index).trimEnd();
  return { number, text, indent };
}

/** Walks the lines of a text without a copy of all of them; memory does not grow with the text. */
export class LineReader {
  private readonly source: string;
  private offset = 0;
  private number = 0;

  constructor(source: string) {
    this.source = source;
  }

  /** The next line cleaned but uncut, or null at the end. */
  nextRaw(): { readonly number: number; readonly cleaned: string } | null {
    if (this.offset >= this.source.length) return null;
    let end = this.source.indexOf('\n', this.offset);
    if (end < 0) end = this.source.length;
    const cleaned = cleanLine(this.source.slice(this.offset, end));
    this.offset = end + 1;
    this.number++;
    return { number: this.number, cleaned };
  }
}

export { makeLine };

/** Quotes text from outside for a message: control characters escaped, cut at `limit` characters. */
export function quoteText(text: string, limit = 80): string {
  let quoted = '';
  for (const character of text.length > limit ? text.slice(0, limit) : text) {
    const code = character.codePointAt(0) as number;
    const hidden =
      code < 0x20 ||
      (code >= 0x7f && code < 0xa0) ||
      (code >= 0x200b && code <= 0x200f) ||
      (code >= 0x2028 && code <= 0x202e) ||
      (code >= 0x2066 && code <= 0x2069) ||
      code === 0xfeff ||
      (code >= 0xd800 && code <= 0xdfff);
    if (hidden) quoted += `\\u${code.toString(16).padStart(4, '0')}`;
    else if (character === '"' || character === '\\') quoted += `\\${character}`;
    else quoted += character;
  }
  return `"${quoted}${text.length > limit ? '…' : ''}"`;
}
