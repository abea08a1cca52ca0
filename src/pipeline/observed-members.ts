/** When each member of a LAG was captured, and what can be told where one capture ends before the others. */
import type { DirectedFlows } from '../flows/direct-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { toMs, visitSlices } from '../flows/lag-flows.ts';
import { joinSpans, observedEnd } from '../lacp/observed-time.ts';
import type { ObservedSpan } from '../lacp/observed-time.ts';
import { secondsApart } from '../lacp/pdu-sequence.ts';
import type { ActiveEpoch } from '../plan/active-epoch.ts';
import type { AnalysisSource } from './sources.ts';

/** The stretches in which captures of these sources ran. A file of several interfaces runs as long as any of them shows frames. */
export function spansOf(sources: readonly AnalysisSource[]): ObservedSpan[] {
  return joinSpans(
    sources.flatMap(({ capture: { scan } }) =>
      scan.firstTime === null || scan.lastTime === null ? [] : [{ from: scan.firstTime, to: scan.lastTime }],
    ),
  );
}

/** A stretch on the LAG's axis, in milliseconds. */
export type ObservedMs = readonly [fromMs: number, toMs: number];

export function spansOnAxis(spans: readonly ObservedSpan[], originSeconds: number): ObservedMs[] {
  return spans.map(({ from, to }) => [toMs(from.seconds, from.nanos, originSeconds), toMs(to.seconds, to.nanos, originSeconds)]);
}

/** A capture that ends this much before the last frame of all has ended early. */
const LEAST_EARLY_MS = 1_000;
/** Flows are looked at this long before and after the end, or two of their slices if those are wider. */
const WINDOW_MS = 2_000;
/** Flows that must have moved, and their share of what would go on if they were like those of the other members. */
const LEAST_MOVED = 3;
const LEAST_SHARE = 0.5;

/**
 * The stretches, longer where a file ends early because its link was lost and not because somebody stopped the capture: flows that
 * were on this member alone go on at once on others, as many as of the flows that were elsewhere. Then the silence is that of the
 * member.
 */
export function withLossesAtEnd(
  flows: LagFlows,
  { control }: DirectedFlows,
  observed: readonly (readonly ObservedSpan[])[],
): (readonly ObservedSpan[])[] {
  return throughEnd(flows, observed, (member, endMs) => movesAway(flows, control, member, endMs));
}

/** A change of members that only silence tells may be this much before the last frame of the member or after it. */
const SLACK_MS = 3_000;

/** The same where the frames of a sender whose rule is known are from then on where they belong without this member. */
export function withLossesInEpochs(
  flows: LagFlows,
  observed: readonly (readonly ObservedSpan[])[],
  directions: readonly { readonly epochs: readonly ActiveEpoch[]; readonly sender: { readonly policy: object | null } }[],
): (readonly ObservedSpan[])[] {
  return throughEnd(flows, observed, (member, endMs) =>
    directions.some(({ epochs, sender }) => {
      const last = epochs.map(({ active }) => active.includes(member)).lastIndexOf(true);
      if (sender.policy === null || last < 0 || last === epochs.length - 1) return false;
      return epochs[epochs.length - 1].active.length > 0 && Math.abs(epochs[last].toMs - endMs) <= SLACK_MS;
    }),
  );
}

/** The stretches of each member, the last one up to the end of all captures where it ends early because the member was lost. */
function throughEnd(
  { originSeconds }: LagFlows,
  observed: readonly (readonly ObservedSpan[])[],
  isLost: (member: number, endMs: number) => boolean,
): (readonly ObservedSpan[])[] {
  const all = joinSpans(observed.flat());
  const end = observedEnd(all);
  return observed.map((spans, member) => {
    const own = observedEnd(spans);
    if (own === null || end === null || secondsApart(own, end) * 1000 <= LEAST_EARLY_MS) return spans;
    if (!isLost(member, toMs(own.seconds, own.nanos, originSeconds))) return spans;
    return [...spans.slice(0, -1), { from: spans[spans.length - 1].from, to: end }];
  });
}

/** Whether flows of a member are on others from a moment on. */
function movesAway(flows: LagFlows, control: Uint8Array, member: number, endMs: number): boolean {
  const windowMs = Math.max(WINDOW_MS, 2 * flows.widthMs);
  const NOWHERE = -1;
  const SEVERAL = -2;
  const before = new Int16Array(flows.merged.count).fill(NOWHERE);
  const goesOn = new Uint8Array(flows.merged.count);
  visitSlices(flows, 'frames', (flow, on, ms) => {
    if (control[flow] !== 0 || ms <= endMs - windowMs || ms > endMs + windowMs) return;
    if (ms > endMs) goesOn[flow] = on === member ? goesOn[flow] : 1;
    else before[flow] = before[flow] === NOWHERE || before[flow] === on ? on : SEVERAL;
  });
  const own = { flows: 0, goOn: 0 };
  const others = { flows: 0, goOn: 0 };
  for (let flow = 0; flow < before.length; flow++) {
    if (before[flow] < 0) continue;
    const sums = before[flow] === member ? own : others;
    sums.flows++;
    sums.goOn += goesOn[flow];
  }
  return own.goOn >= LEAST_MOVED && own.goOn * others.flows >= LEAST_SHARE * others.goOn * own.flows;
}
