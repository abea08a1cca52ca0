import { UNPREDICTED_REASONS } from '../hash/policy.ts';
import { decodeFlowKey } from '../flows/flow-fields.ts';
import type { FlowFields } from '../flows/flow-field-types.ts';
import {
  rowBytes,
  STAT_FIRST_FRAME,
  STAT_FIRST_NANOS,
  STAT_FIRST_SECONDS,
  STAT_LAST_NANOS,
  STAT_LAST_SECONDS,
} from '../flows/flow-table.ts';
import type { MismatchReason } from '../infer/explain-mismatch.ts';
import { UNASSIGNED } from '../flows/direct-flows.ts';
import { ReverseIndex } from '../flows/reverse-index.ts';
import { VERDICT_MATCH, VERDICT_MOVED, VERDICT_UNPREDICTED } from '../plan/place.ts';
import type { Flow, FlowMember, FlowReason, SideId, Verdict } from '../report/document.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { findMismatchReasons } from './mismatch-reasons.ts';
import { formatTime } from './time-text.ts';

/** Sums of a flow over its entries of kind `frames`. */
export interface FlowSums {
  packets: number;
  bytes: number;
  firstSeconds: number;
  firstNanos: number;
  lastSeconds: number;
  lastNanos: number;
  /** Per member, packets and bytes. */
  readonly memberPackets: Float64Array;
  readonly memberBytes: Float64Array;
}

/** Reads flows of one LAG as rows of the document, one at a time. */
export class FlowRows {
  readonly #lag: LagAnalysis;
  readonly #sums: FlowSums;
  #reverse: ReverseIndex | null = null;
  /** Per side: why flows are elsewhere than predicted; found when first asked for. */
  readonly #reasons: (ReadonlyMap<number, MismatchReason> | null)[] = [null, null];
  /** Flows that `#reverse` can look up; null: all. */
  #expected: ReadonlySet<number> | null = null;
  /** Every flow has frames that are no copies. */
  readonly #allListed: boolean;

