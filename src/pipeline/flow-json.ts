import { flowKeyJson, macsJson } from '../flows/flow-key-json.ts';
import { macPairsOf } from '../flows/mac-pairs.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { flowId, formatHash } from './flow-rows.ts';
import type { FlowRows } from './flow-rows.ts';
import { formatTime } from './time-text.ts';

/** Texts kept at most: a bridge has few pairs of stations, made-up addresses have no end. */
const MOST_TEXTS = 1 << 14;

/**
 * Flows of one LAG as JSON text: what JSON.stringify makes of `FlowRows.at`, without an object of forty fields for each of a
 * million flows.
 */
export class FlowJson {
  readonly #lag: LagAnalysis;
  readonly #rows: FlowRows;
  /** Names of the members as JSON strings. */
  readonly #names: readonly string[];
  /** By pair of addresses: their text. */
  readonly #texts = new Map<number, string>();

  constructor(lag: LagAnalysis, rows: FlowRows) {
    this.#lag = lag;
    this.#rows = rows;
    this.#names = lag.plan.members.map(({ name }) => JSON.stringify(name));
  }

  at(flow: number): string {
    const rows = this.#rows;
    const names = this.#names;
    const { merged } = this.#lag.flows;
    const key = flowKeyJson(merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart[flow], this.#macs(flow));
    const sums = rows.sums(flow);
    const { packets, bytes } = sums;
    const first = formatTime(sums.firstSeconds, sums.firstNanos);
    const last = formatTime(sums.lastSeconds, sums.lastNanos);
    const observed = rows.observedMember(sums);
    // All that was seen of a flow on one member is that member's share.
    const members =
      observed >= 0 && sums.memberPackets[observed] === packets
        ? `{"name":${names[observed]},"packets":${packets},"bytes":${bytes},"firstTime":"${first}","lastTime":"${last}"}`
        : JSON.stringify(rows.members(flow, sums)).slice(1, -1);
    const from = rows.sideOf(flow);
    const sides = from === null ? '"from":null,"to":null' : from === 'a' ? '"from":"a","to":"b"' : '"from":"b","to":"a"';
    const reason = rows.reason(flow);
    const reverse = rows.reverseOf(flow);
    return (
      `{${key},"id":"${flowId(flow)}",${sides},"packets":${packets},"bytes":${bytes},"firstTime":"${first}","lastTime":"${last}",` +
      `"members":[${members}],"observed":${observed < 0 ? 'null' : names[observed]},${this.#prediction(flow)}` +
      `"verdict":"${rows.verdict(flow)}","reason":${reason === null ? 'null' : `"${reason}"`},` +
      `"reverse":${reverse < 0 ? 'null' : `"${flowId(reverse)}"`}}`
    );
  }

  #macs(flow: number): string {
    const { merged } = this.#lag.flows;
    const pair = macPairsOf(merged).pairOf[flow];
    const known = this.#texts.get(pair);
    if (known !== undefined) return known;
    const text = macsJson(merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart[flow]);
    if (this.#texts.size < MOST_TEXTS) this.#texts.set(pair, text);
    return text;
  }

  /** `predicted` and, where the sender has buckets, `bucket`, with a comma behind. */
  #prediction(flow: number): string {
    const rows = this.#rows;
    const direction = rows.direction(flow);
    const predicted = rows.predictedMember(flow);
    const bucket = rows.tableBucket(flow);
    const own = bucket === null ? '' : `"bucket":${bucket},`;
    if (predicted < 0 || direction === null) return `"predicted":null,${own}`;
    const hash = formatHash(direction.hash[flow]);
    return `"predicted":{"member":${this.#names[predicted]},"hash":"${hash}","bucket":${direction.bucketOf(flow)}},${own}`;
  }
}
