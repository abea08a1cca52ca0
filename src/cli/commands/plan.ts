import { FIX_SYNTAX_IDS } from '../../fix/registry.ts';
import { VERSION } from '../../base/version.ts';
import { parsePacketSpec } from '../../flows/packet-spec.ts';
import { analyzePlan } from '../../pipeline/analyze-plan.ts';
import { describeCover } from '../../pipeline/plan-cover.ts';
import type { CoverQuery, PlanPolicy, PlanQuery } from '../../pipeline/plan-query.ts';
import { resolvePolicy } from '../../plan/resolve-policy.ts';
import { MAX_PLAN_MEMBERS } from '../../plan/plan-rule.ts';
import { SCHEMA_VERSION, type Lag, type ResultDocument } from '../../report/document.ts';
import type { PlanAdvice, PlanCover } from '../../report/plan-document.ts';
import { SCENARIO_FIELDS, type PlanReport } from '../../report/plan-rows.ts';
import { selectInDirections } from '../../report/select-in-directions.ts';
import { writePlanCsv, writePlanJson, writePlanJsonLines, writePlanMarkdown, writePlanTable } from '../../report/write-plan.ts';
import { RECORD_FIELDS } from '../../records/columns.ts';
import type { ColumnMap } from '../../records/flow-record.ts';
import type { TextTarget } from '../../report/write-target.ts';
import { closeRun, refuseOverwriting, runAnalysis } from '../analysis-run.ts';
import { EXIT_OK, usageError } from '../exit-codes.ts';
import { openInputs, parseInputArguments } from '../input-arguments.ts';
import { unknownValue } from '../nearest.ts';
import { requireNames, requireWholeNumber } from '../option-values.ts';
import { readAnalysisOptions, readOutputOptions, readSender, type OutputOptions, type RawOptions } from '../options.ts';
import { readRowSelection } from '../row-selection.ts';
import { checkSender } from '../sender-options.ts';
import { chooseStyle, terminalWidth } from '../terminal.ts';
import { withOutput } from '../with-output.ts';

/** Prints what the captured traffic would do under other policies, members and failures, and what to change. */
export async function runPlan(files: readonly string[], raw: RawOptions): Promise<number> {
  const outputOptions = readOutputOptions(raw);
  const query = await readQuery(raw);
  const options = await readAnalysisOptions(raw);
  const rows = selectInDirections(readRowSelection(raw, SCENARIO_FIELDS), ({ scenarios }) => scenarios ?? [], SCENARIO_FIELDS);
  if (files.length === 0) {
    if (!isCover(raw)) throw usageError('a capture is missing: lacpviz plan eth0.pcap eth1.pcap');
    await checkSender(options.sender, '');
    return withOutput(outputOptions.output, async (output) => {
      writeReport({ document: coverWithoutCaptures(query, raw), rows }, output, outputOptions);
      return EXIT_OK;
    });
  }
  const inputs = openInputs(parseInputArguments(files));
  refuseOverwriting(inputs, outputOptions.output);
  return withOutput(outputOptions.output, async (output) => {
    const document = await runAnalysis((of, how, host) => analyzePlan(of, how, host, query), inputs, options, outputOptions);
    // Advice in every syntax is for programs; people ask for theirs.
    const forPeople = outputOptions.format === 'table' || outputOptions.format === 'markdown';
    const shown = forPeople && query.syntax === undefined ? withoutFixes(document) : document;
    writeReport({ document: shown, rows }, output, outputOptions);
    return closeRun(document, outputOptions);
  });
}

function withoutFixes(document: ResultDocument): ResultDocument {
  const strip = (lag: Lag): Lag => ({ ...lag, advice: ((lag.advice ?? []) as PlanAdvice[]).map((advice) => ({ ...advice, fix: [] })) });
  return { ...document, lags: document.lags.map(strip) };
}

async function readQuery(raw: RawOptions): Promise<PlanQuery> {
  const policies = [...new Set(values(raw.policies).flatMap((list) => requireNames('--policies', list)))];
  const counts = values(raw.memberCounts).flatMap((list) => list.split(',').map((part) => part.trim()));
  const failed = values(raw.failed).map((list) => requireNames('--failed', list));
  const speeds = values(raw.speed).flatMap((list) => list.split(',').map((part) => part.trim()));
  return {
    ...(policies.length > 0 && { policies: await Promise.all(policies.map(readPolicy)) }),
    ...(counts.length > 0 && { memberCounts: [...new Set(counts.flatMap(readCounts))] }),
    ...(failed.length > 0 && { failed }),
    ...(speeds.length > 0 && { speedsMbps: speeds.map(readSpeed) }),
    ...(typeof raw.for === 'string' && { syntax: readSyntax(raw.for) }),
    ...(typeof raw.columns === 'string' && { columns: readColumns(raw.columns) }),
    ...(typeof raw.forecast === 'string' && { forecastFlows: requireWholeNumber('--forecast', raw.forecast, 1, 1_000_000) }),
    entropy: true,
    ...(isCover(raw) && { cover: readCover(raw) }),
  };
}