  constructor(lag: LagAnalysis) {
    this.#lag = lag;
    this.#allListed = lag.flows.merged.tables.every((table) => table.kind === 'frames');
    const n = lag.flows.memberCount;
    this.#sums = {
      packets: 0,
      bytes: 0,
      firstSeconds: 0,
      firstNanos: 0,
      lastSeconds: 0,
      lastNanos: 0,
      memberPackets: new Float64Array(n),
      memberBytes: new Float64Array(n),
    };
  }

  get count(): number {
    return this.#lag.flows.merged.count;
  }

  /** True if the flow is listed: it has frames that are neither reflections nor duplicates. */
  isListed(flow: number): boolean {
    return this.#allListed || this.sums(flow).packets > 0;
  }

  /** Packets of a flow over its entries of kind `frames`. */
  packets(flow: number): number {
    const { merged } = this.#lag.flows;
    let packets = 0;
    for (let e = merged.entryFrom[flow]; e < merged.entryFrom[flow + 1]; e++) {
      const table = merged.tables[merged.entryTable[e]];
      if (table.kind === 'frames') packets += table.columns.rows[merged.entryRow[e]];
    }
    return packets;
  }

  /** Bytes of a flow over its entries of kind `frames`. */
  bytes(flow: number): number {
    const { merged } = this.#lag.flows;
    let bytes = 0;
    for (let e = merged.entryFrom[flow]; e < merged.entryFrom[flow + 1]; e++) {
      const table = merged.tables[merged.entryTable[e]];
      if (table.kind === 'frames') bytes += rowBytes(table.columns.rows, merged.entryRow[e]);
    }
    return bytes;
  }

  /** Tells which flows will be read: where they are few, only what can be their reverse is indexed. */
  expect(list: Uint32Array): void {
    if (this.#reverse !== null && this.#expected === null) return;
    if (this.#reverse !== null && list.every((flow) => this.#expected?.has(flow) === true)) return;
    this.#reverse = null;
    this.#expected = list.length * 16 < this.count ? new Set(list) : null;
  }

  /** The flow of the other direction between the same ends, or -1. */
  reverseOf(flow: number): number {
    const { merged } = this.#lag.flows;
    if (this.#expected !== null && !this.#expected.has(flow)) this.#reverse = this.#expected = null;
    this.#reverse ??= new ReverseIndex(
      merged,
      this.#lag.directed.direction,
      this.#expected === null ? null : Uint32Array.from(this.#expected),
    );
    return this.#reverse.find(flow);
  }

  /** Sums of a flow; the object is reused by the next call. */
  sums(flow: number): FlowSums {
    const { merged, memberOfTable } = this.#lag.flows;
    const sums = this.#sums;
    sums.packets = 0;
    sums.bytes = 0;
    sums.memberPackets.fill(0);
    sums.memberBytes.fill(0);
    for (let e = merged.entryFrom[flow]; e < merged.entryFrom[flow + 1]; e++) {
      const t = merged.entryTable[e];
      if (merged.tables[t].kind !== 'frames') continue;
      const { rows } = merged.tables[t].columns;
      const row = merged.entryRow[e];
      const bytes = rowBytes(rows, row);
      if (sums.packets === 0 || before(rows[row + STAT_FIRST_SECONDS], rows[row + STAT_FIRST_NANOS], sums.firstSeconds, sums.firstNanos)) {
        sums.firstSeconds = rows[row + STAT_FIRST_SECONDS];
        sums.firstNanos = rows[row + STAT_FIRST_NANOS];
      }
      if (sums.packets === 0 || before(sums.lastSeconds, sums.lastNanos, rows[row + STAT_LAST_SECONDS], rows[row + STAT_LAST_NANOS])) {
        sums.lastSeconds = rows[row + STAT_LAST_SECONDS];
        sums.lastNanos = rows[row + STAT_LAST_NANOS];
      }
      sums.packets += rows[row];
      sums.bytes += bytes;
      sums.memberPackets[memberOfTable[t]] += rows[row];
      sums.memberBytes[memberOfTable[t]] += bytes;
    }
    return sums;
  }

  /** Member with most packets, -1 without any. */
  observedMember(sums: FlowSums): number {
    let best = -1;
    for (let m = 0; m < sums.memberPackets.length; m++) {
      if (sums.memberPackets[m] > 0 && (best < 0 || sums.memberPackets[m] > sums.memberPackets[best])) best = m;
    }
    return best;
  }

  direction(flow: number): DirectionAnalysis | null {
    const side = this.#lag.directed.direction[flow];
    return side === UNASSIGNED ? null : this.#lag.directions[side];
  }

  sideOf(flow: number): SideId | null {
    const side = this.#lag.directed.direction[flow];
    return side === UNASSIGNED ? null : side === 0 ? 'a' : 'b';
  }

  verdict(flow: number): Verdict {
    if (this.#lag.directed.control[flow] === 1) return 'control';
    const direction = this.direction(flow);
    if (direction === null) return 'unpredicted';
    const verdict = direction.placement.verdict[flow];
    if (verdict === VERDICT_MATCH) return 'match';
    if (verdict === VERDICT_MOVED) return 'moved';
    return verdict === VERDICT_UNPREDICTED ? 'unpredicted' : 'mismatch';
  }

  /** Index of the member the policy names in the longest epoch, or -1. */
  predictedMember(flow: number): number {
    const direction = this.direction(flow);
    return direction === null || this.#lag.directed.control[flow] === 1 ? -1 : direction.predictedMember(flow);
  }

  /** Bucket of the sender's table, else the index among the active members; null where no hash is known. */
  bucket(flow: number): number | null {
    const direction = this.direction(flow);
    if (direction === null || this.#lag.directed.control[flow] === 1 || !direction.hasBucket(flow)) return null;
    return direction.bucketOf(flow);
  }

  /** Bucket of the sender's table; null for senders without one, and where no hash is known. */
  tableBucket(flow: number): number | null {
    const direction = this.direction(flow);
    const sender = (direction?.chassis?.partOf(flow) ?? direction)?.sender;
    return sender?.buckets === undefined ? null : this.bucket(flow);
  }

  reason(flow: number): FlowReason | null {
    const verdict = this.verdict(flow);
    const direction = this.direction(flow);
    // Who sent a flow of no direction is not known: nor is the policy.
    if (verdict === 'unpredicted')
      return direction === null ? 'unknown-policy' : (UNPREDICTED_REASONS[direction.placement.reason[flow]] ?? 'unknown');
    if ((verdict !== 'mismatch' && verdict !== 'moved') || direction === null) return null;
    this.#reasons[direction.side] ??= findMismatchReasons(this.#lag.flows, direction);
    return this.#reasons[direction.side]?.get(flow) ?? 'unknown';
  }

  /** Record number and path-independent place of the flow's first frame: table and frame. */
  firstFrame(flow: number): { table: number; frame: number } {
    const { merged } = this.#lag.flows;
    const e = merged.entryFrom[flow];
    const t = merged.entryTable[e];
    return { table: t, frame: merged.tables[t].columns.rows[merged.entryRow[e] + STAT_FIRST_FRAME] };
  }

  /** The flow as in the document. Its id is `f` and its number in order of first frame. */
  at(flow: number): Flow {
    const lag = this.#lag;
    const { merged } = lag.flows;
    const fields = decodeFlowKey(merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart[flow]);
    const sums = this.sums(flow);
    const from = this.sideOf(flow);
    const members = this.members(flow, sums);
    const observed = this.observedMember(sums);
    const predicted = this.predictedMember(flow);
    const direction = this.direction(flow);
    const verdict = this.verdict(flow);
    const reverse = this.reverseOf(flow);
    const bucket = this.tableBucket(flow);
    // The fields grow into the flow, one by one: spreading them into a new object took ten times as long as all the rest.
    const row = fields as FlowFields & Flow;
    row.id = flowId(flow);
    row.from = from;
    row.to = from === null ? null : from === 'a' ? 'b' : 'a';
    row.packets = sums.packets;
    row.bytes = sums.bytes;
    row.firstTime = formatTime(sums.firstSeconds, sums.firstNanos);
    row.lastTime = formatTime(sums.lastSeconds, sums.lastNanos);
    row.members = members;
    row.observed = observed < 0 ? null : lag.plan.members[observed].name;
    row.predicted = predicted < 0 || direction === null ? null : this.#predicted(flow, direction, predicted);
    if (bucket !== null) row.bucket = bucket;
    row.verdict = verdict;
    row.reason = this.reason(flow);
    row.reverse = reverse < 0 ? null : flowId(reverse);
    return row;
  }

  #predicted(flow: number, direction: DirectionAnalysis, member: number): NonNullable<Flow['predicted']> {
    return { member: this.#lag.plan.members[member].name, hash: formatHash(direction.hash[flow]), bucket: direction.bucketOf(flow) };
  }

  /** What each member carried of a flow, given its sums. */
  members(flow: number, sums: FlowSums): FlowMember[] {
    const { merged, memberOfTable } = this.#lag.flows;
    const list: FlowMember[] = [];
    for (let m = 0; m < sums.memberPackets.length; m++) {
      if (sums.memberPackets[m] === 0) continue;
      let first = '';
      let last = '';
      for (let e = merged.entryFrom[flow]; e < merged.entryFrom[flow + 1]; e++) {
        const t = merged.entryTable[e];
        if (memberOfTable[t] !== m || merged.tables[t].kind !== 'frames') continue;
        const { rows } = merged.tables[t].columns;
        const row = merged.entryRow[e];
        const from = formatTime(rows[row + STAT_FIRST_SECONDS], rows[row + STAT_FIRST_NANOS]);
        const to = formatTime(rows[row + STAT_LAST_SECONDS], rows[row + STAT_LAST_NANOS]);
        if (first === '' || from < first) first = from;
        if (to > last) last = to;
      }
      list.push({
        name: this.#lag.plan.members[m].name,
        packets: sums.memberPackets[m],
        bytes: sums.memberBytes[m],
        firstTime: first,
        lastTime: last,
      });
    }
    return list;
  }
}

function before(seconds: number, nanos: number, otherSeconds: number, otherNanos: number): boolean {
  return seconds < otherSeconds || (seconds === otherSeconds && nanos < otherNanos);
}

export function flowId(flow: number): string {
  return `f${flow + 1}`;
}

/** Index of a flow id, or -1. */
export function parseFlowId(id: string): number {
  return /^f[1-9]\d{0,9}$/.test(id) ? Number(id.slice(1)) - 1 : -1;
}

export function formatHash(hash: number): string {
  return `0x${(hash >>> 0).toString(16).padStart(8, '0')}`;
}
