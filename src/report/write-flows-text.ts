import { renderMarkdown, renderTerminal, type Block } from './format-blocks.ts';
import { closingBlocks, flowListBlocks, lagBlocks } from './format-flows-blocks.ts';
import type { TextStyle } from './format-style.ts';
import type { FlowsReport } from './write-flows-report.ts';
import type { TextTarget } from './write-target.ts';

/** The view for people in a terminal of `width` columns. */
export function writeFlowsTable(report: FlowsReport, target: TextTarget, width: number, style: TextStyle): void {
  for (const line of renderTerminal(flowsBlocks(report), width, style)) target.write(`${line}\n`);
}

/** The same as Markdown. */
export function writeFlowsMarkdown(report: FlowsReport, target: TextTarget): void {
  for (const line of renderMarkdown(flowsBlocks(report))) target.write(`${line}\n`);
}

function flowsBlocks(report: FlowsReport): Block[] {
  const { document } = report;
  const blocks: Block[] = [];
  for (const lag of document.lags) blocks.push(...lagBlocks(lag, document));
  if (document.lags.length === 0) blocks.push({ kind: 'heading', level: 1, text: 'No LAG: no frame of a readable capture.' });
  blocks.push(...closingBlocks(document));
  for (const lag of document.lags) blocks.push(...flowListBlocks(lag, report.flowsOf(lag.id)));
  return blocks;
}
