import type { Direction, Lag } from './document.ts';
import type { Block, BlockCell } from './format-blocks.ts';
import { closingBlocks } from './format-flows-blocks.ts';
import type { InferHypothesis } from './infer-document.ts';
import { countNoun, formatCount } from './quantity.ts';
import { describeRules } from './rule-names.ts';
import type { TableColumn } from './table-layout.ts';
import type { InferReport } from './infer-rows.ts';

/** Hypotheses and deciding flows shown to people. */
const MOST_RULES = 6;
const MOST_FLOWS = 5;

export function inferBlocks({ document, rows }: InferReport): Block[] {
  const blocks: Block[] = [];
  for (const lag of document.lags) {
    blocks.push({ kind: 'heading', level: 1, text: summarizeInference(lag) });
    for (const direction of lag.directions.filter(rows.lists)) blocks.push(...directionBlocks(lag, direction, rows));
  }
  if (document.lags.length === 0) blocks.push({ kind: 'heading', level: 1, text: 'No LAG: no frame of a readable capture.' });
  blocks.push(...closingBlocks(document));
  return blocks;
}

/** One sentence: by which rule each side sends. */
export function summarizeInference(lag: Lag): string {
  const parts = lag.directions.map((direction) => `side ${direction.from} ${ruleText(direction)}`);
  return `${lag.id}: ${parts.join('; ')}.`;
}

function ruleText(direction: Direction): string {
  const { hypotheses = [], mode = 'unknown', decided = false, unexplained = 1 } = direction;
  const best = hypotheses[0];
  if (best === undefined) return 'sent nothing that tells its rule';
  if (best.policy === mode) return decided ? `sends by ${mode}` : `sends by ${mode}, or what looks the same`;
  if (unexplained > 0.5 || (best.agreement.flows.total === 0 && best.tests === 0)) return `sends by no rule that is known (${mode})`;
  if (best.tests === 0) return `used one member at a time (${mode}): its rule does not show`;
  const order = `over ${best.members.join(' ')}`;
  return `${decided ? 'sends' : 'may send'} by ${best.policy} ${order} (${mode}, ${percent(best.probability)})`;
}

function column(title: string, more: Partial<TableColumn> = {}): TableColumn {
  return { title, align: 'left', ...more };
}

const right = (title: string, dropOrder?: number): TableColumn => ({ title, align: 'right', dropOrder });

function directionBlocks(lag: Lag, direction: Direction, { rowsOf, top = MOST_RULES }: InferReport['rows']): Block[] {
  const { from, to, hypotheses = [], needs = '', decidedBy = [], stated, unexplained = 1 } = direction;
  const blocks: Block[] = [{ kind: 'heading', level: 2, text: `${from}→${to}: ${modeText(direction)}` }];
  for (const sentence of direction.modeEvidence ?? []) blocks.push({ kind: 'item', mark: 'seen', tone: 'dim', text: sentence });
  const listed = rowsOf(direction).slice(0, top);
  if (listed.length > 0) blocks.push(rulesTable(listed));
  if (unexplained > 0.001 && hypotheses.length > 0)
    blocks.push({ kind: 'item', mark: 'none', tone: 'dim', text: `${percent(unexplained)}: none of these rules` });
  const best = hypotheses[0];
  if (best !== undefined && best.equivalent.length > 0)
    blocks.push({ kind: 'item', mark: 'alike', text: `these flows are placed alike by ${describeRules(best, best.equivalent)}` });
  if (best !== undefined && best.untestedMembers.length > 0 && best.tests > 0)
    blocks.push({ kind: 'item', mark: 'order', text: `no flow tells the order of ${best.untestedMembers.join(', ')}` });
  if (decidedBy.length > 0) blocks.push(...decidingBlocks(lag, hypotheses, decidedBy));
  if (direction.learned !== undefined && direction.learned !== null) {
    const use = direction.learned.model === null ? '' : '. Its model stands in the JSON document (learned.model), for predict --model.';
    blocks.push({ kind: 'item', mark: 'learned', text: `${direction.learned.summary}${use}` });
  }
  if (stated !== undefined && stated !== null) {
    const text = stated.refuted
      ? `${stated.path} names ${stated.policy}: the traffic refutes it`
      : `${stated.path} names ${stated.policy}, and the traffic does not refute it`;
    blocks.push({ kind: 'item', mark: 'stated', tone: stated.refuted ? 'warn' : 'dim', text });
  }
  if (needs !== '') blocks.push({ kind: 'item', mark: 'needs', tone: 'bold', text: needs });
  return blocks;
}

function modeText({ mode = 'unknown', equivalentModes = [] }: Direction): string {
  const name = mode === 'unknown' ? 'the mode does not show' : `mode ${mode}`;
  return equivalentModes.length === 0 ? name : `${name}; ${equivalentModes.join(', ')} would look the same`;
}

function rulesTable(hypotheses: readonly InferHypothesis[]): Block {
  return {
    kind: 'table',
    columns: [
      right('probability'),
      column('policy', { minWidth: 10 }),
      column('version', { dropOrder: 3 }),
      column('members in order', { minWidth: 12, dropOrder: 1 }),
      right('flows'),
      right('packets', 4),
      right('tests', 2),
    ],
    rows: hypotheses.map((h): BlockCell[] => [
      { text: percent(h.probability) },
      { text: h.policy, tone: 'bold' },
      { text: h.variant },
      { text: h.members.join(' ') },
      { text: `${formatCount(h.agreement.flows.match)}/${formatCount(h.agreement.flows.total)}` },
      { text: `${formatCount(h.agreement.packets.match)}/${formatCount(h.agreement.packets.total)}` },
      { text: formatCount(h.tests) },
    ]),
  };
}

function decidingBlocks(lag: Lag, hypotheses: readonly InferHypothesis[], flows: NonNullable<Direction['decidedBy']>): Block[] {
  const name = (h: InferHypothesis): string =>
    hypotheses.filter((other) => other.policy === h.policy).length > 1 ? `${h.policy} ${h.variant}` : h.policy;
  const indexOf = new Map(lag.members.map((member) => [member.name, member.index]));
  const cell = (member: string | null): BlockCell => ({
    text: member ?? 'not predicted',
    member: member === null ? undefined : indexOf.get(member),
  });
  return [
    {
      kind: 'text',
      tone: 'dim',
      text: `${countNoun(flows.length, 'flow')}${flows.length === 20 ? ' and more' : ''} decide between the two best rules:`,
    },
    {
      kind: 'table',
      columns: [column('flow'), column('seen on'), column(name(hypotheses[0])), column(name(hypotheses[1] ?? hypotheses[0]))],
      rows: flows.slice(0, MOST_FLOWS).map((row): BlockCell[] => [{ text: row.flow }, cell(row.observed), cell(row.best), cell(row.other)]),
    },
  ];
}

/** Never "100 %" for what is not certain, nor "0 %" for what is not excluded. */
function percent(probability: number): string {
  if (probability > 0.999) return '> 99.9 %';
  if (probability < 0.001) return '< 0.1 %';
  return `${(100 * probability).toFixed(1)} %`;
}
