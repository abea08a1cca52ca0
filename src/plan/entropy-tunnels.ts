import {
  IP_PROTOCOL_SHIFT,
  L4_ABSENT,
  L4_CUT,
  L4_FORM_MASK,
  L4_FORM_SHIFT,
  L4_PORTS,
  LAYER_IPV6,
  LAYER_KIND_MASK,
} from '../decoder/flow-key.ts';
import { l4WordAt } from '../flows/key-layers.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { hasPortPair } from '../flows/protocol-names.ts';
import { swap16 } from '../hash/linux-blocks.ts';
import type { FieldEntropyCounter } from './entropy-fields.ts';
import type { TunnelKind } from './entropy-types.ts';
import { createTunnelView, findTunnel } from './find-tunnel.ts';
import type { TunnelView } from './find-tunnel.ts';
import { ValueTable, WordDigest } from './value-table.ts';

/** The flows of a direction that run in tunnels of one kind, before it is known what a policy sees of them. */
export interface TunnelFlows {
  readonly kind: TunnelKind;
  readonly byHeader: boolean;
  /** Places in the direction's list. */
  readonly places: readonly number[];
  readonly bytes: number;
  readonly endpoints: number;
  readonly outerFlows: number;
  readonly sourcePorts: number;
  readonly sourcePortBits: number;
  readonly innerFlows: number | null;
  readonly mostInnerPerOuter: number | null;
}

class TunnelCounter {
  readonly places: number[] = [];
  readonly endpoints = new ValueTable();
  readonly outer = new ValueTable();
  readonly sourcePorts = new ValueTable();
  readonly inner = new ValueTable();
  /** Flows inside by outer flow: pairs counted once each. */
  readonly pairs = new ValueTable();
  readonly innerOfOuter = new Map<number, number>();
  bytes = 0;
  hiddenBytes = 0;
}

/**
 * Finds the tunnels among the flows of `list`; `bytes` by place. `fields` gets the headers inside, where it is given;
 * `isAsked`: which flows to look at, where not all.
 */
export function collectTunnels(
  flows: LagFlows,
  list: Uint32Array,
  bytes: Float64Array,
  fields?: FieldEntropyCounter,
  isAsked?: (flow: number) => boolean,
): TunnelFlows[] {
  const { merged } = flows;
  const counters = new Map<string, TunnelCounter>();
  const view = createTunnelView();
  const digest = new WordDigest();
  for (let place = 0; place < list.length; place++) {
    if (isAsked !== undefined && !isAsked(list[place])) continue;
    const { rows } = merged.tables[merged.keyTable[list[place]]].columns;
    const start = merged.keyStart[list[place]];
    if (!findTunnel(view, rows, start)) continue;
    const key = `${view.kind} ${view.byHeader}`;
    let counter = counters.get(key);
    if (counter === undefined) counters.set(key, (counter = new TunnelCounter()));
    counter.places.push(place);
    counter.bytes += bytes[place];
    count(counter, view, rows, start, bytes[place], digest);
    if (fields !== undefined) addInnerFields(fields, view, rows, bytes[place]);
  }
  return [...counters].map(([key, counter]) => {
    const [kind, byHeader] = key.split(' ');
    const ports = counter.sourcePorts.spread();
    const known = counter.inner.values > 0 && counter.hiddenBytes <= counter.bytes / 2;
    return {
      kind: kind as TunnelKind,
      byHeader: byHeader === 'true',
      places: counter.places,
      bytes: counter.bytes,
      endpoints: counter.endpoints.values,
      outerFlows: counter.outer.values,
      sourcePorts: ports.values,
      sourcePortBits: ports.flowBits,
      innerFlows: known ? counter.inner.values : null,
      mostInnerPerOuter: known ? Math.max(...counter.innerOfOuter.values()) : null,
    };
  });
}

