/** Slices of one table: packets and bytes of one flow in one time window. Few windows of a flow have more than one slice. */
export interface SliceColumns {
  readonly count: number;
  /** Number of the flow in its table: index into `starts`. */
  readonly flow: Uint32Array<ArrayBuffer>;
  /** Window number, counted from `originSeconds` in units of `widthMs`. */
  readonly window: Uint32Array<ArrayBuffer>;
  readonly packets: Uint32Array<ArrayBuffer>;
  readonly bytes: Uint32Array<ArrayBuffer>;
  readonly originSeconds: number;
  readonly widthMs: number;
}

const MOST_BYTES = 0xffffffff;

/**
 * Slices by flow, those of one flow as they follow each other in the log; neighbours in one window become one. The order
 * in which flows closed their slices is lost, and with it all that tells whether the capture was read in one piece.
 * Works in the columns given, with two more of their size.
 */
export function sortSlices(slices: SliceColumns, flows: number): SliceColumns {
  const { count } = slices;
  const next = new Uint32Array(flows + 1);
  for (let s = 0; s < count; s++) next[slices.flow[s] + 1]++;
  for (let f = 0; f < flows; f++) next[f + 1] += next[f];
  const place = new Uint32Array(count);
  for (let s = 0; s < count; s++) place[s] = next[slices.flow[s]]++;
  // Each column is written into the one that was read before it.
  const window = scatter(slices.window, place, count, new Uint32Array(slices.window.length));
  const packets = scatter(slices.packets, place, count, slices.window);
  const bytes = scatter(slices.bytes, place, count, slices.packets);
  const flow = slices.flow;
  // `next[f]` is now the end of flow f.
  for (let f = 0, from = 0; f < flows; from = next[f++]) flow.fill(f, from, next[f]);
  return { ...slices, count: joinNeighbours(flow, window, packets, bytes, count), flow, window, packets, bytes };
}

function scatter(
  from: Uint32Array<ArrayBuffer>,
  place: Uint32Array,
  count: number,
  to: Uint32Array<ArrayBuffer>,
): Uint32Array<ArrayBuffer> {
  for (let s = 0; s < count; s++) to[place[s]] = from[s];
  return to;
}

/** Joins runs of slices of one flow in one window in place; returns how many slices are left. */
function joinNeighbours(flow: Uint32Array, window: Uint32Array, packets: Uint32Array, bytes: Uint32Array, count: number): number {
  let kept = 0;
  for (let s = 0; s < count;) {
    let end = s + 1;
    let sumPackets = packets[s];
    let sumBytes = bytes[s];
    while (end < count && flow[end] === flow[s] && window[end] === window[s]) {
      sumPackets += packets[end];
      sumBytes += bytes[end++];
    }
    // More bytes than a slice holds lie in as few slices as can be: each frame has less than 2^32, so frames suffice.
    let pieces = Math.max(Math.ceil(sumBytes / MOST_BYTES), 1);
    const [ofFlow, ofWindow] = [flow[s], window[s]];
    for (; pieces > 0; pieces--) {
      const piecePackets = Math.floor(sumPackets / pieces);
      const pieceBytes = Math.min(sumBytes, MOST_BYTES);
      flow[kept] = ofFlow;
      window[kept] = ofWindow;
      packets[kept] = piecePackets;
      bytes[kept++] = pieceBytes;
      sumPackets -= piecePackets;
      sumBytes -= pieceBytes;
    }
    s = end;
  }
  return kept;
}
