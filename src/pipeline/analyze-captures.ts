import { VERSION } from '../base/version.ts';
import type { Issue } from '../base/issue.ts';
import type { InputProbe } from '../decoder/input-probe.ts';
import type { Reordering } from '../diagnose/reordering.ts';
import type { Language } from '../diagnose/languages.ts';
import { createInputProbe } from '../decoder/open-capture.ts';
import { createPacketBatch } from '../decoder/create-packet-batch.ts';
import { findSuspects } from '../flows/find-suspects.ts';
import { STAT_FLOW } from '../flows/flow-table.ts';
import { importState } from '../state/import-state.ts';
import { joinStateTexts } from '../state/join-texts.ts';
import type { StateFacts } from '../state/state-facts.ts';
import { SCHEMA_VERSION } from '../report/document.ts';
import type { Input, InputError, Lag, ResultDocument } from '../report/document.ts';
import type { AnalysisOptions, TimeOption } from './analysis-options.ts';
import { analyzeLag, findLagSides, mergeLag } from './analyze-lag.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { assembleLags } from './assemble-lags.ts';
import type { Assembly } from './assemble-lags.ts';
import { BadCall } from './bad-call.ts';
import { buildLag } from './build-lag.ts';
import type { ByteSource } from './byte-source.ts';
import { findReordering } from './find-reordering.ts';
import { matchCopies } from './match-copies.ts';
import { addTimes } from './scan-capture.ts';
import type { InputScan, ScanOptions, TimePoint } from './scan-capture.ts';
import { inProcessScanner } from './scanner.ts';
import type { InputScanner } from './scanner.ts';
import { listSources } from './sources.ts';
import type { AnalysisSource, ScannedCapture } from './sources.ts';
import type { StateText } from './sender-facts.ts';
import type { ScanProgress } from './service.ts';
import { pause, takeSteps } from './steps.ts';
import type { StepHost, Steps } from './steps.ts';
import { formatTime } from './time-text.ts';

/** One input as the host found it: a source of bytes, or the reason why there is none. */
export interface AnalysisInput {
  readonly path: string;
  /** `NAME=FILE`. */
  readonly memberName?: string;
  readonly source?: ByteSource;
  readonly failure?: Issue;
}

export interface AnalysisHost extends StepHost {
  readonly onProgress?: (progress: ScanProgress) => void;
  readonly scanner?: InputScanner;
  /**
   * Stands between the analysis and a second reading of captures: `key` says of what, the same for the same inputs. A
   * host may keep what `read` found, or give back what it kept.
   */
  readonly reread?: <T>(key: string, read: () => Promise<T>) => Promise<T>;
  /** Asked for every text before it is taken for a state text: what it is of another kind, or null. */
  readonly onText?: (text: string) => Pick<Input, 'kind' | 'format' | 'packets' | 'bytes' | 'firstTime' | 'lastTime' | 'lacks'> | null;
}

/** All that the analysis found, for what is derived from it: ports, findings. */
export interface CaptureAnalysis {
  readonly document: ResultDocument;
  readonly lags: readonly LagAnalysis[];
  readonly sources: readonly AnalysisSource[];
  readonly state: readonly StateText[];
  /** Per LAG: segments that overtook each other on two members. */
  readonly reordering: readonly (readonly Reordering[])[];
  /** Of the findings' texts. */
  readonly language: Language;
}

/**
 * The whole analysis of `flows`: reads all inputs, tells captures from state texts, sorts sources into LAGs, finds the
 * sides, the senders' policies and the epochs, and places every flow. Bad input ends in `document.errors`; a bad
 * request throws BadCall.
 */
