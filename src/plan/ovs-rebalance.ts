/**
 * Open vSwitch's bucket tables as they are drawn and rebalanced (ofproto/bond.c of 2.17 to 3.7; docs/planning.md). Which
 * member a bucket is drawn for does not follow from the packets, so whoever plans draws many tables.
 */
export const OVS_BUCKETS = 256;

/** Between rounds, in milliseconds, unless configured (vswitch.xml, bond-rebalance-interval). */
export const DEFAULT_REBALANCE_MS = 10_000;
/** The difference below which nothing moves, in bytes. */
const LEAST_DIFFERENCE_BYTES = 100_000;

/**
 * Draws for balance-tcp: a random non-empty slot of a small hash table of member pointers, then a random member in it
 * (lib/hmap.h). Four slots for up to seven members, then as many as the largest power of two that is not above their number.
 */
export function createMemberDraw(members: number, random: () => number): () => number {
  let slots = 4;
  while (slots * 2 <= members) slots *= 2;
  const held: number[][] = Array.from({ length: slots }, () => []);
  for (let m = 0; m < members; m++) held[Math.floor(random() * slots)].push(m);
  const used = held.filter((list) => list.length > 0);
  return () => {
    const list = used[Math.floor(random() * used.length)];
    return list[Math.floor(random() * list.length)];
  };
}

/**
 * One round: moves buckets of the most loaded member to the least loaded one. `load`: bytes per bucket, `owner`: member
 * of each bucket (changed in place), `enabled`: members in use. Returns the buckets moved.
 */
export function rebalance(load: Float64Array, owner: Int16Array, enabled: readonly number[]): number {
  const total = new Float64Array(Math.max(...enabled, 0) + 1);
  const moved = new Uint8Array(OVS_BUCKETS);
  for (let b = 0; b < OVS_BUCKETS; b++) if (owner[b] >= 0 && owner[b] < total.length) total[owner[b]] += load[b];
  const list = [...enabled];
  let moves = 0;
  while (list.length >= 2) {
    list.sort((x, y) => total[y] - total[x]);
    const from = list[0];
    const to = list[list.length - 1];
    const over = total[from] - total[to];
    if (over < total[to] / 32 || over < LEAST_DIFFERENCE_BYTES) break;
    const picked = pickBuckets(load, owner, moved, from, total[from], total[to]);
    if (picked === null) {
      list.shift();
      continue;
    }
    for (const b of picked) {
      owner[b] = to;
      moved[b] = 1;
      total[from] -= load[b];
      total[to] += load[b];
      moves++;
    }
  }
  return moves;
}

/** Buckets to move from one member to another, or null. */
function pickBuckets(
  load: Float64Array,
  owner: Int16Array,
  moved: Uint8Array,
  from: number,
  fromBytes: number,
  toBytes: number,
): readonly number[] | null {
  const loaded: number[] = [];
  let all = 0;
  for (let b = 0; b < OVS_BUCKETS; b++) {
    if (owner[b] !== from || load[b] <= 0) continue;
    all++;
    if (moved[b] === 0) loaded.push(b);
  }
  if (all < 2 || loaded.length === 0) return null;
  loaded.sort((x, y) => load[y] - load[x]);
  const ideal = (fromBytes + toBytes) / 2 - toBytes;
  const threshold = ideal / 10;
  let delta = 0;
  const picked: number[] = [];
  for (const b of loaded) {
    if (delta + load[b] > ideal) continue;
    picked.push(b);
    delta += load[b];
    if (ideal - delta < threshold) break;
  }
  if (picked.length === 0) {
    const lightest = loaded[loaded.length - 1];
    picked.push(lightest);
    delta = load[lightest];
  }
  const low = Math.min(fromBytes - delta, toBytes + delta);
  return low > toBytes && low - toBytes >= threshold ? picked : null;
}
