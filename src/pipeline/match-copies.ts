import { HEAD_ETHERTYPE_SHIFT, HEAD_LLC, HEAD_TAGS_MASK, HEAD_TAGS_SHIFT } from '../decoder/flow-key.ts';
import { ROW_UNSUPPORTED } from '../decoder/packet-batch.ts';
import { CopyClocks, findOrigins } from '../flows/copy-clocks.ts';
import { CopyMatcher, digestBytes } from '../flows/copy-matcher.ts';
import { CopyTally } from '../flows/copy-tally.ts';
import type { Sides } from '../flows/direct-flows.ts';
import { judgeCopies } from '../flows/judge-copies.ts';
import type { CopyKind } from '../flows/judge-copies.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { parseMac, sourceMac } from '../flows/mac.ts';
import type { SourceTable } from '../flows/merge.ts';
import { findLearning, oftenLearning } from '../infer/learning-frames.ts';
import type { LagPlan } from './assemble-lags.ts';
import type { ByteSource } from './byte-source.ts';
import { CopyTables } from './copy-tables.ts';
import { earliest, ETHERNET_HEADER_BYTES, indexSuspects, inRange, linkHeaderBytes, openCursor } from './read-again.ts';
import type { ScanOptions } from './scan-capture.ts';
import type { AnalysisSource } from './sources.ts';

const TAG_BYTES = 4;
/** Bytes of a frame that are compared, from its network header on; the length on the wire is compared too. */
const COMPARED_BYTES = 256;
/**
 * Of the copies of one frame the one with a destination MAC is to be the original: cooked captures (SLL, SLL2) are
 * taken as this much later. Their stamps were up to a millisecond before those of the member's own capture.
 */
const COOKED_DELAY_NANOS = 2_000_000;

export interface CopyMatch {
  /** Replace the rows of the suspect flows in the tables of the scan. */
  readonly tables: readonly SourceTable[];
}

/** One of the captures to read. */
interface Reading {
  readonly source: ByteSource;
  /** Source of the analysis for each source of the capture, -1 for those of other LAGs. */
  readonly sourceOf: readonly number[];
  readonly isCooked: boolean;
}

/** What is looked for in them. */
interface CopySearch {
  readonly flows: LagFlows;
  readonly sides: Sides;
  readonly suspects: Uint8Array;
  readonly readings: readonly Reading[];
  readonly memberOf: ReadonlyMap<number, number>;
  /** Bytes of a frame that every capture kept. */
  readonly compared: number;
  readonly options: ScanOptions;
}

interface FoundCopies {
  readonly tables: CopyTables;
  readonly tally: CopyTally;
  readonly clocks: CopyClocks;
}

/**
 * Reads the captures of a LAG again, all at once in order of time, and sorts the frames of the suspect flows into
 * originals, reflections and duplicates; once more where the order shows that their clocks differ. Memory follows the flows
 * and the copy window.
 */
export async function matchCopies(
  plan: LagPlan,
  flows: LagFlows,
  sides: Sides,
  suspects: Uint8Array,
  sources: readonly AnalysisSource[],
  byteSources: ReadonlyMap<string, ByteSource>,
  options: ScanOptions,
): Promise<CopyMatch | null> {
  const memberOf = new Map<number, number>();
  plan.members.forEach((member, m) => member.sources.forEach((s) => memberOf.set(s, m)));
  const captures = [...new Set([...memberOf.keys()].map((s) => sources[s].capture))];
  const readings: Reading[] = [];
  for (const capture of captures) {
    const source = byteSources.get(capture.path);
    if (source === undefined || !source.rereadable) return null;
    const sourceOf = capture.scan.sources.map((scan) => {
      const s = sources.findIndex((candidate) => candidate.capture === capture && candidate.scan === scan);
      return memberOf.has(s) ? s : -1;
    });
    const isCooked = capture.scan.sources.every((scan) => linkHeaderBytes(scan.source.linkType) !== ETHERNET_HEADER_BYTES);
    readings.push({ source, sourceOf, isCooked });
  }
  const compared = Math.min(
    COMPARED_BYTES,
    ...[...memberOf.keys()].map((s) => Math.max((sources[s].scan.source.snapLength || 1 << 20) - 28, 34)),
  );
  const search: CopySearch = { flows, sides, suspects, readings, memberOf, compared, options };
  let found = await findCopies(search, new Float64Array(readings.length));
  const offsets = found.clocks.offsets(readings.length, findOrigins(flows, sides, suspects, found.tally));
  if (offsets !== null) found = await findCopies(search, offsets);
  const kindOf = (side: 0 | 1): CopyKind =>
    judgeCopies(flows, sides, suspects, found.tally, side, sendsForMembers(plan, flows, sides, side));
  return { tables: found.tables.take([kindOf(0), kindOf(1)]) };
}

