import { cellText, csvLine, valueAt } from './csv-cells.ts';
import { renderMarkdown, renderTerminal } from './format-blocks.ts';
import { inferBlocks } from './format-infer-blocks.ts';
import type { TextStyle } from './format-style.ts';
import type { SideId } from './document.ts';
import type { DirectionInference, InferHypothesis } from './infer-document.ts';
import type { InferReport } from './infer-rows.ts';
import { firstRows } from './select-in-directions.ts';
import type { TextTarget } from './write-target.ts';

export function writeInferJson({ document, rows }: InferReport, target: TextTarget): void {
  const lags = document.lags.map((lag) => ({
    ...lag,
    directions: lag.directions.map((direction) => ({ ...direction, hypotheses: firstRows(rows, direction) })),
  }));
  target.write(`${JSON.stringify({ ...document, lags })}\n`);
}

/** JSON Lines: one hypothesis a line, with its LAG, direction and rank, and what holds for the whole direction. */
export function writeInferJsonLines(report: InferReport, target: TextTarget): void {
  for (const row of listRows(report)) target.write(`${JSON.stringify(row)}\n`);
}

const COLUMNS = [
  'lag',
  'from',
  'to',
  'mode',
  'equivalentModes',
  'decided',
  'confidence',
  'unexplained',
  'rank',
  'policy',
  'variant',
  'basis',
  'members',
  'untestedMembers',
  'agreement.packets.match',
  'agreement.packets.total',
  'agreement.flows.match',
  'agreement.flows.total',
  'tests',
  'probability',
  'equivalent',
  'needs',
];

/** CSV (RFC 4180) of the same, flattened with dots; a direction without flows has one line without a rule. */
export function writeInferCsv(report: InferReport, target: TextTarget): void {
  target.write(csvLine(COLUMNS));
  for (const row of listRows(report)) target.write(csvLine(COLUMNS.map((column) => cellText(valueAt(row, column.split('.')), itemText))));
}

/** The view for people in a terminal of `width` columns. */
export function writeInferTable(report: InferReport, target: TextTarget, width: number, style: TextStyle): void {
  for (const line of renderTerminal(inferBlocks(report), width, style)) target.write(`${line}\n`);
}

/** The same as Markdown. */
export function writeInferMarkdown(report: InferReport, target: TextTarget): void {
  for (const line of renderMarkdown(inferBlocks(report))) target.write(`${line}\n`);
}

type Row = { readonly lag: string; readonly from: SideId; readonly to: SideId; readonly rank: number | null } & Partial<
  DirectionInference & InferHypothesis
>;

function listRows({ document, rows }: InferReport): Row[] {
  return document.lags.flatMap((lag) =>
    lag.directions.filter(rows.lists).flatMap((direction): Row[] => {
      const { from, to, mode, equivalentModes, decided, confidence, unexplained, needs } = direction;
      const common = { lag: lag.id, from, to, mode, equivalentModes, decided, confidence, unexplained, needs };
      const hypotheses = direction.hypotheses ?? [];
      if (hypotheses.length === 0) return [{ ...common, rank: null }];
      return firstRows(rows, direction).map((hypothesis) => ({ ...common, rank: hypotheses.indexOf(hypothesis) + 1, ...hypothesis }));
    }),
  );
}

function itemText(item: unknown): string {
  if (item !== null && typeof item === 'object' && 'policy' in item && 'variant' in item)
    return `${String(item.policy)}/${String(item.variant)}`;
  return String(item);
}
