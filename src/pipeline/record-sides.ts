import { decodeFlowKey } from '../flows/flow-fields.ts';
import { destinationMac, formatMac, parseMac, sourceMac } from '../flows/mac.ts';
import type { MergedFlows } from '../flows/merge.ts';
import { isNoStation, MacColouring } from '../flows/sides.ts';
import type { AnalysisOptions } from './analysis-options.ts';
import { sideMacs } from './sender-facts.ts';
import type { StateText } from './sender-facts.ts';

/** Hosts that nothing joins to a known one: which of their two halves is side a. */
interface Halves {
  /** First address of each half, or null. */
  readonly anchors: [number | null, number | null];
  /** The half that sent first. */
  readonly first: 0 | 1;
  /** Flow ends of private addresses less those of public ones, by half. */
  readonly privacy: [number, number];
}

/**
 * Addresses of side a: those that options and the first state text name. Of every set of hosts that nothing joins to them
 * the half with private addresses where the other one has public ones, since that is where the records come from;
 * else the half that sent first. Records hold no LACP by which to tell; `--local` does.
 */
export function anchorSides(merged: MergedFlows, options: AnalysisOptions, state: readonly StateText[]): string[] {
  const stated = state.flatMap(({ facts }) => facts.lags).slice(0, 1);
  const known = options.local.length > 0 ? options.local.flatMap((mac) => parseMac(mac) ?? []) : stated.flatMap(sideMacs);
  const colouring = new MacColouring();
  for (const mac of known) colouring.join(known[0], mac, 0);
  const ends = (f: number): [number, number] => {
    const { rows } = merged.tables[merged.keyTable[f]].columns;
    return [sourceMac(rows, merged.keyStart[f]), destinationMac(rows, merged.keyStart[f])];
  };
  for (let f = 0; f < merged.count; f++) {
    const [src, dst] = ends(f);
    if (!isNoStation(src) && !isNoStation(dst)) colouring.join(src, dst, 1);
  }
  const done = new Set(known.map((mac) => colouring.componentOf(mac)?.component));
  const halves = new Map<number, Halves>();
  for (let f = 0; f < merged.count; f++) {
    const { src, dst } = decodeFlowKey(merged.tables[merged.keyTable[f]].columns.rows, merged.keyStart[f]);
    const macs = ends(f);
    for (const [end, address] of [src, dst].entries()) {
      const place = isNoStation(macs[end]) ? null : colouring.componentOf(macs[end]);
      if (place === null || done.has(place.component)) continue;
      let of = halves.get(place.component);
      if (of === undefined) halves.set(place.component, (of = { anchors: [null, null], first: place.parity, privacy: [0, 0] }));
      of.anchors[place.parity] ??= macs[end];
      if (address !== null) of.privacy[place.parity] += isPrivate(address) ? 1 : -1;
    }
  }
  const anchors = [...known];
  for (const of of halves.values()) {
    const { privacy, first } = of;
    const half = privacy[0] > 0 && privacy[1] < 0 ? 0 : privacy[1] > 0 && privacy[0] < 0 ? 1 : first;
    const anchor = of.anchors[half];
    if (anchor !== null) anchors.push(anchor);
  }
  return anchors.map(formatMac);
}

/** RFC 1918, RFC 6598, RFC 3927, RFC 4193 and link-local addresses. */
function isPrivate(address: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i.test(
    address,
  );
}
