import { bucketBlocks } from './format-bucket-blocks.ts';
import { chassisBlocks } from './format-chassis-blocks.ts';
import { disagreementBlocks } from './format-disagreements.ts';
import type { Direction, InputError, Lag, ResultDocument } from './document.ts';
import type { Block, BlockCell, Tone } from './format-blocks.ts';
import { formatFlowDetail, formatFlowEnds, predictedMember } from './format-flow.ts';
import { REASON_TEXTS, SOURCE_TEXTS } from './format-terms.ts';
import { clockTime } from './iso-time.ts';
import { countNoun, formatBytes, formatCount, formatShare } from './quantity.ts';
import { summarizeLag } from './summary.ts';
import type { TableColumn } from './table-layout.ts';
import type { FlowRows } from './write-flows-report.ts';

/** Epochs listed at most: a flapping link must not push the answer off the screen. */
const MAX_EPOCHS = 12;
const BAR_COLUMNS = 12;

/** The view of one LAG for people: the sentence, members and sides, then each direction. */
export function lagBlocks(lag: Lag, document: ResultDocument): Block[] {
  const blocks: Block[] = [{ kind: 'heading', level: 1, text: summarizeLag(lag, document) }];
  blocks.push({
    kind: 'table',
    columns: [left(lag.id), left('captures', 12), right('speed', 1)],
    rows: lag.members.map((member) => [
      { text: member.name, member: member.index },
      { text: member.sources.length === 0 ? 'no capture' : member.sources.join(' '), tone: member.sources.length === 0 ? 'warn' : 'plain' },
      { text: member.speedMbps === null ? '' : `${formatCount(member.speedMbps)} Mbit/s` },
    ]),
  });
  if (lag.sides.length > 0) {
    blocks.push({
      kind: 'table',
      columns: [left('side'), left('role'), left('who', 10), left('LACP system', 9), left('MAC addresses', 12)],
      rows: lag.sides.map((side) => [
        { text: side.id, tone: 'bold' },
        { text: side.role },
        { text: side.label },
        { text: side.system === null ? 'none seen' : side.system, tone: side.system === null ? 'dim' : 'plain' },
        { text: listSome(side.macs, 3) },
      ]),
    });
  }
  for (const direction of lag.directions) blocks.push(...directionBlocks(lag, direction));
  blocks.push(...restBlocks(lag), ...disagreementBlocks(lag));
  return blocks;
}

function left(title: string, minWidth?: number, dropOrder?: number): TableColumn {
  return { title, align: 'left', minWidth, dropOrder };
}

function right(title: string, dropOrder?: number): TableColumn {
  return { title, align: 'right', dropOrder };
}

function listSome(items: readonly string[], most: number): string {
  return items.length <= most ? items.join(' ') : `${items.slice(0, most).join(' ')} … ${items.length - most} more`;
}

function directionBlocks(lag: Lag, direction: Direction): Block[] {
  const blocks: Block[] = [{ kind: 'heading', level: 2, text: `${direction.from} → ${direction.to}: ${policyText(direction)}` }];
  if (direction.totals.packets === 0)
    return [...blocks, { kind: 'text', tone: 'dim', text: 'No data frame.' }, ...unpredictedItems(direction)];
  if (direction.policy.members.length > 0)
    blocks.push({ kind: 'text', text: `Members in hash order: ${direction.policy.members.join(' ')}` });
  blocks.push(agreementBlock(direction));
  blocks.push({
    kind: 'table',
    columns: [
      left('member', 6),
      right('flows'),
      right('packets', 2),
      right('bytes'),
      right('share'),
      left('', undefined, 1),
      right('pred. flows'),
      right('packets', 5),
      right('bytes', 4),
      right('share'),
    ],
    rows: direction.members.map((member) => {
      const index = lag.members.find((candidate) => candidate.name === member.name)?.index;
      return [
        { text: member.name, member: index },
        { text: formatCount(member.observed.flows) },
        { text: formatCount(member.observed.packets) },
        { text: formatBytes(member.observed.bytes) },
        { text: formatShare(member.observed.share) },
        { text: shareBar(member.observed.share), member: index },
        { text: formatCount(member.predicted.flows) },
        { text: formatCount(member.predicted.packets) },
        { text: formatBytes(member.predicted.bytes) },
        { text: formatShare(member.predicted.share) },
      ];
    }),
  });
  const balance = balanceText(direction);
  if (balance !== null) blocks.push({ kind: 'text', text: balance });
  if (direction.epochs.length > 1) blocks.push(...epochBlocks(direction));
  blocks.push(...bucketBlocks(direction), ...chassisBlocks(direction));
  for (const item of unpredictedItems(direction)) blocks.push(item);
  return blocks;
}

