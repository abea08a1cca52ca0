/** The order of a list of flows. */
import {
  FIRST_TAG_WORD,
  HEAD_TAGS_MASK,
  HEAD_TAGS_SHIFT,
  IP_CUT,
  IP_SHORT,
  L4_FORM_MASK,
  L4_FORM_SHIFT,
  L4_PORTS,
  LAYER_ARP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_KIND_MASK,
} from '../decoder/flow-key.ts';
import { firstLayer } from '../flows/key-layers.ts';
import { destinationMac, sourceMac } from '../flows/mac.ts';
import type { SideId, Verdict } from '../report/document.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import type { FlowRows } from './flow-rows.ts';
import type { SpanSums } from './time-span.ts';

/** The first `top` flows of the list in the order asked for. */
export function sortFlows(
  lag: LagAnalysis,
  rows: FlowRows,
  list: Uint32Array,
  sort: string,
  top: number,
  inSpan: SpanSums | null,
): Uint32Array {
  const descending = sort.startsWith('-');
  const field = descending ? sort.slice(1) : sort;
  if (field === 'id' || (field === 'firstTime' && list.length === 0)) return (descending ? list.slice().reverse() : list).subarray(0, top);
  const text = textKey(lag, rows, field);
  const sign = descending ? -1 : 1;
  if (text === null && top * LEAST_SHARE_SELECTED < list.length) return selectFirst(list, numberKey(lag, rows, field, inSpan), sign, top);
  const order = Array.from(list.keys());
  if (text !== null) {
    const keys = Array.from(list, text);
    order.sort((x, y) => sign * (keys[x] < keys[y] ? -1 : keys[x] > keys[y] ? 1 : 0) || x - y);
  } else {
    const keys = Float64Array.from(list, numberKey(lag, rows, field, inSpan));
    order.sort((x, y) => sign * (keys[x] - keys[y]) || x - y);
  }
  const sorted = new Uint32Array(Math.min(list.length, top));
  for (let i = 0; i < sorted.length; i++) sorted[i] = list[order[i]];
  return sorted;
}

/** Fewer than one in this many flows are asked for: selecting them is cheaper than sorting all. */
const LEAST_SHARE_SELECTED = 100;

/** The `top` flows with the smallest keys times `sign`, in order; of equal ones those that come first in the list. */
function selectFirst(list: Uint32Array, keyOf: (flow: number) => number, sign: number, top: number): Uint32Array {
  const flows = new Uint32Array(top);
  const keys = new Float64Array(top);
  let count = 0;
  for (let i = 0; i < list.length; i++) {
    const key = sign * keyOf(list[i]);
    if (count === top && (top === 0 || key >= keys[top - 1])) continue;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle] <= key) low = middle + 1;
      else high = middle;
    }
    const moved = count === top ? top - 1 : count++;
    keys.copyWithin(low + 1, low, moved);
    flows.copyWithin(low + 1, low, moved);
    keys[low] = key;
    flows[low] = list[i];
  }
  return flows;
}

