import {
  HEAD_ETHERTYPE_SHIFT,
  HEAD_TAGS_MASK,
  HEAD_TAGS_SHIFT,
  IP_PROTOCOL_SHIFT,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_KIND_MASK,
} from '../decoder/flow-key.ts';
import { ETHER_TYPE_IPV4, ETHER_TYPE_IPV6 } from '../decoder/ether-types.ts';
import { LINKTYPE_ETHERNET } from '../decoder/link-types.ts';
import { ROW_UNSUPPORTED } from '../decoder/packet-batch.ts';
import type { Reordering } from '../diagnose/reordering.ts';
import { SequenceTracker } from '../diagnose/reordering.ts';
import { UNASSIGNED } from '../flows/direct-flows.ts';
import { STAT_PACKETS } from '../flows/flow-table.ts';
import { firstLayer } from '../flows/key-layers.ts';
import { PROTOCOL_TCP } from '../flows/protocol-names.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import type { ByteSource } from './byte-source.ts';
import { earliest, inRange, indexSuspects, openCursor } from './read-again.ts';
import type { Cursor } from './read-again.ts';
import type { ScanOptions } from './scan-capture.ts';
import type { AnalysisSource } from './sources.ts';

/** Packets of TCP flows on several members that are worth a second look at the captures, and their share of all TCP packets. */
const LEAST_PACKETS = 200;
const LEAST_SHARE = 0.02;
const ETHERNET_HEADER_BYTES = 14;
const TAG_BYTES = 4;
const IPV6_HEADER_BYTES = 40;

/**
 * Segments of one TCP flow that overtook each other on two members. Only flows that use several members can; a LAG that
 * keeps each flow on one is not read again. Empty where captures cannot be read twice.
 */
export async function findReordering(
  lag: LagAnalysis,
  sources: readonly AnalysisSource[],
  byteSources: ReadonlyMap<string, ByteSource>,
  options: ScanOptions,
): Promise<Reordering[]> {
  const suspects = chooseFlows(lag);
  if (suspects === null) return [];
  const memberOf = new Map<number, number>();
  lag.plan.members.forEach((member, m) => member.sources.forEach((s) => memberOf.set(s, m)));
  const captures = [...new Set([...memberOf.keys()].map((s) => sources[s].capture))];
  const cursors: Cursor[] = [];
  for (const capture of captures) {
    const source = byteSources.get(capture.path);
    if (source === undefined || !source.rereadable) return [];
    const sourceOf = capture.scan.sources.map((scan) => {
      const s = sources.findIndex((candidate) => candidate.capture === capture && candidate.scan === scan);
      return memberOf.has(s) && scan.source.linkType === LINKTYPE_ETHERNET ? s : -1;
    });
    cursors.push(openCursor(source, sourceOf, 0));
  }
  const { originSeconds } = lag.flows;
  const flowOf = indexSuspects(lag.flows, suspects);
  const tracker = new SequenceTracker(lag.plan.members.length);
  for (const cursor of cursors) cursor.done = !(await cursor.fill());
  for (;;) {
    const cursor = earliest(cursors);
    if (cursor === null) break;
    const { batch, row } = cursor;
    const source = cursor.sourceOf[batch.source[row]];
    const start = batch.keyStart[row];
    if (source >= 0 && (batch.flags[row] & ROW_UNSUPPORTED) === 0 && inRange(batch.seconds[row], batch.nanos[row], options)) {
      const flow = flowOf(batch.keys, start);
      if (flow >= 0) {
        const tags = (batch.keys[start] >>> HEAD_TAGS_SHIFT) & HEAD_TAGS_MASK;
        const segment = readSegment(
          batch.view,
          batch.offset[row] + ETHERNET_HEADER_BYTES + tags * TAG_BYTES,
          batch.offset[row] + batch.capturedLength[row],
          batch.keys[start] >>> HEAD_ETHERTYPE_SHIFT,
        );
        if (segment !== null)
          tracker.add(flow, lag.directed.direction[flow] as 0 | 1, {
            ...segment,
            member: memberOf.get(source) ?? 0,
            ms: (batch.seconds[row] - originSeconds) * 1000 + batch.nanos[row] / 1e6,
            source,
            frame: batch.firstFrame + row,
            time: { seconds: batch.seconds[row], nanos: batch.nanos[row] },
          });
      }
    }
    cursor.row++;
    if (cursor.row >= batch.length) cursor.done = !(await cursor.fill());
  }
  return tracker.take();
}

/** TCP flows with frames on several members; null if they are too few to matter. */
function chooseFlows({ flows, directed }: LagAnalysis): Uint8Array | null {
  const { merged, memberOfTable } = flows;
  // Every flow was seen on one source.
  if (merged.entryFrom[merged.count] === merged.count) return null;
  const chosen = new Uint8Array(merged.count);
  let all = 0;
  let several = 0;
  for (let f = 0; f < merged.count; f++) {
    if (directed.direction[f] === UNASSIGNED || directed.control[f] !== 0) continue;
    const { rows } = merged.tables[merged.keyTable[f]].columns;
    const descriptor = rows[firstLayer(rows, merged.keyStart[f])];
    const kind = descriptor & LAYER_KIND_MASK;
    if ((kind !== LAYER_IPV4 && kind !== LAYER_IPV6) || ((descriptor >>> IP_PROTOCOL_SHIFT) & 0xff) !== PROTOCOL_TCP) continue;
    let packets = 0;
    let member = -1;
    let isSpread = false;
    for (let e = merged.entryFrom[f]; e < merged.entryFrom[f + 1]; e++) {
      const t = merged.entryTable[e];
      if (merged.tables[t].kind !== 'frames') continue;
      packets += merged.tables[t].columns.rows[merged.entryRow[e] + STAT_PACKETS];
      if (member >= 0 && member !== memberOfTable[t]) isSpread = true;
      member = memberOfTable[t];
    }
    all += packets;
    if (!isSpread) continue;
    several += packets;
    chosen[f] = 1;
  }
  return several < Math.max(LEAST_PACKETS, LEAST_SHARE * all) ? null : chosen;
}

/** Sequence number, payload and IPv4 identification of a TCP segment with payload; null for anything else, or where it was cut. */
function readSegment(
  view: DataView,
  at: number,
  end: number,
  etherType: number,
): { readonly sequence: number; readonly length: number; readonly identification: number | null } | null {
  let tcpAt: number;
  let payloadEnd: number;
  let identification: number | null = null;
  if (etherType === ETHER_TYPE_IPV4) {
    if (at + 20 > end) return null;
    tcpAt = at + (view.getUint8(at) & 0x0f) * 4;
    payloadEnd = at + view.getUint16(at + 2);
    const value = view.getUint16(at + 4);
    identification = value === 0 ? null : value;
  } else if (etherType === ETHER_TYPE_IPV6) {
    // Extension headers are rare before TCP: such segments are left out.
    if (at + IPV6_HEADER_BYTES > end || view.getUint8(at + 6) !== PROTOCOL_TCP) return null;
    tcpAt = at + IPV6_HEADER_BYTES;
    payloadEnd = tcpAt + view.getUint16(at + 4);
  } else return null;
  if (tcpAt + 14 > end) return null;
  const length = payloadEnd - tcpAt - (view.getUint8(tcpAt + 12) >>> 4) * 4;
  return length <= 0 ? null : { sequence: view.getUint32(tcpAt + 4), length, identification };
}
