import { HEAD_TAGS_MASK, HEAD_TAGS_SHIFT } from '../decoder/flow-key.ts';
import type { DirectedFlows } from '../flows/direct-flows.ts';
import { hashFlows } from '../flows/hash-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { visitSlices } from '../flows/lag-flows.ts';
import { holdAt } from '../infer/learn-buckets.ts';
import { epochAt } from '../plan/place.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';
import { spanAt } from './place-spans.ts';

/** Share of the flows that go elsewhere as a whole, whatever the policy. */
const FLOW_ERROR = 0.005;
/** Frames of one slice that count. */
const MOST_PER_SLICE = 4;

/** How a flow's frames stand to the rule of one side. */
export interface SideScore {
  /** Share of the frames that are where the rule puts them; null where it predicts none of them. */
  readonly fit: number | null;
  /** Log odds against members drawn as the flows without a side use them: one vote a flow, however many frames it has. */
  readonly logOdds: number;
}

const NO_SCORE: SideScore = { fit: null, logOdds: 0 };

/** Per side and stray flow, in the order of `strays`. */
export type StrayScores = readonly [readonly SideScore[], readonly SideScore[]];

/** Says of a stray where a side's sender would put it at a moment; -1 where it does not tell. */
type Placer = (stray: number, ms: number) => number;

/** Holds the flows whose side is unknown against what is known of both senders. */
export function scoreStrays(
  flows: LagFlows,
  directed: DirectedFlows,
  strays: Uint32Array,
  directions: readonly [DirectionAnalysis, DirectionAnalysis],
): StrayScores {
  const place = new Map<number, number>();
  strays.forEach((flow, i) => place.set(flow, i));
  const placers = directions.map((direction) => placerOf(flows, strays, direction));
  const columns = (): Float64Array => new Float64Array(strays.length);
  const fit = [columns(), columns()];
  const total = [columns(), columns()];
  const byMember = new Float64Array(flows.memberCount);
  const seen = Array.from({ length: flows.memberCount }, columns);
  visitSlices(flows, 'frames', (flow, member, ms, packets) => {
    const i = place.get(flow);
    if (i === undefined || directed.control[flow] === 1) return;
    const weight = Math.min(packets, MOST_PER_SLICE);
    seen[member][i] += weight;
    placers.forEach((placer, side) => {
      const predicted = placer?.(i, ms) ?? -1;
      if (predicted < 0) return;
      total[side][i] += weight;
      if (predicted === member) fit[side][i] += weight;
    });
  });
  const chance = columns();
  for (let i = 0; i < strays.length; i++) {
    const sum = seen.reduce((all, column) => all + column[i], 0);
    if (sum > 0) seen.forEach((column, m) => (byMember[m] += column[i] / sum));
  }
  const voters = byMember.reduce((sum, count) => sum + count, 0);
  for (let i = 0; i < strays.length; i++) {
    const sum = seen.reduce((all, column) => all + column[i], 0);
    // One flow more on every member: few flows do not show that a member is never used.
    seen.forEach((column, m) => (chance[i] += sum === 0 ? 0 : ((column[i] / sum) * (byMember[m] + 1)) / (voters + flows.memberCount)));
  }
  const scoreOf = (side: number): SideScore[] =>
    Array.from(strays, (_, i): SideScore => {
      if (total[side][i] === 0) return NO_SCORE;
      const share = fit[side][i] / total[side][i];
      return {
        fit: share,
        logOdds: share * Math.log((1 - FLOW_ERROR) / chance[i]) + (1 - share) * Math.log(FLOW_ERROR / chance[i]),
      };
    });
  return [scoreOf(0), scoreOf(1)];
}

/** Null where nothing is known of the sender. */
function placerOf(flows: LagFlows, strays: Uint32Array, direction: DirectionAnalysis): Placer | null {
  const { sender, epochs, list, spans } = direction;
  if (sender.policy === null || sender.source === 'default') return null;
  // A table that no frame was held against is of another moment, maybe.
  if (sender.buckets !== undefined && list.length === 0) return null;
  const context = { variant: sender.variant, basis: sender.basis, memberCount: sender.order.length };
  const [{ hash, reason }] = hashFlows(flows.merged, strays, [{ policy: sender.policy, context }], false);
  if (sender.buckets !== undefined) {
    const { table, events } = sender.buckets;
    return (i, ms) => {
      const hold = reason[i] !== 0 ? null : holdAt(table[hash[i] & 0xff], ms);
      // Where buckets move, one may have done so after its last frame.
      return hold === null || (events.length > 0 && ms > hold.lastMs) ? -1 : hold.member;
    };
  }
  const { merged } = flows;
  // How the sender's hash saw a tag is another unknown: tagged flows do not vote.
  const isTagged = Uint8Array.from(strays, (flow) => {
    const head = merged.tables[merged.keyTable[flow]].columns.rows[merged.keyStart[flow]];
    return ((head >>> HEAD_TAGS_SHIFT) & HEAD_TAGS_MASK) === 0 ? 0 : 1;
  });
  return (i, ms) => {
    // Where the policy was changed, the one that held longer votes.
    if (spans[spanAt(spans, ms)].sender !== sender) return -1;
    const { active } = epochs[epochAt(epochs, ms)];
    return isTagged[i] === 1 || reason[i] !== 0 || active.length < 2 ? -1 : active[hash[i] % active.length];
  };
}