function policyText(direction: Direction): string {
  const { policy } = direction;
  if (policy.id === null) return 'policy unknown';
  const variant = policy.variant === null ? '' : ` (${policy.variant})`;
  const basis = policy.basis === null || policy.basis === 0 ? '' : `, basis ${policy.basis}`;
  const sure = policy.source === 'option' || policy.confidence >= 1 ? '' : `, confidence ${formatShare(policy.confidence)}`;
  return `${policy.id}${variant}${basis}, ${SOURCE_TEXTS[policy.source]}${sure}`;
}

function agreementBlock(direction: Direction): Block {
  const { flows, packets, bytes } = direction.agreement;
  if (flows.total === 0) return { kind: 'text', tone: 'warn', text: 'Prediction: nothing to compare.' };
  const tone: Tone = packets.match === packets.total ? 'good' : 'bad';
  const part = (ratio: { match: number; total: number }, noun: string): string =>
    `${formatCount(ratio.match)} of ${countNoun(ratio.total, noun)}`;
  return {
    kind: 'text',
    tone,
    text:
      `Prediction agrees with the captures for ${part(flows, 'flow')}, ${part(packets, 'packet')} ` +
      `(${formatShare(packets.match / packets.total)}), ${formatShare(bytes.total === 0 ? 1 : bytes.match / bytes.total)} of bytes.`,
  };
}

function shareBar(share: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * BAR_COLUMNS * 8);
  return '█'.repeat(eighths >> 3) + ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths & 7];
}

function balanceText(direction: Direction): string | null {
  const { effectiveMembers, maxOverMean, pValue } = direction.balance;
  if (effectiveMembers === null) return null;
  const max = maxOverMean === null ? '' : `, fullest member ${maxOverMean.toFixed(2)} × the mean`;
  const chance =
    pValue === null ? '' : `; an ideal hash is at least this uneven with probability ${pValue < 0.001 ? '<0.001' : pValue.toFixed(3)}`;
  return `Balance: works like ${effectiveMembers.toFixed(2)} members${max}${chance}.${causesText(direction)}`;
}

/** What chance explains needs no other reason. */
const CHANCE = 0.05;
const MAX_CAUSES = 3;
const LEAST_CAUSE = 0.05;

function causesText({ balance: { causes, pValue } }: Direction): string {
  if (causes === undefined || pValue === null || pValue >= CHANCE) return '';
  const shown = causes.slice(0, MAX_CAUSES).filter(({ share }) => share >= LEAST_CAUSE);
  return shown.length === 0 ? '' : ` Due to: ${shown.map(({ share, text }) => `${formatShare(share)} ${text}`).join('; ')}.`;
}

function epochBlocks(direction: Direction): Block[] {
  const shown = direction.epochs.slice(0, MAX_EPOCHS);
  const blocks: Block[] = [
    {
      kind: 'table',
      columns: [left('epoch from'), left('to'), left('why'), left('active members', 12)],
      rows: shown.map((epoch): BlockCell[] => [
        { text: clockTime(epoch.fromTime) },
        { text: clockTime(epoch.toTime) },
        { text: epoch.policy === undefined ? epoch.why : `${epoch.why}, ${epoch.policy.id ?? 'no known policy'}` },
        { text: epoch.active.length === 0 ? 'none' : epoch.active.join(' ') },
      ]),
    },
  ];
  const more = direction.epochs.length - shown.length;
  if (more > 0) blocks.push({ kind: 'text', tone: 'dim', text: `… ${countNoun(more, 'more epoch')}: --json lists them.` });
  return blocks;
}

function item(mark: string, text: string, tone: Tone = 'dim'): Block {
  return { kind: 'item', mark, tone, text };
}