export async function analyzeCaptures(
  inputs: readonly AnalysisInput[],
  options: AnalysisOptions,
  host: AnalysisHost,
): Promise<CaptureAnalysis> {
  const scanOptions: ScanOptions = { ...(await resolveRange(inputs, options)), seed: Math.floor(Math.random() * 0x1_0000_0000) };
  const readable = inputs.flatMap((input) => (input.source === undefined ? [] : [input.source]));
  const scans = await (host.scanner ?? inProcessScanner).scan(readable, scanOptions, async (progress) => {
    host.onProgress?.(progress);
    return (await host.isCancelled?.()) ?? false;
  });
  await pause(host);
  const read = sortInputs(inputs, scans, host.onText);
  const sources = listSources(
    read.captures,
    read.state.map((s) => s.facts),
  );
  const assembly = assembleLags(
    sources,
    options.oneLag,
    read.state.map((s) => s.facts),
  );
  const wanted = assembly.lags.filter((lag) => options.lag === undefined || lag.id === options.lag);
  if (options.lag !== undefined && wanted.length === 0) {
    throw new BadCall(
      `no LAG ${options.lag}; there ${assembly.lags.length === 1 ? 'is' : 'are'} ${assembly.lags.map((l) => l.id).join(', ') || 'none'}`,
    );
  }
  const byteSources = new Map(inputs.flatMap((input) => (input.source === undefined ? [] : [[input.path, input.source] as const])));
  const reread = host.reread ?? ((_key, read) => read());
  const lags: LagAnalysis[] = [];
  const reordering: (readonly Reordering[])[] = [];
  for (const plan of wanted) {
    const key = JSON.stringify([plan.members.map((member) => member.sources), options.local]);
    let flows = mergeLag(plan, sources, []);
    await pause(host);
    let sides = findLagSides(plan, flows, options, read.state);
    await pause(host);
    const suspects = findSuspects(flows);
    await pause(host);
    const copies =
      suspects === null
        ? null
        : await reread(`copies ${key}`, () => matchCopies(plan, flows, sides, suspects, sources, byteSources, scanOptions));
    if (suspects !== null && copies === null) flows = { ...flows, mayHoldCopies: true };
    if (suspects !== null && copies !== null) {
      // Rows still hold the flow numbers of the first merge: those of suspects are replaced by what the matcher sorted.
      const { tables } = flows.merged;
      flows = mergeLag(
        plan,
        sources,
        copies.tables,
        (t, row) => t >= tables.length || suspects[tables[t].columns.rows[row + STAT_FLOW]] === 0,
      );
      sides = findLagSides(plan, flows, options, read.state);
    }
    const lag = await takeSteps(analyzeLag(plan, flows, sides, options, read.state), host);
    lags.push(lag);
    reordering.push(await reread(`reordering ${key}`, () => findReordering(lag, sources, byteSources, scanOptions)));
  }
  return {
    document: await takeSteps(buildDocument(read, sources, assembly, lags), host),
    lags,
    sources,
    state: read.state,
    reordering,
    language: options.language ?? 'en',
  };
}

/** Inputs by what they turned out to be. */
interface ReadInputs {
  readonly captures: readonly ScannedCapture[];
  readonly state: readonly StateText[];
  /** In the order of the command line; captures without their sources, which LAGs assign. */
  readonly inputs: readonly (Input & { capture: ScannedCapture | null })[];
  readonly errors: readonly InputError[];
}

function sortInputs(inputs: readonly AnalysisInput[], scans: readonly InputScan[], onText: AnalysisHost['onText']): ReadInputs {
  const captures: ScannedCapture[] = [];
  const state: StateText[] = [];
  const listed: (Input & { capture: ScannedCapture | null })[] = [];
  const errors: InputError[] = [];
  const report = (path: string, issue: Issue): void => {
    errors.push({ path, offset: issue.offset, reason: issue.reason, code: issue.code, ...(issue.partial ? { partial: true } : {}) });
  };
  let next = 0;
  for (const input of inputs) {
    if (input.source === undefined) {
      if (input.failure !== undefined) report(input.path, input.failure);
      continue;
    }
    const scan = scans[next++];
    if (scan.kind === 'failed') {
      report(input.path, scan.issue);
      continue;
    }
    for (const issue of scan.issues) report(input.path, issue);
    if (scan.kind === 'text') {
      const other = onText?.(scan.text) ?? null;
      if (other !== null) {
        listed.push({ ...describeText(input.path, scan.bytes, scan.compression, []), ...other });
        continue;
      }
      const imported = importState(scan.text);
      if ('code' in imported) {
        report(input.path, imported);
        continue;
      }
      for (const facts of imported.facts) state.push({ path: input.path, facts });
      listed.push(describeText(input.path, scan.bytes, scan.compression, imported.facts));
      continue;
    }
    const capture: ScannedCapture = { path: input.path, memberName: input.memberName ?? null, scan };
    captures.push(capture);
    listed.push(describeCapture(capture));
    if (scan.info.packets === 0 && scan.issues.length === 0) {
      report(input.path, { code: 'empty', offset: null, reason: 'a capture without any packet', partial: true });
    }
  }
  return { captures, state: joinStateTexts(state), inputs: listed, errors };
}

function describeText(
  path: string,
  bytes: number,
  compression: Input['compression'],
  facts: readonly StateFacts[],
): Input & { capture: null } {
  return {
    path,
    kind: 'state',
    format: facts[0]?.format ?? 'text',
    compression,
    sources: [],
    packets: 0,
    bytes,
    capturedBytes: 0,
    firstTime: null,
    lastTime: null,
    truncated: null,
    malformedPackets: 0,
    dropped: null,
    capture: null,
  };
}

