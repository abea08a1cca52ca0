import { VERSION } from '../../base/version.ts';
import { parsePacketSpec } from '../../flows/packet-spec.ts';
import { predictPacket, type PredictOptions } from '../../plan/predict.ts';
import {
  writePredictionsCsv,
  writePredictionsJson,
  writePredictionsJsonLines,
  writePredictionsMarkdown,
  writePredictionsTable,
  type PredictedPacket,
} from '../../report/write-predictions.ts';
import type { TextTarget } from '../../report/write-target.ts';
import { EXIT_OK, usageError } from '../exit-codes.ts';
import { requireWholeNumber } from '../option-values.ts';
import { readOutputOptions, readSender, type OutputOptions, type RawOptions } from '../options.ts';
import { runBatch } from '../predict-batch.ts';
import { checkSender } from '../sender-options.ts';
import { chooseStyle, terminalWidth } from '../terminal.ts';
import { withOutput } from '../with-output.ts';

const MAX_MEMBERS = 65536;

export async function runPredict(specs: readonly string[], raw: RawOptions): Promise<number> {
  const output = readOutputOptions(raw);
  const sender = readSender(raw, '');
  await checkSender(sender, '');
  const { members, ...choice } = sender;
  const options: PredictOptions = { ...choice, memberCount: readMemberCount(raw, members) };
  const explain = raw.explain === true;
  const batch = raw.batch;
  if (batch !== undefined) {
    if (output.format === 'csv' || output.format === 'markdown' || raw.format === 'table')
      throw usageError('--batch reads and writes JSON Lines only');
    const files = typeof batch === 'string' ? [batch, ...specs] : specs;
    if (files.length > 1)
      throw usageError(`--batch takes one FILE, not ${files.length}: packets as arguments and --batch exclude each other`);
    return runBatch(files[0] ?? '-', options, explain, output.output);
  }
  if (specs.length === 0)
    throw usageError(
      "a packet is missing, for example: lacpviz predict --policy layer3+4 --member-count 2 'tcp 10.0.0.1:4000 > 10.0.0.2:80'",
    );
  const names = members ?? sender.model?.members ?? [];
  if (options.policy === undefined)
    throw usageError('--policy is missing: without it the member cannot be told. Example: --policy layer3+4');
  const packets = specs.map((spec) => predictSpec(spec, options, explain));
  return withOutput(output.output, async (target) => {
    writePackets(packets, names, target, output);
    return EXIT_OK;
  });
}

function predictSpec(packet: string, options: PredictOptions, explain: boolean): PredictedPacket {
  const fields = parsePacketSpec(packet);
  if (!fields.ok) throw usageError(`'${packet}': ${fields.issue.reason}`);
  const predicted = predictPacket(fields.value, options, explain);
  if (!predicted.ok) throw usageError(`'${packet}': ${predicted.issue.reason}`);
  return { packet, prediction: predicted.value };
}

function readMemberCount(raw: RawOptions, members: readonly string[] | undefined): number | null {
  const typed = raw.memberCount;
  if (typeof typed !== 'string') return members?.length ?? null;
  const count = requireWholeNumber('--member-count', typed, 1, MAX_MEMBERS);
  if (members !== undefined && members.length !== count)
    throw usageError(`--member-count ${count} contradicts --members, which names ${members.length}`);
  return count;
}

function writePackets(packets: readonly PredictedPacket[], names: readonly string[], target: TextTarget, options: OutputOptions): void {
  switch (options.format) {
    case 'json':
      return writePredictionsJson(packets, VERSION, target);
    case 'jsonl':
      return writePredictionsJsonLines(packets, target);
    case 'csv':
      return writePredictionsCsv(packets, target);
    case 'markdown':
      return writePredictionsMarkdown(packets, names, target);
    case 'table':
      return writePredictionsTable(packets, names, target, terminalWidth(), chooseStyle(options.color, options.output !== undefined));
  }
}
