import type { DiagnoseContext } from './context.ts';
import { isBinObserved } from './traffic.ts';

/** Bins (of the traffic) in which a member was captured: 1. All where nobody captured it at all. */
export function observedBins(context: DiagnoseContext, member: number): Uint8Array {
  const { traffic, observed, end } = context;
  const row = new Uint8Array(traffic.bins);
  const spans = observed[member];
  // A bin in which a capture begins or ends counts as captured.
  for (let b = 0; b < row.length; b++)
    if (spans.length === 0 || isBinObserved(traffic, spans, b, b, end) || isBinObserved(traffic, spans, b + 1, b + 1, end)) row[b] = 1;
  return row;
}

/** Frames sent while one of the members that carry the data was not captured may be this share before nothing is said of balance. */
const MOST_UNSEEN = 0.05;

/** Whether so much of a side's data was sent while a member that carries some was not captured that its balance cannot be told. */
export function isPartlySeen(context: DiagnoseContext, side: 0 | 1): boolean {
  const { traffic, directions } = context;
  const data = traffic.data[side];
  const carrying = context.members.map((_, m) => m).filter((m) => (directions[side].memberPackets[m] ?? 0) > 0);
  const rows = carrying.map((m) => observedBins(context, m));
  if (rows.every((row) => !row.includes(0))) return false;
  let all = 0;
  let unseen = 0;
  for (let b = 0; b < traffic.bins; b++) {
    let sent = 0;
    for (let m = 0; m < traffic.memberCount; m++) sent += data[m * traffic.bins + b];
    all += sent;
    if (rows.some((row) => row[b] === 0)) unseen += sent;
  }
  return unseen > MOST_UNSEEN * all;
}
