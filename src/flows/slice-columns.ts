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
 * Few loops, each a function of its own: V8 compiles such a loop while it runs.
 */
export function sortSlices(slices: SliceColumns, flows: number): SliceColumns {
  const { count, flow } = slices;
  const next = new Uint32Array(flows + 1);
  countFlows(flow, count, next);
  for (let f = 0; f < flows; f++) next[f + 1] += next[f];
  const window = new Uint32Array(count);
  const packets = new Uint32Array(count);
  const bytes = new Uint32Array(count);
  scatter(slices, next, window, packets, bytes);
  return { ...slices, count: joinNeighbours(next, flows, flow, window, packets, bytes), flow, window, packets, bytes };
}

function countFlows(flow: Uint32Array, count: number, next: Uint32Array): void {
  for (let s = 0; s < count; s++) next[flow[s] + 1]++;
}

/** `next[f]` is the place of flow f's next slice, and in the end that behind its last. */
function scatter(slices: SliceColumns, next: Uint32Array, window: Uint32Array, packets: Uint32Array, bytes: Uint32Array): void {
  const { count, flow, window: windows, packets: allPackets, bytes: allBytes } = slices;
  for (let s = 0; s < count; s++) {
    const place = next[flow[s]]++;
    window[place] = windows[s];
    packets[place] = allPackets[s];
    bytes[place] = allBytes[s];
  }
}

/** Joins runs of slices of one flow in one window in place, and writes their flows; returns how many slices are left. */
function joinNeighbours(
  ends: Uint32Array,
  flows: number,
  flow: Uint32Array,
  window: Uint32Array,
  packets: Uint32Array,
  bytes: Uint32Array,
): number {
  let kept = 0;
  let s = 0;
  for (let f = 0; f < flows; f++) {
    const end = ends[f];
    while (s < end) {
      const ofWindow = window[s];
      let sumPackets = packets[s];
      let sumBytes = bytes[s];
      for (s++; s < end && window[s] === ofWindow; s++) {
        sumPackets += packets[s];
        sumBytes += bytes[s];
      }
      if (sumBytes > MOST_BYTES) {
        kept = writePieces(flow, window, packets, bytes, f, ofWindow, sumPackets, sumBytes, kept);
        continue;
      }
      flow[kept] = f;
      window[kept] = ofWindow;
      packets[kept] = sumPackets;
      bytes[kept++] = sumBytes;
    }
  }
  return kept;
}

/** More bytes than a slice holds lie in as few slices as can be: each frame has less than 2^32, so frames suffice. Returns where the next slice goes. */
function writePieces(
  flow: Uint32Array,
  window: Uint32Array,
  packets: Uint32Array,
  bytes: Uint32Array,
  ofFlow: number,
  ofWindow: number,
  allPackets: number,
  allBytes: number,
  to: number,
): number {
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