function numberKey(lag: LagAnalysis, rows: FlowRows, field: string, inSpan: SpanSums | null): (flow: number) => number {
  const origin = lag.flows.originSeconds;
  const { merged } = lag.flows;
  switch (field) {
    case 'packets':
      return inSpan === null ? (f) => rows.packets(f) : (f) => inSpan.packets[f];
    case 'firstTime':
      return (f) => {
        const s = rows.sums(f);
        return (s.firstSeconds - origin) * 1e9 + s.firstNanos;
      };
    case 'lastTime':
      return (f) => {
        const s = rows.sums(f);
        return (s.lastSeconds - origin) * 1e9 + s.lastNanos;
      };
    case 'duration':
      return (f) => {
        const s = rows.sums(f);
        return (s.lastSeconds - s.firstSeconds) * 1e9 + s.lastNanos - s.firstNanos;
      };
    case 'srcPort':
    case 'dstPort':
      return (f) => {
        const ports = portsWord(keysOf(lag, f), merged.keyStart[f]);
        if (ports < 0) return -1;
        const half = field === 'srcPort' ? ports & 0xffff : ports >>> 16;
        return ((half & 0xff) << 8) | (half >>> 8);
      };
    case 'observed':
      return rankWords(
        lag.plan.members.map(({ name }) => name),
        (f) => rows.observedMember(rows.sums(f)),
      );
    case 'predicted':
      return rankWords(
        lag.plan.members.map(({ name }) => name),
        (f) => rows.predictedMember(f),
      );
    case 'from':
      return (f) => SIDES.indexOf(rows.sideOf(f));
    case 'verdict':
      return (f) => VERDICT_ORDER.indexOf(rows.verdict(f));
    case 'bucket':
      return (f) => rows.bucket(f) ?? -1;
    case 'srcMac':
    case 'dstMac': {
      const mac = field === 'srcMac' ? sourceMac : destinationMac;
      return (f) => mac(keysOf(lag, f), merged.keyStart[f]);
    }
    case 'vlan':
      return (f) => {
        const keys = keysOf(lag, f);
        const start = merged.keyStart[f];
        const tags = (keys[start] >>> HEAD_TAGS_SHIFT) & HEAD_TAGS_MASK;
        return tags === 0 ? -1 : keys[start + FIRST_TAG_WORD] & 0xfff;
      };
    case 'protocol':
      return (f) => {
        const keys = keysOf(lag, f);
        const layer = keys[firstLayer(keys, merged.keyStart[f])];
        return (layer & LAYER_KIND_MASK) * 256 + ((layer >>> 8) & 0xff);
      };
    default:
      return inSpan === null ? (f) => rows.bytes(f) : (f) => inSpan.bytes[f];
  }
}

const SIDES: readonly (SideId | null)[] = [null, 'a', 'b'];
const VERDICT_ORDER: readonly Verdict[] = ['control', 'match', 'mismatch', 'moved', 'unpredicted'];

function keysOf(lag: LagAnalysis, flow: number): Uint32Array {
  const { merged } = lag.flows;
  return merged.tables[merged.keyTable[flow]].columns.rows;
}

/** Words by the alphabet as numbers, so that a million flows are not compared as texts; none (-1) comes first. */
function rankWords(words: readonly string[], wordOf: (flow: number) => number): (flow: number) => number {
  const sorted = [...words].sort();
  const rank = words.map((word) => sorted.indexOf(word));
  return (f) => {
    const word = wordOf(f);
    return word < 0 ? -1 : rank[word];
  };
}

/** Sort keys that are texts: addresses sort by value (fixed-width hexadecimal), reasons by the alphabet. */
function textKey(lag: LagAnalysis, rows: FlowRows, field: string): ((flow: number) => string) | null {
  switch (field) {
    case 'reason':
      return (f) => rows.reason(f) ?? '';
    case 'src':
    case 'dst':
      return (f) => addressKey(lag, f, field === 'dst');
    default:
      return null;
  }
}

function addressKey(lag: LagAnalysis, flow: number, destination: boolean): string {
  const rows = keysOf(lag, flow);
  const start = lag.flows.merged.keyStart[flow];
  const at = firstLayer(rows, start);
  const layer = rows[at];
  const kind = layer & LAYER_KIND_MASK;
  const size = kind === LAYER_IPV6 ? 4 : 1;
  const isIp = (kind === LAYER_IPV4 || kind === LAYER_IPV6) && (layer & (IP_CUT | IP_SHORT)) === 0;
  if (!isIp && kind !== LAYER_ARP)
    return `9${(destination ? destinationMac(rows, start) : sourceMac(rows, start)).toString(16).padStart(12, '0')}`;
  let key = size === 4 ? '6' : '4';
  const from = at + (kind === LAYER_IPV6 ? 2 : 1) + (destination ? size : 0);
  for (let w = 0; w < size; w++) {
    for (let byte = 0; byte < 4; byte++) key += ((rows[from + w] >>> (byte * 8)) & 0xff).toString(16).padStart(2, '0');
  }
  return key;
}

/** The L4 ports word of a key row, -1 where it has none. */
export function portsWord(rows: Uint32Array, start: number): number {
  const at = firstLayer(rows, start);
  const layer = rows[at];
  const kind = layer & LAYER_KIND_MASK;
  if (
    (kind !== LAYER_IPV4 && kind !== LAYER_IPV6) ||
    (layer & (IP_CUT | IP_SHORT)) !== 0 ||
    ((layer >>> L4_FORM_SHIFT) & L4_FORM_MASK) !== L4_PORTS
  )
    return -1;
  return rows[at + (kind === LAYER_IPV4 ? 3 : 10)];
}
