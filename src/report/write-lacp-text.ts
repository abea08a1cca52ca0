import { renderMarkdown, renderTerminal } from './format-blocks.ts';
import { lacpBlocks } from './format-lacp-blocks.ts';
import type { TextStyle } from './format-style.ts';
import type { LacpReport } from './write-lacp-json.ts';
import type { TextTarget } from './write-target.ts';

/** The view for people in a terminal of `width` columns. */
export function writeLacpTable(report: LacpReport, target: TextTarget, width: number, style: TextStyle): void {
  for (const line of renderTerminal(lacpBlocks(report), width, style)) target.write(`${line}\n`);
}

/** The same as Markdown. */
export function writeLacpMarkdown(report: LacpReport, target: TextTarget): void {
  for (const line of renderMarkdown(lacpBlocks(report))) target.write(`${line}\n`);
}
