import type { Prediction } from '../plan/predict.ts';
import { SCHEMA_VERSION } from './document.ts';
import { csvLine } from './csv-cells.ts';
import { renderMarkdown, renderTerminal, type Block, type BlockCell } from './format-blocks.ts';
import type { TextStyle } from './format-style.ts';
import { REASON_TEXTS } from './format-terms.ts';
import type { TextTarget } from './write-target.ts';

/** A packet as it was asked for, and its member. */
export interface PredictedPacket {
  readonly packet: string;
  readonly prediction: Prediction;
}

/** The document of `predict --json`. For a single packet its fields stand at the top too, so that nobody must index a list of one. */
export function writePredictionsJson(packets: readonly PredictedPacket[], version: string, target: TextTarget): void {
  const predictions = packets.map(({ packet, prediction }) => ({ packet, ...prediction }));
  const document = {
    schemaVersion: SCHEMA_VERSION,
    tool: { name: 'lacpviz', version },
    command: 'predict',
    inputs: [],
    lags: [],
    findings: [],
    errors: [],
    outside: { packets: 0, bytes: 0 },
    ...(predictions.length === 1 ? predictions[0] : {}),
    predictions,
  };
  target.write(`${JSON.stringify(document)}\n`);
}

export function writePredictionsJsonLines(packets: readonly PredictedPacket[], target: TextTarget): void {
  for (const { packet, prediction } of packets) target.write(`${JSON.stringify({ packet, ...prediction })}\n`);
}

export function writePredictionsCsv(packets: readonly PredictedPacket[], target: TextTarget): void {
  const names = ['policy', 'variant', 'memberCount', 'hash', 'bucket', 'member', 'unpredicted'] as const;
  target.write(csvLine(['packet', ...names]));
  for (const { packet, prediction } of packets) {
    target.write(csvLine([packet, ...names.map((name) => (prediction[name] === null ? '' : String(prediction[name])))]));
  }
}

export function writePredictionsTable(
  packets: readonly PredictedPacket[],
  names: readonly string[],
  target: TextTarget,
  width: number,
  style: TextStyle,
): void {
  for (const line of renderTerminal(predictionBlocks(packets, names), width, style)) target.write(`${line}\n`);
}

export function writePredictionsMarkdown(packets: readonly PredictedPacket[], names: readonly string[], target: TextTarget): void {
  for (const line of renderMarkdown(predictionBlocks(packets, names))) target.write(`${line}\n`);
}

/** `names`: of the members in hash order, or empty. */
function predictionBlocks(packets: readonly PredictedPacket[], names: readonly string[]): Block[] {
  const explained = packets.some(({ prediction }) => prediction.steps !== undefined);
  return explained ? packets.flatMap((packet) => explainedBlocks(packet, names)) : [overviewBlock(packets, names)];
}

function overviewBlock(packets: readonly PredictedPacket[], names: readonly string[]): Block {
  return {
    kind: 'table',
    columns: [
      { title: 'packet', align: 'left', minWidth: 44 },
      { title: 'policy', align: 'left', dropOrder: 2 },
      { title: 'variant', align: 'left', dropOrder: 3 },
      { title: 'hash', align: 'left', dropOrder: 1 },
      { title: 'of', align: 'right', dropOrder: 4 },
      { title: 'member (from 0)', align: 'left', minWidth: 20 },
    ],
    rows: packets.map(({ packet, prediction }): BlockCell[] => [
      { text: packet },
      { text: prediction.policy },
      { text: prediction.variant },
      { text: prediction.hash ?? '' },
      { text: prediction.memberCount === null ? '' : String(prediction.memberCount) },
      memberCell(prediction, names),
    ]),
  };
}

function explainedBlocks({ packet, prediction }: PredictedPacket, names: readonly string[]): Block[] {
  const steps = (prediction.steps ?? []).map((step): BlockCell[] => [{ text: step.label }, { text: step.value }]);
  return [
    { kind: 'heading', level: 2, text: packet },
    { kind: 'text', text: `${prediction.policy}, ${prediction.variant}: ${outcomeText(prediction, names)}` },
    {
      kind: 'table',
      columns: [
        { title: 'step', align: 'left', minWidth: 16 },
        { title: 'value', align: 'left', minWidth: 24 },
      ],
      rows: steps,
    },
  ];
}

function outcomeText(prediction: Prediction, names: readonly string[]): string {
  const { text } = memberCell(prediction, names);
  return prediction.member === null ? text : `member ${text}, the members counted from 0 to ${(prediction.memberCount ?? 1) - 1}`;
}

function memberCell(prediction: Prediction, names: readonly string[]): BlockCell {
  const { member, bucket, hash, unpredicted } = prediction;
  if (member !== null) {
    return { text: names[member] === undefined ? String(member) : `${member} (${names[member]})`, member };
  }
  const known = bucket === null ? '' : `bucket ${bucket}; `;
  if (unpredicted !== null) return { text: `${known}${REASON_TEXTS[unpredicted] ?? unpredicted} (${unpredicted})`, tone: 'warn' };
  return { text: hash === null ? 'does not follow from the packet' : `${known}open: --member-count N tells`, tone: 'dim' };
}
