import type { ResultDocument } from './document.ts';
import { csvLine } from './csv-cells.ts';
import { renderMarkdown, renderTerminal } from './format-blocks.ts';
import { adviceOf, planBlocks } from './format-plan-blocks.ts';
import type { TextStyle } from './format-style.ts';
import type { PlanCover } from './plan-document.ts';
import type { PlanReport } from './plan-rows.ts';
import { firstRows } from './select-in-directions.ts';
import type { TextTarget } from './write-target.ts';

export function writePlanJson({ document, rows }: PlanReport, target: TextTarget): void {
  const lags = document.lags.map((lag) => ({
    ...lag,
    directions: lag.directions.map((direction) => ({ ...direction, scenarios: firstRows(rows, direction) })),
  }));
  target.write(`${JSON.stringify({ ...document, lags })}\n`);
}

/** JSON Lines: one scenario a line, with the id of its LAG and its direction. */
export function writePlanJsonLines({ document, rows }: PlanReport, target: TextTarget): void {
  for (const lag of document.lags)
    for (const direction of lag.directions) {
      const { from, to } = direction;
      for (const scenario of firstRows(rows, direction)) target.write(`${JSON.stringify({ lag: lag.id, from, to, ...scenario })}\n`);
    }
}

const SCENARIO_COLUMNS = 'lag from to policy variant memberCount order failed current fromTime toTime member'.split(' ');
const BALANCE_COLUMNS = ['jain', 'maxOverMean', 'effectiveMembers', 'pValue'];
const REST_COLUMNS =
  'peakWindow moved.flows moved.bytes mayMove.flows mayMove.bytes uncertain.packets uncertain.bytes uncertain.reason'.split(' ');
const MEMBER_COLUMNS = ['packets', 'bytes', 'share', 'peakBps', 'meanBps', 'speedMbps', 'meanLoad', 'peakLoad'] as const;

/** CSV (RFC 4180): one member of one scenario a line, since scenarios have different numbers of members. */
export function writePlanCsv({ document, rows }: PlanReport, target: TextTarget): void {
  target.write(
    csvLine([
      ...SCENARIO_COLUMNS,
      ...MEMBER_COLUMNS.map((column) => `members.${column}`),
      ...BALANCE_COLUMNS.map((column) => `balance.${column}`),
      ...REST_COLUMNS,
    ]),
  );
  const cell = (value: string | number | boolean | null): string => (value === null ? '' : String(value));
  for (const lag of document.lags)
    for (const direction of lag.directions)
      for (const s of firstRows(rows, direction)) {
        for (const member of s.members) {
          const { balance, moved, mayMove, uncertain } = s;
          const { from, to } = direction;
          const scenario = [lag.id, from, to, s.policy, s.variant, s.memberCount, s.order.join(' '), s.failed.join(' '), s.current];
          const loads = MEMBER_COLUMNS.map((column) => member[column]);
          const judged = [balance.jain, balance.maxOverMean, balance.effectiveMembers, balance.pValue];
          const rest = [
            s.peakWindow,
            moved.flows,
            moved.bytes,
            mayMove.flows,
            mayMove.bytes,
            uncertain.packets,
            uncertain.bytes,
            uncertain.reason,
          ];
          const cells = [...scenario, s.fromTime, s.toTime, member.name, ...loads, ...judged, ...rest];
          target.write(csvLine(cells.map(cell)));
        }
      }
}

/** The view for people in a terminal of `width` columns. */
export function writePlanTable(report: PlanReport, target: TextTarget, width: number, style: TextStyle): void {
  const { document } = report;
  for (const line of renderTerminal(planBlocks(report), width, style)) target.write(`${line}\n`);
  for (const { commands, policy, from } of listCovers(document)) {
    if (commands.length > 0)
      target.write(`\n# cover${from === null ? '' : ` of side ${from}`}, ${policy}\n${commands.map((line) => `  ${line}\n`).join('')}`);
  }
  for (const { rank, text, syntax } of listFixes(document)) {
    target.write(`\n# advice ${rank}: ${syntax}\n`);
    for (const line of text.split('\n')) target.write(`  ${line}\n`);
  }
}

/** The same as Markdown. */
export function writePlanMarkdown(report: PlanReport, target: TextTarget): void {
  const { document } = report;
  for (const line of renderMarkdown(planBlocks(report))) target.write(`${line}\n`);
  for (const { commands } of listCovers(document)) if (commands.length > 0) target.write(`\n\`\`\`\n${commands.join('\n')}\n\`\`\`\n`);
  // The text of a fix holds no run of backticks: its names are checked when it is written.
  for (const { rank, text, syntax } of listFixes(document)) target.write(`\nadvice ${rank}, ${syntax}:\n\n\`\`\`\n${text}\n\`\`\`\n`);
}

function listFixes(document: ResultDocument): { rank: number; syntax: string; text: string }[] {
  return document.lags.flatMap((lag) => adviceOf(lag).flatMap(({ rank, fix }) => fix.map(({ syntax, text }) => ({ rank, syntax, text }))));
}

function listCovers(document: ResultDocument): PlanCover[] {
  const covers = document.lags.flatMap((lag) =>
    lag.directions.flatMap(({ cover }) => (cover === undefined || cover === null ? [] : [cover])),
  );
  return 'cover' in document ? [document.cover as PlanCover, ...covers] : covers;
}
