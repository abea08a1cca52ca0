import { isatty } from 'node:tty';
import { ANSI_STYLE, PLAIN_STYLE, type TextStyle } from '../report/format-style.ts';

export type ColorChoice = 'auto' | 'always' | 'never';

/** Colours: --color first, then NO_COLOR, then FORCE_COLOR, then whether standard output is a terminal. */
export function chooseStyle(choice: ColorChoice, toFile: boolean): TextStyle {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (choice === 'always') return ANSI_STYLE;
  if (choice === 'never') return PLAIN_STYLE;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return PLAIN_STYLE;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR === '0' ? PLAIN_STYLE : ANSI_STYLE;
  return !toFile && isatty(1) && TERM !== 'dumb' ? ANSI_STYLE : PLAIN_STYLE;
}

/** Columns of the terminal; 80 where the output is none and COLUMNS does not say. */
export function terminalWidth(): number {
  const fromTerminal = isatty(1) ? process.stdout.columns : undefined;
  const fromEnvironment = Number(process.env.COLUMNS);
  const width = fromTerminal || (Number.isInteger(fromEnvironment) && fromEnvironment > 0 ? fromEnvironment : 80);
  return Math.max(40, width);
}
