/** Emphasis in the terminal. Styles change no width and never carry meaning alone: each has a word or mark beside it. */
export interface TextStyle {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  /** The colour of a member, the same all through the output. */
  member(text: string, index: number): string;
}

const same = (text: string): string => text;

export const PLAIN_STYLE: TextStyle = { bold: same, dim: same, good: same, bad: same, warn: same, member: same };

function sgr(code: string): (text: string) => string {
  return (text) => (text === '' ? text : `\u001b[${code}m${text}\u001b[0m`);
}

/** 256-colour codes near the Okabe-Ito palette, readable on dark and on light grounds. */
const MEMBER_CODES = [32, 172, 36, 168, 97, 136, 74, 130];

export const ANSI_STYLE: TextStyle = {
  bold: sgr('1'),
  dim: sgr('2'),
  good: sgr('32'),
  bad: sgr('31'),
  warn: sgr('33'),
  member: (text, index) => sgr(`38;5;${MEMBER_CODES[index % MEMBER_CODES.length]}`)(text),
};
