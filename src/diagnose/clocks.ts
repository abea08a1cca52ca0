import type { PduRun } from '../lacp/pdu-log.ts';
import { samePdu } from '../lacp/pdu-log.ts';
import { ANSWERED, ASKS, forwardOf, reverseOf } from './conversations.ts';
import type { Conversations } from './conversations.ts';
import { median } from './words.ts';

/** Two captures whose time stamps do not belong to one clock. */
export interface ClockSkew {
  /** Members (of the LAG) of the two clocks; equal where two captures of one member differ. */
  readonly early: number;
  readonly late: number;
  /** Seconds that the clock of `late` is ahead of that of `early`, at least. */
  readonly seconds: number;
  /** How many pairs of frames show it. */
  readonly pairs: number;
  /** Sources and frames of one pair that shows it: request, answer; or the two records of one frame. */
  readonly frames: readonly (readonly [source: number, frame: number])[];
}

/** Conversations that have to agree, and share of them. */
const LEAST_PAIRS = 5;
const LEAST_SHARE = 0.9;
/** An answer this much before its question proves two clocks; less may be the capturing itself. */
const LEAST_SKEW_MS = 2;
/** What begins this soon after the first frame may have begun before. */
const SETTLE_MS = 1000;

/**
 * Members whose clocks differ, from conversations alone: an answer on one member that is before its question on the
 * other, for (nearly) all conversations between the two, while questions and answers on one and the same member are in order.
 * What is proven is a lower bound; where both ways are seen, half of their difference is the skew if answers take equally long.
 */
export function findClockSkew(talks: Conversations, memberCount: number, startMs: number): ClockSkew | null {
  const { ends } = talks;
  const delays: { deltaMs: number; talk: number }[][] = Array.from({ length: memberCount * memberCount }, () => []);
  for (let talk = 0; talk < talks.count; talk++) {
    const [forward, reverse] = [forwardOf(talk), reverseOf(talk)];
    if ((talks.traits[talk] & (ASKS | ANSWERED)) !== (ASKS | ANSWERED) || ends.member[forward] < 0 || ends.member[reverse] < 0) continue;
    if (Math.min(ends.firstMs[forward], ends.firstMs[reverse]) - startMs < SETTLE_MS) continue;
    delays[ends.member[forward] * memberCount + ends.member[reverse]].push({
      deltaMs: ends.firstMs[reverse] - ends.firstMs[forward],
      talk,
    });
  }
  let worst: ClockSkew | null = null;
  for (let i = 0; i < memberCount; i++) {
    for (let j = 0; j < memberCount; j++) {
      const across = delays[i * memberCount + j];
      if (i === j || across.length < LEAST_PAIRS) continue;
      const before = across.filter(({ deltaMs }) => deltaMs < -LEAST_SKEW_MS);
      if (before.length < LEAST_SHARE * across.length) continue;
      const back = delays[j * memberCount + i];
      const same = [...delays[i * memberCount + i], ...delays[j * memberCount + j]];
      // Who asks is guessed from ports: it has to hold where no second clock is involved, or the other way round.
      const isSound =
        (same.length >= LEAST_PAIRS && inOrder(same) >= LEAST_SHARE) || (back.length >= LEAST_PAIRS && inOrder(back) >= LEAST_SHARE);
      if (!isSound) continue;
      const ahead = -median(across.map(({ deltaMs }) => deltaMs));
      const other = back.length >= LEAST_PAIRS ? median(back.map(({ deltaMs }) => deltaMs)) : ahead;
      const seconds = (ahead + other) / 2 / 1000;
      if (worst !== null && worst.seconds >= seconds) continue;
      const { talk } = before[0];
      worst = {
        early: j,
        late: i,
        seconds,
        pairs: across.length,
        frames: [forwardOf(talk), reverseOf(talk)].map((end) => [ends.source[end], ends.frame[end]] as const),
      };
    }
  }
  return worst;
}

function inOrder(list: readonly { readonly deltaMs: number }[]): number {
  return list.filter(({ deltaMs }) => deltaMs >= 0).length / list.length;
}

/** LACPDUs compared at most, and how far two records of one frame may lie apart on one clock. */
const MAX_COMPARED = 1_000;
const LEAST_COPY_SKEW_SECONDS = 0.05;

/** Two captures of one member hold the same LACPDUs: the time between the records of one frame is the skew of the two clocks. */
export function findCopySkew(
  member: number,
  a: { readonly source: number; readonly runs: readonly PduRun[] },
  b: { readonly source: number; readonly runs: readonly PduRun[] },
): ClockSkew | null {
  const deltas: number[] = [];
  const frames: [number, number][] = [];
  // Changes of state are what tells one LACPDU from another: each change, in order, in both captures.
  const changes = (runs: readonly PduRun[]): PduRun[] =>
    runs.filter((run, i) => i > 0 && run.pdu.malformed === null).slice(0, MAX_COMPARED);
  const [left, right] = [changes(a.runs), changes(b.runs)];
  let r = 0;
  for (const run of left) {
    let k = r;
    while (k < right.length && !(samePdu(run.pdu, right[k].pdu) && run.pdu.srcMac === right[k].pdu.srcMac)) k++;
    if (k === right.length) continue;
    deltas.push(right[k].seconds - run.seconds + (right[k].nanos - run.nanos) / 1e9);
    if (frames.length === 0) frames.push([a.source, run.frame], [b.source, right[k].frame]);
    r = k + 1;
  }
  if (deltas.length < LEAST_PAIRS) return null;
  const middle = median(deltas);
  const near = deltas.filter((delta) => Math.abs(delta - middle) < LEAST_COPY_SKEW_SECONDS).length;
  if (Math.abs(middle) < LEAST_COPY_SKEW_SECONDS || near < LEAST_SHARE * deltas.length) return null;
  return { early: member, late: member, seconds: Math.abs(middle), pairs: deltas.length, frames };
}
