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
  const { count, flow } = slices;
  const next = new Uint32Array(flows + 1);
  countFlows(flow, count, next);
  for (let f = 0; f < flows; f++) next[f + 1] += next[f];
  const place = new Uint32Array(count);
  findPlaces(flow, count, next, place);
  // Each column is written into the one that was read before it.
  const window = scatter(slices.window, place, count, new Uint32Array(slices.window.length));
  const packets = scatter(slices.packets, place, count, slices.window);
  const bytes = scatter(slices.bytes, place, count, slices.packets);
  // `next[f]` is now the end of flow f.
  writeFlows(flow, next, flows);
  return { ...slices, count: joinNeighbours(flow, window, packets, bytes, count), flow, window, packets, bytes };
}

// Small loops, each a function of its own: V8 compiles such a loop while it runs.

function countFlows(flow: Uint32Array, count: number, next: Uint32Array): void {
  for (let s = 0; s < count; s++) next[flow[s] + 1]++;
}

function findPlaces(flow: Uint32Array, count: number, next: Uint32Array, place: Uint32Array): void {
  for (let s = 0; s < count; s++) place[s] = next[flow[s]]++;
}

function writeFlows(flow: Uint32Array, ends: Uint32Array, flows: number): void {
  for (let f = 0, s = 0; f < flows; f++) for (const end = ends[f]; s < end; s++) flow[s] = f;
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
    for (; end < count && flow[end] === flow[s] && window[end] === window[s]; end++) {
      sumPackets += packets[end];
      sumBytes += bytes[end];
    }
    if (sumBytes > MOST_BYTES) {
      kept = writePieces(flow, window, packets, bytes, s, sumPackets, sumBytes, kept);
    } else {
      flow[kept] = flow[s];
      window[kept] = window[s];
      packets[kept] = sumPackets;
      bytes[kept++] = sumBytes;
    }
    s = end;
  }
  return kept;
}

/** More bytes than a slice holds lie in as few slices as can be: each frame has less than 2^32, so frames suffice. Returns where the next slice goes. */
function writePieces(
  flow: Uint32Array,
  window: Uint32Array,
  packets: Uint32Array,
  bytes: Uint32Array,
  from: number,
  allPackets: number,
  allBytes: number,
  to: number,
): number {
  const [ofFlow, ofWindow] = [flow[from], window[from]];
  let at = to;
  let leftPackets = allPackets;
  let leftBytes = allBytes;
  for (let pieces = Math.ceil(allBytes / MOST_BYTES); pieces > 0; pieces--) {
    flow[at] = ofFlow;
    window[at] = ofWindow;
    packets[at] = Math.floor(leftPackets / pieces);
    bytes[at] = Math.min(leftBytes, MOST_BYTES);
    leftPackets -= packets[at];
    leftBytes -= bytes[at++];
  }
  return at;
}
