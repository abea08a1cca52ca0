import type { LinkEnd } from '../lacp/group-lags.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { toMs } from '../flows/lag-flows.ts';
import { WINDOW_WIDTHS_MS } from '../flows/slice-log.ts';
import { binAxis, chooseBinMs, CLASSES, countInBins } from '../flows/traffic-bins.ts';
import type { BinAxis, TrafficBins } from '../flows/traffic-bins.ts';

/** What LACPDUs say of a sender's port in a time bin. */
export const LACP_UNKNOWN = -1;
export const LACP_DOWN = 0;
export const LACP_UP = 1;

const DISTRIBUTING = 0x20;
const TIMEOUT_SHORT = 0x02;
/** Bins at most: epochs are found to about 1/4000 of the capture, then refined to single slices. */
const MAX_BINS = 4000;
const MIN_BIN_MS = 50;
/** A member without data of the sender for this long may be out of use. */
export const QUIET_MS = 400;

/**
 * Evidence on which members a sender can have used when: per member and time bin. `binMs` is a multiple of every
 * slice's width.
 */
export interface Activity {
  readonly binMs: number;
  readonly bins: number;
  readonly fromMs: number;
  /** LACP_* of the sender's own port; index member * bins + bin. */
  readonly lacp: Int8Array;
  /** The same of the other end's port. */
  readonly lacpOther: Int8Array;
  /** 1 where the member can have been out of use: LACP says so, or the sender sent no data on it for a while. */
  readonly mayBeDown: Uint8Array;
  /** 1 where any frame at all, of either end, was seen on the member. */
  readonly anyFrame: Uint8Array;
  /** 1 where the sender's data was seen on the member. */
  readonly data: Uint8Array;
  /** 1 where the member was captured, whatever was seen: elsewhere no silence means anything. */
  readonly observed: Uint8Array;
  /** Moments at which LACPDUs changed what they say about a member (sender's port), in ms on the LAG's axis. */
  readonly changes: readonly LacpChange[];
  /** The same of the other end's ports: once it stops collecting, the sender has to stop too. */
  readonly otherChanges: readonly LacpChange[];
  /** First moment at which the sender's LACPDUs say that some port distributes, or null without such a start in the capture. */
  readonly upSinceMs: number | null;
}

/** A moment at which the word of a sender's port changed. */
export interface LacpChange {
  readonly member: number;
  readonly ms: number;
  readonly up: boolean;
  /** True if a PDU says so, false if only their absence does. */
  readonly said: boolean;
  /** The port came up under another number than it had when it was up before: it was enslaved again. */
  readonly portChanged: boolean;
}

/** Bins in which a sender's activity is looked at. */
function activityAxis(flows: LagFlows): BinAxis {
  // Clocks that are years apart: the widest width will do.
  const binMs = Math.min(chooseBinMs(flows, MIN_BIN_MS, MAX_BINS), WINDOW_WIDTHS_MS[WINDOW_WIDTHS_MS.length - 1]);
  const axis = binAxis(flows, binMs);
  return { ...axis, bins: Math.min(axis.bins, MAX_BINS * 8) };
}

/**
 * `portEnds[m]`: the sender's end and the other end on member m, or null. `traffic`: with the sender's hashed data as class `side`.
 * `observed[m]`: when member m was captured, in ms on the LAG's axis; nothing for members that nobody captured.
 */
export function findActivity(
  flows: LagFlows,
  portEnds: readonly ({ own: LinkEnd | null; other: LinkEnd | null } | null)[],
  traffic: TrafficBins,
  side: 0 | 1,
  observed: readonly (readonly (readonly [fromMs: number, toMs: number])[])[],
): Activity {
  const axis = activityAxis(flows);
  const { binMs, bins, fromMs } = axis;
  const members = flows.memberCount;
  const lacp = new Int8Array(members * bins).fill(LACP_UNKNOWN);
  const lacpOther = new Int8Array(members * bins).fill(LACP_UNKNOWN);
  const anyFrame = new Uint8Array(members * bins);
  const data = new Uint8Array(members * bins);
  for (let m = 0; m < members; m++) {
    const packets = countInBins(traffic, 'frames', m, axis);
    for (let c = 0; c < CLASSES; c++) for (let b = 0; b < bins; b++) if (packets[c * bins + b] !== 0) anyFrame[m * bins + b] = 1;
    for (let b = 0; b < bins; b++) if (packets[side * bins + b] !== 0) data[m * bins + b] = 1;
  }
  const changes: LacpChange[] = [];
  const otherChanges: LacpChange[] = [];
  for (let m = 0; m < members; m++) {
    const ends = portEnds[m];
    if (ends === null || ends.own === null) continue;
    const endOf = (ms: number): number => observed[m].find(([, to]) => to >= ms)?.[1] ?? Infinity;
    const row = (rows: Int8Array): LacpRow => ({
      originSeconds: flows.originSeconds,
      fromMs,
      binMs,
      states: rows.subarray(m * bins, (m + 1) * bins),
      endOf,
    });
    fillLacp(ends.own, ends.other, row(lacp), (ms, up, said, portChanged) => changes.push({ member: m, ms, up, said, portChanged }));
    if (ends.other === null) continue;
    fillLacp(ends.other, ends.own, row(lacpOther), (ms, up, said) => otherChanges.push({ member: m, ms, up, said, portChanged: false }));
  }
  const mayBeDown = findQuiet(lacp, lacpOther, data, members, bins, binMs, portEnds);
  const firstUp = changes.filter((c) => c.up).sort((x, y) => x.ms - y.ms)[0];
  const seen = observedBins(observed, axis);
  const startsDown = members > 0 && startedDown(lacp, seen, members, bins);
  return {
    binMs,
    bins,
    fromMs,
    lacp,
    lacpOther,
    mayBeDown,
    anyFrame,
    data,
    observed: seen,
    changes,
    otherChanges,
    upSinceMs: startsDown && firstUp !== undefined ? firstUp.ms : null,
  };
}

