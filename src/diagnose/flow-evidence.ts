import { decodeFlowKey } from '../flows/decode-flow-key.ts';
import { STAT_FIRST_FRAME, STAT_FIRST_NANOS, STAT_FIRST_SECONDS } from '../flows/flow-table.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import type { FrameEvidence, Moment } from './finding.ts';

/** Both ends of a flow in a few words: "tcp 10.0.0.1:4000 > 10.0.0.2:80", MAC addresses where there is nothing above. */
export function describeFlow({ merged }: LagFlows, flow: number): string {
  const fields = decodeFlowKey(merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart[flow]);
  const end = (address: string | null, port: number | null, mac: string | null): string => {
    if (address === null) return mac ?? '?';
    if (port === null) return address;
    return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  };
  const { protocol, fragment } = fields;
  const name = protocol === null ? `EtherType ${fields.etherType}` : typeof protocol === 'number' ? `protocol ${protocol}` : protocol;
  const ends = `${end(fields.src, fields.srcPort, fields.srcMac)} > ${end(fields.dst, fields.dstPort, fields.dstMac)}`;
  return `${name} ${ends}${fragment === null ? '' : ` (${fragment} fragment)`}`;
}

/** The first frame of a flow, on `member` where that is given; null if the flow has none there. */
export function firstFrame(flows: LagFlows, flow: number, note: string, member = -1): FrameEvidence | null {
  const { merged, memberOfTable } = flows;
  let best: FrameEvidence | null = null;
  for (let e = merged.entryFrom[flow]; e < merged.entryFrom[flow + 1]; e++) {
    const t = merged.entryTable[e];
    const table = merged.tables[t];
    if (table.kind !== 'frames' || (member >= 0 && memberOfTable[t] !== member)) continue;
    const row = merged.entryRow[e];
    const { rows } = table.columns;
    const time = { seconds: rows[row + STAT_FIRST_SECONDS], nanos: rows[row + STAT_FIRST_NANOS] };
    if (isBefore(best?.time ?? null, time)) continue;
    best = { source: table.source, frame: rows[row + STAT_FIRST_FRAME], time, note };
  }
  return best;
}

function isBefore(time: Moment | null, other: Moment): boolean {
  return time !== null && (time.seconds - other.seconds || time.nanos - other.nanos) <= 0;
}

/** First frames of some flows, each with the flow as its note. */
export function firstFrames(flows: LagFlows, chosen: readonly number[]): FrameEvidence[] {
  return chosen.flatMap((flow) => firstFrame(flows, flow, describeFlow(flows, flow)) ?? []);
}

/** Keeps the few heaviest of many: flows to show as evidence. */
export class Heaviest {
  readonly #flows: number[] = [];
  readonly #weights: number[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  offer(flow: number, weight: number): void {
    if (this.#flows.length === this.#most && weight <= this.#weights[this.#most - 1]) return;
    let at = this.#flows.length < this.#most ? this.#flows.length : this.#most - 1;
    for (; at > 0 && this.#weights[at - 1] < weight; at--) {
      this.#flows[at] = this.#flows[at - 1];
      this.#weights[at] = this.#weights[at - 1];
    }
    this.#flows[at] = flow;
    this.#weights[at] = weight;
  }

  /** Heaviest first. */
  get flows(): readonly number[] {
    return this.#flows;
  }
}
