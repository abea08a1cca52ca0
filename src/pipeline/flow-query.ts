import { parseIpv4, parseIpv6, parseMac } from '../base/addresses.ts';
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
import { protocolNumber } from '../flows/protocol-names.ts';
import { destinationMac, macNumber, sourceMac } from '../flows/mac.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import type { FlowRows } from './flow-rows.ts';
import type { FlowFilterTerm, FlowQuery } from './flows-analysis.ts';

type FlowTest = (flow: number) => boolean;

/** Flow indices that a query selects, in its order, and how many there are without `top`. */
export function selectFlows(lag: LagAnalysis, rows: FlowRows, query: FlowQuery): { list: Uint32Array; total: number } {
  const tests = query.where.map((term) => compileTerm(lag, rows, term));
  const picked = new Uint32Array(rows.count);
  let count = 0;
  for (let f = 0; f < rows.count; f++) {
    if (rows.isListed(f) && tests.every((test) => test(f))) picked[count++] = f;
  }
  const list = sortFlows(lag, rows, picked.subarray(0, count), query.sort, query.top ?? count);
  rows.expect(list);
  return { list, total: count };
}

function compileTerm(lag: LagAnalysis, rows: FlowRows, term: FlowFilterTerm): FlowTest {
  const { merged } = lag.flows;
  const keyRows = (f: number): Uint32Array => merged.tables[merged.keyTable[f]].columns.rows;
  switch (term.field) {
    case 'ip':
      return compileAddress(lag, term.value);
    case 'mac': {
      const words = new Uint32Array(2);
      if (!parseMac(term.value, words)) return () => false;
      const mac = macNumber(words[0], words[1]);
      return (f) => sourceMac(keyRows(f), merged.keyStart[f]) === mac || destinationMac(keyRows(f), merged.keyStart[f]) === mac;
    }
    case 'port': {
      const port = Number(term.value);
      const swapped = ((port & 0xff) << 8) | (port >>> 8);
      return (f) => {
        const ports = portsWord(keyRows(f), merged.keyStart[f]);
        return ports >= 0 && ((ports & 0xffff) === swapped || ports >>> 16 === swapped);
      };
    }
    case 'vlan': {
      const vlan = Number(term.value);
      return (f) => {
        const r = keyRows(f);
        const start = merged.keyStart[f];
        const tags = (r[start] >>> HEAD_TAGS_SHIFT) & HEAD_TAGS_MASK;
        for (let t = 0; t < tags; t++) if ((r[start + FIRST_TAG_WORD + t] & 0xfff) === vlan) return true;
        return tags === 0 && vlan === 0;
      };
    }
    case 'proto': {
      const wanted = /^\d+$/.test(term.value) ? Number(term.value) : protocolNumber(term.value);
      return (f) => {
        const r = keyRows(f);
        const layer = r[firstLayer(r, merged.keyStart[f])];
        const kind = layer & LAYER_KIND_MASK;
        if (term.value === 'arp') return kind === LAYER_ARP;
        return (kind === LAYER_IPV4 || kind === LAYER_IPV6) && ((layer >>> 8) & 0xff) === wanted;
      };
    }
    case 'member':
      return (f) => {
        const sums = rows.sums(f);
        return lag.plan.members.some((member, m) => member.name === term.value && sums.memberPackets[m] > 0);
      };
    case 'verdict':
      return (f) => rows.verdict(f) === term.value;
    case 'side':
      return (f) => rows.sideOf(f) === term.value;
  }
}