/** True for an end that does not send every frame on every member: it has LACP, or members that learn for themselves (balance-tlb, balance-alb). */
function sendsForMembers(plan: LagPlan, flows: LagFlows, sides: Sides, side: 0 | 1): boolean {
  if (plan.members.some(({ ends }) => ends.some(({ system }) => sides.sideOf(parseMac(system) ?? 0) === side))) return true;
  const learning = oftenLearning(
    findLearning(flows, (mac) => sides.sideOf(mac) === side),
    flows,
  );
  return new Set(learning.map(({ mac }) => mac)).size > 1;
}

/** `offsets`: milliseconds by which each capture's clock is ahead. */
async function findCopies(search: CopySearch, offsets: Float64Array): Promise<FoundCopies> {
  const { flows, sides, readings, memberOf, compared, options } = search;
  const cursors = readings.map(({ source, sourceOf, isCooked }, c) =>
    openCursor(source, sourceOf, (isCooked ? COOKED_DELAY_NANOS : 0) - Math.round(offsets[c] * 1e6)),
  );
  const isMixed = readings.some(({ isCooked }) => isCooked) && readings.some(({ isCooked }) => !isCooked);
  const suspectOf = indexSuspects(flows, search.suspects);
  const tally = new CopyTally(flows.merged.count);
  const clocks = new CopyClocks();
  const tables = new CopyTables(options.seed);
  const matcher = new CopyMatcher(({ flow, member, thrownBack }) => tally.settle(flow, member, thrownBack.size));
  for (const cursor of cursors) cursor.done = !(await cursor.fill());
  const captureOf = new Map(readings.flatMap(({ sourceOf }, c) => sourceOf.map((s) => [s, c] as const)));
  const { originSeconds } = flows;
  for (;;) {
    const cursor = earliest(cursors);
    if (cursor === null) break;
    const { batch } = cursor;
    const i = cursor.row;
    const source = cursor.sourceOf[batch.source[i]];
    const start = batch.keyStart[i];
    const flow =
      source >= 0 && (batch.flags[i] & ROW_UNSUPPORTED) === 0 && inRange(batch.seconds[i], batch.nanos[i], options)
        ? suspectOf(batch.keys, start)
        : -1;
    if (flow >= 0) {
      const ms = (batch.seconds[i] - originSeconds) * 1000 + (batch.nanos[i] + cursor.delayNanos) / 1e6;
      // The kernel takes the outermost tag out of what it shows to a cooked capture: there tags do not count.
      const tagBytes = isMixed ? ((batch.keys[start] >>> HEAD_TAGS_SHIFT) & HEAD_TAGS_MASK) * TAG_BYTES : 0;
      const skip = Math.min(cursor.headerBytes[batch.source[i]] + tagBytes, batch.capturedLength[i]);
      const length = Math.min(batch.capturedLength[i] - skip, compared);
      // An LLC frame of a cooked capture does not tell its length field.
      const type = (batch.keys[start] & HEAD_LLC) !== 0 ? 0 : batch.keys[start] >>> HEAD_ETHERTYPE_SHIFT;
      const seed = batch.keys[start + 3] ^ Math.imul(batch.frameBytes[i] - tagBytes, 0x9e3779b1) ^ type;
      const digest = digestBytes(batch.view, batch.offset[i] + skip, length, seed);
      const member = memberOf.get(source) ?? 0;
      const found = matcher.classify(digest, ms, member, source, flow);
      if (found === 'reflection') noteDelay(clocks, matcher, digest, ms, { capture: captureOf.get(source) ?? 0, member }, captureOf);
      tables.add(source, found, sides.sideOf(sourceMac(batch.keys, start)), batch, i);
    }
    cursor.row++;
    if (cursor.row >= batch.length) cursor.done = !(await cursor.fill());
  }
  matcher.finish();
  return { tables, tally, clocks };
}

/** How far the copy that was just found is behind its frame. */
function noteDelay(
  clocks: CopyClocks,
  matcher: CopyMatcher,
  digest: number,
  ms: number,
  to: { readonly capture: number; readonly member: number },
  captureOf: ReadonlyMap<number, number>,
): void {
  const original = matcher.originalOf(digest);
  if (original === undefined) return;
  clocks.add(original.flow, { capture: captureOf.get(original.source) ?? 0, member: original.member }, to, ms - original.ms);
}
