/** Observed against predicted load per member in a part of the capture's time. */
import { visitSlices } from '../flows/lag-flows.ts';
import { epochAt, VERDICT_MATCH } from '../plan/place.ts';
import type { MemberLoad } from '../report/document.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import type { SpanBalance } from './flows-analysis.ts';
import { memberAt } from './member-at.ts';
import { spanOnAxis, type TimeSpan } from './time-span.ts';

export function spanBalance(lag: LagAnalysis, span: TimeSpan): readonly SpanBalance[] {
  return lag.directions.map((direction) => balanceOf(lag, direction, span));
}

function balanceOf(lag: LagAnalysis, direction: DirectionAnalysis, span: TimeSpan): SpanBalance {
  const { flows, plan } = lag;
  const { fromMs, toMs } = spanOnAxis(flows, span);
  const { reason, verdict } = direction.placement;
  const isHashed = new Uint8Array(flows.merged.count);
  for (const flow of direction.list) isHashed[flow] = 1;
  const observed = new LoadSums(plan.members.length, flows.merged.count);
  const predicted = new LoadSums(plan.members.length, flows.merged.count);
  const wrong = new Uint8Array(flows.merged.count);
  const packetsRight = { match: 0, total: 0 };
  const bytesRight = { match: 0, total: 0 };
  visitSlices(flows, 'frames', (flow, member, ms, packets, bytes) => {
    if (isHashed[flow] !== 1 || ms < fromMs || ms >= toMs) return;
    observed.add(flow, member, packets, bytes);
    if (reason[flow] !== 0) return;
    const target = memberAt(direction, flow, epochAt(direction.epochs, ms), ms);
    // A flow that fits and is elsewhere all the same: frames of a transition.
    if (target < 0 || (target !== member && verdict[flow] === VERDICT_MATCH)) return;
    predicted.add(flow, target, packets, bytes);
    packetsRight.total += packets;
    bytesRight.total += bytes;
    if (target === member) {
      packetsRight.match += packets;
      bytesRight.match += bytes;
    } else wrong[flow] = 1;
  });
  const [seen, told] = [observed.finish(), predicted.finish()];
  return {
    from: direction.side === 0 ? 'a' : 'b',
    totals: seen.totals,
    agreement: {
      flows: { match: told.totals.flows - wrong.reduce((sum, one) => sum + one, 0), total: told.totals.flows },
      packets: packetsRight,
      bytes: bytesRight,
    },
    members: plan.members.map(({ name }, m) => ({ name, observed: seen.loads[m], predicted: told.loads[m] })),
  };
}

/** Loads per member; a flow counts where most of its packets are, as in the document. */
class LoadSums {
  readonly #loads: MemberLoad[];
  readonly #packets: Uint32Array;

  constructor(members: number, flows: number) {
    this.#loads = Array.from({ length: members }, () => ({ flows: 0, packets: 0, bytes: 0, share: 0 }));
    this.#packets = new Uint32Array(members * flows);
  }

  add(flow: number, member: number, packets: number, bytes: number): void {
    this.#loads[member].packets += packets;
    this.#loads[member].bytes += bytes;
    this.#packets[flow * this.#loads.length + member] += packets;
  }

  finish() {
    const loads = this.#loads;
    for (let at = 0; at < this.#packets.length; at += loads.length) {
      let most = -1;
      for (let m = 0; m < loads.length; m++)
        if (this.#packets[at + m] > 0 && (most < 0 || this.#packets[at + m] > this.#packets[at + most])) most = m;
      if (most >= 0) loads[most].flows++;
    }
    const sum = (pick: (load: MemberLoad) => number): number => loads.reduce((total, load) => total + pick(load), 0);
    const totals = { flows: sum((load) => load.flows), packets: sum((load) => load.packets), bytes: sum((load) => load.bytes) };
    for (const load of loads) load.share = totals.bytes > 0 ? load.bytes / totals.bytes : 0;
    return { loads, totals };
  }
}