/** `src=sa,dst=da,bytes=ibyt`: field of a record = column of the file, by name or by position from 1. */
function readColumns(text: string): ColumnMap {
  const columns = new Map<string, string>();
  for (const part of requireNames('--columns', text)) {
    const [field, column] = part.split('=');
    if (column === undefined || column === '') throw usageError(`--columns ${part}: expected FIELD=COLUMN,… such as src=sa,bytes=ibyt`);
    if (!RECORD_FIELDS.includes(field)) throw usageError(`--columns: ${unknownValue('field', field, RECORD_FIELDS)}`);
    columns.set(field, column);
  }
  return columns;
}

function isCover(raw: RawOptions): boolean {
  return raw.cover === true || typeof raw.coverPacket === 'string' || typeof raw.coverServers === 'string';
}

function readCover(raw: RawOptions): CoverQuery {
  const packet = typeof raw.coverPacket === 'string' ? parsePacketSpec(raw.coverPacket) : null;
  if (packet !== null && !packet.ok) throw usageError(`--cover-packet '${String(raw.coverPacket)}': ${packet.issue.reason}`);
  return {
    ...(packet !== null && { packet: packet.value }),
    ...(typeof raw.coverServers === 'string' && { servers: raw.coverServers }),
  };
}

/** A cover by policy alone, without captures: for networks that are yet to be built. */
function coverWithoutCaptures(query: PlanQuery, raw: RawOptions): ResultDocument & { cover: PlanCover } {
  const sender = readSender(raw, '');
  const choice = resolvePolicy(sender.policy, sender.variant, sender.kernel);
  const counts = query.memberCounts ?? (sender.members === undefined ? [] : [sender.members.length]);
  if (query.cover?.packet === undefined || !choice.ok || counts.length !== 1)
    throw usageError(
      "without captures a cover needs --policy, one --member-counts and --cover-packet, for example: lacpviz plan --cover --policy layer3+4 --member-counts 4 --cover-packet 'tcp 10.0.0.1 > 10.0.0.2'",
    );
  const of = { policy: choice.value.policy, variant: choice.value.variant, basis: sender.basis ?? 0, memberCount: counts[0] };
  return {
    schemaVersion: SCHEMA_VERSION,
    tool: { name: 'lacpviz', version: VERSION },
    command: 'plan',
    inputs: [],
    lags: [],
    findings: [],
    errors: [],
    outside: { packets: 0, bytes: 0 },
    cover: describeCover(of, query.cover.packet, query.cover.servers, sender.members ?? [], null),
  };
}

/** `layer3+4`, or `layer3+4:linux-4.15`. */
async function readPolicy(text: string): Promise<PlanPolicy> {
  const colon = text.indexOf(':');
  const id = colon < 0 ? text : text.slice(0, colon);
  const variant = colon < 0 ? undefined : text.slice(colon + 1);
  if (id !== 'learned') await checkSender({ policy: id, ...(variant !== undefined && { variant }) }, '');
  return { id, ...(variant !== undefined && { variant }) };
}

/** `3`, or `2-8`. */
function readCounts(text: string): number[] {
  const range = /^(\d+)-(\d+)$/.exec(text);
  if (range === null) return [requireWholeNumber('--member-counts', text, 1, MAX_PLAN_MEMBERS)];
  const [from, to] = range.slice(1).map((part) => requireWholeNumber('--member-counts', part, 1, MAX_PLAN_MEMBERS));
  if (from > to) throw usageError(`--member-counts ${text}: from the smaller to the larger`);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function readSpeed(text: string): number {
  const speed = Number(text);
  if (!(speed > 0 && Number.isFinite(speed))) throw usageError(`--speed ${text}: megabits per second, such as 10000`);
  return speed;
}

function readSyntax(text: string): string {
  if (!FIX_SYNTAX_IDS.includes(text)) throw usageError(`--for: ${unknownValue('value', text, FIX_SYNTAX_IDS)}`);
  return text;
}

function values(value: RawOptions[string]): readonly string[] {
  return Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
}

function writeReport(report: PlanReport, target: TextTarget, options: OutputOptions): void {
  switch (options.format) {
    case 'json':
      return writePlanJson(report, target);
    case 'jsonl':
      return writePlanJsonLines(report, target);
    case 'csv':
      return writePlanCsv(report, target);
    case 'markdown':
      return writePlanMarkdown(report, target);
    case 'table':
      return writePlanTable(report, target, terminalWidth(), chooseStyle(options.color, options.output !== undefined));
  }
}
