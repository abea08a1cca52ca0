import { parseIpv4, parseIpv6, parseMac } from '../base/addresses.ts';
import {
  FIRST_TAG_WORD,
  HEAD_TAGS_MASK,
  HEAD_TAGS_SHIFT,
  IP_CUT,
  IP_SHORT,
  LAYER_ARP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_KIND_MASK,
} from '../decoder/flow-key.ts';
import { firstLayer } from '../flows/key-layers.ts';
import { protocolNumber } from '../flows/protocol-names.ts';
import { destinationMac, macNumber, sourceMac } from '../flows/mac.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { portsWord, sortFlows } from './flow-order.ts';
import type { FlowRows } from './flow-rows.ts';
import type { FlowFilterTerm, FlowQuery } from './flows-analysis.ts';
import { sumSpan } from './time-span.ts';

type FlowTest = (flow: number) => boolean;

/** Flow indices that a query selects, in its order, and how many there are without `top`. */
export function selectFlows(lag: LagAnalysis, rows: FlowRows, query: FlowQuery): { list: Uint32Array; total: number } {
  const inSpan = query.span === undefined ? null : sumSpan(lag.flows, query.span);
  const tests = query.where.map((term) => compileTerm(lag, rows, term));
  if (inSpan !== null) tests.unshift((f) => inSpan.packets[f] > 0);
  const picked = new Uint32Array(rows.count);
  let count = 0;
  for (let f = 0; f < rows.count; f++) {
    if (rows.isListed(f) && tests.every((test) => test(f))) picked[count++] = f;
  }
  const list = sortFlows(lag, rows, picked.subarray(0, count), query.sort, query.top ?? count, inSpan);
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
    case 'bucket': {
      const bucket = Number(term.value);
      return (f) => rows.bucket(f) === bucket;
    }
  }
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