function count(counter: TunnelCounter, view: TunnelView, rows: Uint32Array, start: number, bytes: number, digest: WordDigest): void {
  digest.reset();
  // The outer headers as far as any policy looks: MAC addresses where there is no IP header.
  if (view.outerIp < 0) for (let w = 1; w < 4; w++) digest.add(rows[start + w]);
  else addAddresses(digest, rows, view.outerIp);
  counter.endpoints.add(digest.high, digest.low, bytes);
  if (view.outerIp >= 0) {
    const descriptor = rows[view.outerIp];
    const hasWord = ((descriptor >>> L4_FORM_SHIFT) & L4_FORM_MASK) === L4_PORTS && (descriptor & (L4_CUT | L4_ABSENT)) === 0;
    const word = hasWord ? rows[l4WordAt(descriptor, view.outerIp)] : 0;
    digest.add(((descriptor >>> IP_PROTOCOL_SHIFT) & 0xff) + 1);
    digest.add(word);
    if (hasWord && hasPortPair((descriptor >>> IP_PROTOCOL_SHIFT) & 0xff)) counter.sourcePorts.add(0, swap16(word & 0xffff), bytes);
  }
  const [outerHigh, outerLow] = [digest.high, digest.low];
  counter.outer.add(outerHigh, outerLow, bytes);
  if (view.inner < 0) {
    counter.hiddenBytes += bytes;
    return;
  }
  digest.reset();
  for (let at = view.inner; at < view.end; at++) digest.add(rows[at]);
  counter.inner.add(digest.high, digest.low, bytes);
  const before = counter.pairs.values;
  digest.add(outerHigh);
  digest.add(outerLow);
  counter.pairs.add(digest.high, digest.low, bytes);
  if (counter.pairs.values > before) {
    // Two words as one number: a clash of 2^53 would only merge two outer flows.
    const outer = outerHigh * 0x200000 + (outerLow >>> 11);
    counter.innerOfOuter.set(outer, (counter.innerOfOuter.get(outer) ?? 0) + 1);
  }
}

function addAddresses(digest: WordDigest, rows: Uint32Array, at: number): void {
  const isIpv6 = (rows[at] & LAYER_KIND_MASK) === LAYER_IPV6;
  const first = at + (isIpv6 ? 2 : 1);
  for (let w = 0; w < (isIpv6 ? 8 : 2); w++) digest.add(rows[first + w]);
}

function addInnerFields(fields: FieldEntropyCounter, view: TunnelView, rows: Uint32Array, bytes: number): void {
  if (view.id >= 0) fields.addInner('tunnelId', 32, 0, view.id, bytes);
  if (view.innerEthernet >= 0) {
    const at = view.innerEthernet;
    fields.addInner('innerSrcMac', 48, rows[at + 2] & 0xffff, rows[at + 3], bytes);
    fields.addInner('innerDstMac', 48, rows[at + 1] >>> 16, ((rows[at + 1] << 16) | (rows[at + 2] >>> 16)) >>> 0, bytes);
  }
  if (view.innerIp < 0) return;
  const descriptor = rows[view.innerIp];
  const isIpv6 = (descriptor & LAYER_KIND_MASK) === LAYER_IPV6;
  const first = view.innerIp + (isIpv6 ? 2 : 1);
  fields.addInnerAddress('innerSrc', isIpv6, rows, first, bytes);
  fields.addInnerAddress('innerDst', isIpv6, rows, first + (isIpv6 ? 4 : 1), bytes);
  const protocol = (descriptor >>> IP_PROTOCOL_SHIFT) & 0xff;
  fields.addInner('innerProtocol', 8, 0, protocol, bytes);
  if (!hasPortPair(protocol) || ((descriptor >>> L4_FORM_SHIFT) & L4_FORM_MASK) !== L4_PORTS || (descriptor & (L4_CUT | L4_ABSENT)) !== 0)
    return;
  const word = rows[l4WordAt(descriptor, view.innerIp)];
  fields.addInner('innerSrcPort', 16, 0, swap16(word & 0xffff), bytes);
  fields.addInner('innerDstPort', 16, 0, swap16(word >>> 16), bytes);
}