function observedBins(observed: Parameters<typeof findActivity>[4], { fromMs, binMs, bins }: BinAxis): Uint8Array {
  const rows = new Uint8Array(observed.length * bins);
  observed.forEach((spans, m) => {
    const row = rows.subarray(m * bins, (m + 1) * bins);
    if (spans.length === 0) row.fill(1);
    for (const [from, to] of spans) row.fill(1, Math.max(Math.floor((from - fromMs) / binMs), 0), Math.floor((to - fromMs) / binMs) + 1);
  });
  return rows;
}

/**
 * True if LACPDUs were heard and the first word of every port was "not distributing". A member that was captured only when others
 * distributed already tells nothing of the start.
 */
function startedDown(lacp: Int8Array, observed: Uint8Array, members: number, bins: number): boolean {
  let heard = false;
  let firstUp = bins;
  for (let m = 0; m < members; m++) {
    const at = lacp.subarray(m * bins, (m + 1) * bins).indexOf(LACP_UP);
    if (at >= 0 && at < firstUp) firstUp = at;
  }
  for (let m = 0; m < members; m++) {
    const first = lacp.subarray(m * bins, (m + 1) * bins).findIndex((state) => state !== LACP_UNKNOWN);
    if (first < 0 || observed.subarray(m * bins, (m + 1) * bins).indexOf(1) > firstUp) continue;
    if (lacp[m * bins + first] === LACP_UP) return false;
    heard = true;
  }
  return heard;
}

/** What LACPDUs of one end say of a member, by bins. */
interface LacpRow {
  readonly originSeconds: number;
  readonly fromMs: number;
  readonly binMs: number;
  readonly states: Int8Array;
  /** End of the stretch in which the member was captured at that moment. */
  readonly endOf: (ms: number) => number;
}

function fillLacp(
  own: LinkEnd,
  other: LinkEnd | null,
  { originSeconds, fromMs, binMs, states, endOf }: LacpRow,
  change: (ms: number, up: boolean, said: boolean, portChanged: boolean) => void,
): void {
  const runs = own.runs;
  let lastUp: boolean | null = null;
  let lastUpPort = -1;
  for (let r = 0; r < runs.length; r++) {
    const run = runs[r];
    const up = (run.pdu.actor.state & DISTRIBUTING) !== 0;
    const startMs = toMs(run.seconds, run.nanos, originSeconds);
    const heardMs = toMs(run.lastSeconds, run.lastNanos, originSeconds);
    // The other end's timeout bit sets how often this end sends (IEEE 802.1AX-2020, 6.4.8); unknown: slow.
    const intervalMs = other !== null && (other.runs[other.runs.length - 1].pdu.actor.state & TIMEOUT_SHORT) !== 0 ? 1_000 : 30_000;
    const nextMs = r + 1 < runs.length ? toMs(runs[r + 1].seconds, runs[r + 1].nanos, originSeconds) : Infinity;
    // What a port would have said when nobody captured it is not known.
    const dueMs = heardMs + 3.5 * intervalMs;
    const untilMs = Math.min(nextMs, dueMs, Math.max(endOf(heardMs), heardMs));
    const from = Math.floor((startMs - fromMs) / binMs);
    const to = Math.min(Math.ceil((untilMs - fromMs) / binMs), states.length);
    for (let b = Math.max(from, 0); b < to; b++) states[b] = up ? LACP_UP : LACP_DOWN;
    const { port } = run.pdu.actor;
    const renumbered = up && lastUpPort >= 0 && lastUpPort !== port;
    if (lastUp !== null && (lastUp !== up || renumbered)) change(startMs, up, true, renumbered);
    if (up) lastUpPort = port;
    lastUp = up;
    // A port that goes silent changes too, when its last PDU stops being valid.
    if (up && nextMs > untilMs && untilMs === dueMs && dueMs < fromMs + states.length * binMs) {
      change(heardMs, false, false, false);
      lastUp = false;
    }
  }
}

function findQuiet(
  lacp: Int8Array,
  lacpOther: Int8Array,
  data: Uint8Array,
  members: number,
  bins: number,
  binMs: number,
  portEnds: readonly ({ own: LinkEnd | null } | null)[],
): Uint8Array {
  const quiet = new Uint8Array(members * bins);
  const least = Math.max(1, Math.ceil(QUIET_MS / binMs));
  for (let m = 0; m < members; m++) {
    const base = m * bins;
    const speaksLacp = portEnds[m] !== null && portEnds[m]?.own !== null;
    let from = 0;
    for (let b = 0; b <= bins; b++) {
      if (b < bins && data[base + b] === 0) continue;
      if (b - from >= least) quiet.fill(1, base + Math.max(from - 1, 0), base + Math.min(b + 1, bins));
      from = b + 1;
    }
    for (let b = 0; b < bins; b++) {
      if (lacp[base + b] === LACP_DOWN || lacpOther[base + b] === LACP_DOWN || (speaksLacp && lacp[base + b] === LACP_UNKNOWN))
        quiet[base + b] = 1;
    }
  }
  return quiet;
}