function describeCapture(capture: ScannedCapture): Input & { capture: ScannedCapture } {
  const { info, firstTime, lastTime, sources } = capture.scan;
  const text = (time: TimePoint | null): string | null => (time === null ? null : formatTime(time.seconds, time.nanos));
  return {
    path: capture.path,
    kind: 'capture',
    format: info.format,
    compression: info.compression,
    sources: [],
    packets: info.packets,
    bytes: sources.reduce((sum, s) => sum + s.bytes, 0),
    capturedBytes: info.capturedBytes,
    firstTime: text(firstTime),
    lastTime: text(lastTime),
    truncated: info.truncated,
    malformedPackets: info.malformedPackets,
    dropped: info.dropped,
    capture,
  };
}

function* buildDocument(
  read: ReadInputs,
  sources: readonly AnalysisSource[],
  assembly: Assembly,
  lags: readonly LagAnalysis[],
): Steps<ResultDocument> {
  const outside = { packets: 0, bytes: 0 };
  const isReported = (s: number): boolean =>
    assembly.lagOfSource[s] >= 0 && lags.some((lag) => lag.plan === assembly.lags[assembly.lagOfSource[s]]);
  sources.forEach((source, s) => {
    const whole = !isReported(s);
    outside.packets += whole ? source.scan.packets : source.scan.outOfRangePackets;
    outside.bytes += whole ? source.scan.bytes : source.scan.outOfRangeBytes;
  });
  const built: Lag[] = [];
  for (const lag of lags) built.push(yield* buildLag(lag, sources));
  return {
    schemaVersion: SCHEMA_VERSION,
    tool: { name: 'lacpviz', version: VERSION },
    command: 'flows',
    inputs: read.inputs.map(({ capture, ...input }) => ({
      ...input,
      sources: sources.flatMap((source, s) => {
        if (source.capture !== capture) return [];
        const lag = assembly.lagOfSource[s] < 0 ? null : assembly.lags[assembly.lagOfSource[s]];
        return [
          {
            name: source.name,
            linkType: source.scan.source.linkTypeName,
            snapLength: source.scan.source.snapLength,
            member: lag === null ? null : source.memberName,
            lag: lag?.id ?? null,
          },
        ];
      }),
    })),
    lags: built,
    findings: [],
    errors: [...read.errors],
    outside,
  };
}

/**
 * Bounds of `--from` and `--to`. Relative ones count from the first frame of all captures; a stream cannot be looked
 * into beforehand, so without any file they count from its own first frame.
 */
async function resolveRange(inputs: readonly AnalysisInput[], options: AnalysisOptions): Promise<Omit<ScanOptions, 'seed'>> {
  const { from, to } = options;
  const absolute = (time: TimeOption | undefined): TimePoint | null =>
    time?.kind === 'absolute' ? { seconds: time.seconds, nanos: time.nanos } : null;
  const relative = (time: TimeOption | undefined): TimePoint | null =>
    time?.kind === 'relative' ? { seconds: time.seconds, nanos: time.nanos } : null;
  const offsets = { from: relative(from), to: relative(to) };
  if (offsets.from === null && offsets.to === null) return { from: absolute(from), to: absolute(to) };
  let base: TimePoint | null = null;
  for (const { source } of inputs) {
    const first = source?.rereadable === true ? await findFirstTime(source) : null;
    if (first !== null && (base === null || first.seconds < base.seconds || (first.seconds === base.seconds && first.nanos < base.nanos)))
      base = first;
  }
  if (base === null) return { from: absolute(from), to: absolute(to), offsets };
  return {
    from: offsets.from === null ? absolute(from) : addTimes(base, offsets.from),
    to: offsets.to === null ? absolute(to) : addTimes(base, offsets.to),
  };
}

/** Time stamp of the first record, reading no more than is needed; null if the input is no capture. */
async function findFirstTime(source: ByteSource): Promise<TimePoint | null> {
  const probe: InputProbe = createInputProbe();
  const batch = createPacketBatch();
  for await (const chunk of source.chunks()) {
    probe.push(chunk);
    if (probe.reader !== null) {
      while (probe.reader.next(batch) > 0) {
        for (let i = 0; i < batch.length; i++)
          if (batch.seconds[i] !== 0xffffffff) return { seconds: batch.seconds[i], nanos: batch.nanos[i] };
      }
    }
    if (probe.done) break;
  }
  return null;
}
