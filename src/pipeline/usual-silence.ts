/** Whether the silence of a member before or after its own frames says anything: of an idle link it does not. */
import type { DirectedFlows } from '../flows/direct-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { toMs, visitSlices } from '../flows/lag-flows.ts';
import { joinSpans } from '../lacp/observed-time.ts';
import type { ObservedSpan } from '../lacp/observed-time.ts';

/** Flows are looked at this long before and after a moment, or two of their slices if those are wider. */
const WINDOW_MS = 2_000;
/** A silence that chance would give so rarely has a reason: nobody captured there, or the link was lost. */
const RARE = 0.01;
/** LACPDUs and their like from which on their interval is known, and how many of its longest ones are missed at least. */
const LEAST_CONTROL = 3;
const MISSED_INTERVALS = 3;

/**
 * The stretches in which each member was captured, up to the beginning and the end of all captures where the silence there is as
 * usual: no frame that the port sends at intervals is missed, and its few flows would have been silent by chance, going by how many of
 * the other members' flows go on. A capture of an idle link ends with its last frame, whenever that was.
 */
export function withUsualSilence(
  flows: LagFlows,
  { control }: DirectedFlows,
  observed: readonly (readonly ObservedSpan[])[],
): (readonly ObservedSpan[])[] {
  const all = joinSpans(observed.flat());
  if (all.length === 0) return [...observed];
  const [from, to] = [all[0].from, all[all.length - 1].to];
  const limits = [onAxis(from, flows), onAxis(to, flows)];
  const beats = controlTimes(flows, control, observed.length);
  return observed.map((spans, member) => {
    if (spans.length === 0) return spans;
    const own = spans.map((span) => ({ ...span }));
    const last = own[own.length - 1];
    const begins = onAxis(own[0].from, flows);
    const ends = onAxis(last.to, flows);
    if (isUsual(flows, control, beats[member], member, begins, limits[0])) own[0] = { from, to: own[0].to };
    if (isUsual(flows, control, beats[member], member, ends, limits[1])) own[own.length - 1] = { from: own[own.length - 1].from, to };
    return own;
  });
}

function onAxis(time: ObservedSpan['from'], { originSeconds }: LagFlows): number {
  return toMs(time.seconds, time.nanos, originSeconds);
}

/** By member the times of frames that ports speak for themselves, in order. */
function controlTimes(flows: LagFlows, control: Uint8Array, members: number): number[][] {
  const times = Array.from({ length: members }, (): number[] => []);
  visitSlices(flows, 'frames', (flow, member, ms) => {
    if (control[flow] !== 0) times[member].push(ms);
  });
  return times.map((list) => list.sort((x, y) => x - y));
}

/** Whether nothing is missed between the member's first or last frame (`edge`) and the beginning or end of all captures (`limit`). */
function isUsual(flows: LagFlows, control: Uint8Array, beats: readonly number[], member: number, edge: number, limit: number): boolean {
  const silence = Math.abs(limit - edge);
  if (beats.length >= LEAST_CONTROL) {
    const longest = beats.reduce((most, ms, i) => (i === 0 ? most : Math.max(most, ms - beats[i - 1])), flows.widthMs);
    const quiet = limit > edge ? limit - beats[beats.length - 1] : beats[0] - limit;
    if (quiet > MISSED_INTERVALS * longest) return false;
  }
  return silence <= flows.widthMs || isByChance(flows, control, member, edge, limit > edge);
}

/** Whether all flows of the member at its edge may be silent beyond it by chance. */
function isByChance(flows: LagFlows, control: Uint8Array, member: number, edge: number, isEnd: boolean): boolean {
  const windowMs = Math.max(WINDOW_MS, 2 * flows.widthMs);
  const near = new Int16Array(flows.merged.count).fill(-1);
  const goesOn = new Uint8Array(flows.merged.count);
  visitSlices(flows, 'frames', (flow, on, ms) => {
    if (control[flow] !== 0) return;
    const beyond = isEnd ? ms - edge : edge - ms;
    if (beyond > flows.widthMs) goesOn[flow] = 1;
    else if (beyond > -windowMs) near[flow] = on;
  });
  let own = 0;
  let others = 0;
  let going = 0;
  for (let flow = 0; flow < near.length; flow++) {
    if (near[flow] === member) own++;
    else if (near[flow] >= 0) {
      others++;
      going += goesOn[flow];
    }
  }
  // One flow more of either kind than was seen: few flows say little.
  const share = (going + 1) / (others + 2);
  return (1 - share) ** own >= RARE;
}
