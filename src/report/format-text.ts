/** Text from captures and state files is data: made harmless before it reaches a terminal, and measured in columns. */

/**
 * C0, DEL, C1 (ESC and CSI among them), line and paragraph separators, bidirectional overrides and isolates, zero-width
 * and invisible operators, the byte order mark, lone surrogates. Line feeds too: one value is one line.
 */
const UNSAFE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Replaces what could steer a terminal by a visible escape (`\x1b`, `\u202e`). */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** SGR sequences, the only ones our own styles write. */
// oxlint-disable-next-line no-control-regex
const SGR = /\u001b\[[0-9;]*m/g;
const MARK = /\p{Mn}|\p{Me}|\p{Cf}/u;

/** Columns that a terminal needs for `text`: East Asian wide characters and emoji take two, combining marks none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text.replace(SGR, '')) width += charWidth(char);
  return width;
}

function charWidth(char: string): number {
  const code = char.codePointAt(0) as number;
  if (code < 0x7f) return 1;
  if (code < 0x300) return code === 0xad ? 0 : 1;
  if (MARK.test(char)) return 0;
  return isWide(code) ? 2 : 1;
}

/** Unicode Standard Annex 11, wide and fullwidth blocks (rounded to blocks), and emoji presentation. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0x303e) ||
    (code >= 0x3041 && code <= 0x33ff) ||
    (code >= 0x3400 && code <= 0x4dbf) ||
    (code >= 0x4e00 && code <= 0xa4cf) ||
    (code >= 0xa960 && code <= 0xa97f) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1f64f) ||
    (code >= 0x1f680 && code <= 0x1f6ff) ||
    (code >= 0x1f900 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}

/** Cuts plain text (no styles in it) to `width` columns, with an ellipsis where something was cut. */
export function truncateText(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 0) return '';
  let used = 0;
  let kept = '';
  for (const char of text) {
    const charColumns = charWidth(char);
    if (used + charColumns > width - 1) break;
    kept += char;
    used += charColumns;
  }
  return `${kept}…`;
}

/** Breaks plain text at spaces into lines of at most `width` columns; words longer than a line stay whole. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}