/** What the agreement leaves out, each with its reason. */
function unpredictedItems(direction: Direction): Block[] {
  const blocks: Block[] = direction.unpredicted.map((entry) =>
    item('unpredicted', `${packetsAndBytes(entry)}: ${REASON_TEXTS[entry.reason] ?? entry.reason}`),
  );
  if (direction.transition.packets > 0) {
    blocks.push(item('transition', `${countNoun(direction.transition.packets, 'packet')} within a change of the active members`));
  }
  if (direction.control.packets > 0) {
    blocks.push(
      item('control', `${packetsAndBytes(direction.control)}: frames a port sends for itself (LACP, LLDP …), placed by no policy`),
    );
  }
  if (direction.reflections.packets > 0) {
    blocks.push(
      item(
        'reflections',
        `${packetsAndBytes(direction.reflections)}: frames thrown back on another member by a switch that does not aggregate`,
      ),
    );
  }
  return blocks;
}

function restBlocks(lag: Lag): Block[] {
  const blocks: Block[] = [];
  if (lag.unassigned.packets > 0) blocks.push(item('unassigned', `${packetsAndBytes(lag.unassigned)}: direction not known`));
  if (lag.duplicates.packets > 0)
    blocks.push(item('duplicates', `${packetsAndBytes(lag.duplicates)}: further copies of frames, counted once`));
  return blocks;
}

function packetsAndBytes(counts: { packets: number; bytes: number }): string {
  return `${countNoun(counts.packets, 'packet')}, ${formatBytes(counts.bytes)}`;
}

/** Frames of no LAG, findings, and the trouble with inputs. */
export function closingBlocks(document: ResultDocument): Block[] {
  const blocks: Block[] = [];
  if (document.outside.packets > 0) blocks.push(item('outside', `${packetsAndBytes(document.outside)}: frames of no LAG`));
  for (const finding of document.findings) {
    const tone: Tone = finding.severity === 'error' ? 'bad' : finding.severity === 'warn' ? 'warn' : 'dim';
    const where = finding.members.length > 0 ? ` [${finding.members.join(' ')}]` : '';
    blocks.push(item(finding.severity, `${finding.title}${where} (${finding.id}) ${finding.detail}`.trimEnd(), tone));
  }
  for (const error of document.errors)
    blocks.push(item(error.partial === true ? 'partly read' : 'not read', inputErrorText(error), error.partial === true ? 'warn' : 'bad'));
  return blocks;
}

export function inputErrorText(error: InputError): string {
  const place = error.offset === null ? '' : ` at byte ${formatCount(error.offset)}`;
  return `${error.path}: ${error.reason} (${error.code}${place})`;
}

/** The list of flows, as many as `rows` holds. */
export function flowListBlocks(lag: Lag, rows: FlowRows): Block[] {
  if (rows.total === 0) return [{ kind: 'text', tone: 'dim', text: 'No flow.' }];
  const blocks: Block[] = [];
  const list: BlockCell[][] = [];
  const memberIndex = new Map(lag.members.map((member) => [member.name, member.index]));
  for (let i = 0; i < rows.length; i++) {
    const flow = rows.at(i);
    const ends = formatFlowEnds(flow);
    const detail = formatFlowDetail(flow);
    const predicted = predictedMember(flow) ?? '';
    const observed = flow.members.length > 1 ? `${flow.observed} +${flow.members.length - 1}` : (flow.observed ?? '');
    list.push([
      { text: flow.id, tone: 'dim' },
      { text: flow.from === null ? '' : `${flow.from}→${flow.to}` },
      { text: `${ends.protocol} ${ends.src} > ${ends.dst}${detail === '' ? '' : ` ${detail}`}` },
      { text: formatCount(flow.packets) },
      { text: formatBytes(flow.bytes) },
      { text: observed, member: memberIndex.get(flow.observed ?? '') },
      { text: predicted, member: memberIndex.get(predicted) },
      { text: flow.reason === null ? flow.verdict : `${flow.verdict}: ${flow.reason}`, tone: verdictTone(flow.verdict) },
    ]);
  }
  if (list.length > 0) {
    blocks.push({
      kind: 'table',
      columns: [
        left('id', undefined, 4),
        left('way', undefined, 1),
        left('flow', 34),
        right('packets', 3),
        right('bytes', 2),
        left('observed', 8),
        left('predicted', 9),
        left('verdict', 8),
      ],
      rows: list,
    });
  }
  const more = rows.total - rows.length;
  if (more > 0) blocks.push({ kind: 'text', tone: 'dim', text: `… ${countNoun(more, 'more flow')}: --top N lists more, --json all.` });
  return blocks;
}

function verdictTone(verdict: string): Tone {
  if (verdict === 'match') return 'good';
  return verdict === 'mismatch' || verdict === 'moved' ? 'bad' : 'dim';
}