/** The L4 ports word of a key row, -1 where it has none. */
function portsWord(rows: Uint32Array, start: number): number {
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

function compileAddress(lag: LagAnalysis, text: string): FlowTest {
  const [address, prefix] = text.split('/');
  const words = new Uint32Array(4);
  const isV4 = parseIpv4(address, words);
  if (!isV4 && !parseIpv6(address, words)) return () => false;
  const size = isV4 ? 1 : 4;
  const mask = prefixMask(prefix === undefined ? size * 32 : Number(prefix), size);
  const { merged } = lag.flows;
  return (f) => {
    const { rows } = merged.tables[merged.keyTable[f]].columns;
    const at = firstLayer(rows, merged.keyStart[f]);
    const layer = rows[at];
    const kind = layer & LAYER_KIND_MASK;
    let from = -1;
    if (isV4 && kind === LAYER_IPV4 && (layer & (IP_CUT | IP_SHORT)) === 0) from = at + 1;
    else if (isV4 && kind === LAYER_ARP && (layer & 0x100) === 0) from = at + 1;
    else if (!isV4 && kind === LAYER_IPV6 && (layer & (IP_CUT | IP_SHORT)) === 0) from = at + 2;
    if (from < 0) return false;
    return matches(rows, from, words, mask, size) || matches(rows, from + size, words, mask, size);
  };
}

/** Words read little-endian, so a prefix of n bits masks whole bytes first. */
function prefixMask(bits: number, size: number): Uint32Array {
  const mask = new Uint32Array(size);
  for (let byte = 0; byte < size * 4; byte++) {
    const left = Math.min(Math.max(bits - byte * 8, 0), 8);
    const value = (0xff00 >> left) & 0xff;
    mask[byte >> 2] |= value << ((byte & 3) * 8);
  }
  return mask;
}

function matches(rows: Uint32Array, at: number, words: Uint32Array, mask: Uint32Array, size: number): boolean {
  for (let w = 0; w < size; w++) if (((rows[at + w] ^ words[w]) & mask[w]) !== 0) return false;
  return true;
}

/** The first `top` flows of the list in the order asked for. */
function sortFlows(lag: LagAnalysis, rows: FlowRows, list: Uint32Array, sort: string, top: number): Uint32Array {
  const descending = sort.startsWith('-');
  const field = descending ? sort.slice(1) : sort;
  if (field === 'id' || (field === 'firstTime' && list.length === 0)) return (descending ? list.slice().reverse() : list).subarray(0, top);
  const text = textKey(lag, rows, field);
  const sign = descending ? -1 : 1;
  if (text === null && top * LEAST_SHARE_SELECTED < list.length) return selectFirst(list, numberKey(lag, rows, field), sign, top);
  const order = Array.from(list.keys());
  if (text !== null) {
    const keys = Array.from(list, text);
    order.sort((x, y) => sign * (keys[x] < keys[y] ? -1 : keys[x] > keys[y] ? 1 : 0) || x - y);
  } else {
    const keys = Float64Array.from(list, numberKey(lag, rows, field));
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

function numberKey(lag: LagAnalysis, rows: FlowRows, field: string): (flow: number) => number {
  const origin = lag.flows.originSeconds;
  const { merged } = lag.flows;
  switch (field) {
    case 'packets':
      return (f) => rows.packets(f);
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
        const ports = portsWord(merged.tables[merged.keyTable[f]].columns.rows, merged.keyStart[f]);
        if (ports < 0) return -1;
        const half = field === 'srcPort' ? ports & 0xffff : ports >>> 16;
        return ((half & 0xff) << 8) | (half >>> 8);
      };
    default:
      return (f) => rows.bytes(f);
  }
}

/** Sort keys that are texts: addresses sort by value (fixed-width hexadecimal), words by the alphabet. */
function textKey(lag: LagAnalysis, rows: FlowRows, field: string): ((flow: number) => string) | null {
  switch (field) {
    case 'observed':
      return (f) => {
        const member = rows.observedMember(rows.sums(f));
        return member < 0 ? '' : lag.plan.members[member].name;
      };
    case 'verdict':
      return (f) => rows.verdict(f);
    case 'src':
    case 'dst':
      return (f) => addressKey(lag, f, field === 'dst');
    case 'protocol':
      return (f) => {
        const { merged } = lag.flows;
        const { rows: keys } = merged.tables[merged.keyTable[f]].columns;
        const layer = keys[firstLayer(keys, merged.keyStart[f])];
        return `${layer & LAYER_KIND_MASK}`.padStart(2, '0') + `${(layer >>> 8) & 0xff}`.padStart(3, '0');
      };
    default:
      return null;
  }
}

function addressKey(lag: LagAnalysis, flow: number, destination: boolean): string {
  const { merged } = lag.flows;
  const { rows } = merged.tables[merged.keyTable[flow]].columns;
  const start = merged.keyStart[flow];
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
