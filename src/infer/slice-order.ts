/** Frames of one direction as slices in order of time. */
export interface SliceSequence {
  readonly count: number;
  readonly flow: Uint32Array;
  readonly member: Uint8Array;
  readonly ms: Float64Array;
  readonly packets: Uint32Array;
}

/**
 * Indices of moments in order of time, equal ones as they stand. Time and index in one number sort without calling back,
 * which takes a tenth of the time of a comparison function; windows begin at whole milliseconds, so that none gets lost.
 */
export function orderByTime(ms: Float64Array): Uint32Array<ArrayBuffer> {
  const count = ms.length;
  let first = Infinity;
  let last = -Infinity;
  let isWhole = true;
  for (let i = 0; i < count; i++) {
    if (ms[i] < first) first = ms[i];
    if (ms[i] > last) last = ms[i];
    if (!Number.isInteger(ms[i])) isWhole = false;
  }
  const order = new Uint32Array(count);
  const places = 2 ** Math.ceil(Math.log2(Math.max(count, 2)));
  if (!isWhole || (last - first + 1) * places > Number.MAX_SAFE_INTEGER)
    return order.map((_, i) => i).sort((x, y) => ms[x] - ms[y] || x - y);
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) keys[i] = (ms[i] - first) * places + i;
  keys.sort();
  for (let i = 0; i < count; i++) order[i] = keys[i] % places;
  return order;
}

/** Slices in order of time. */
export function sortByTime({ count, flow, member, ms, packets }: SliceSequence): SliceSequence {
  const order = orderByTime(ms);
  const sorted = {
    count,
    flow: new Uint32Array(count),
    member: new Uint8Array(count),
    ms: new Float64Array(count),
    packets: new Uint32Array(count),
  };
  for (let i = 0; i < count; i++) {
    const from = order[i];
    sorted.flow[i] = flow[from];
    sorted.member[i] = member[from];
    sorted.ms[i] = ms[from];
    sorted.packets[i] = packets[from];
  }
  return sorted;
}
