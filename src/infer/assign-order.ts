/**
 * The order of members that fits best: index r of the policy goes to the member that maximises the sum of
 * `counts[r * members + m]`, each member at most once. Exact, by dynamic programming over sets of members (at most 16).
 */
export function assignOrder(counts: Float64Array, indices: number, members: number): number[] {
  const sets = 1 << members;
  const best = new Float64Array(sets).fill(-1);
  const choice = new Int8Array(sets);
  best[0] = 0;
  for (let set = 0; set < sets; set++) {
    if (best[set] < 0) continue;
    const r = bitCount(set);
    if (r >= indices) continue;
    for (let m = 0; m < members; m++) {
      if ((set >> m) & 1) continue;
      const next = set | (1 << m);
      const value = best[set] + counts[r * members + m];
      if (value > best[next]) {
        best[next] = value;
        choice[next] = m;
      }
    }
  }
  let top = -1;
  for (let set = 0; set < sets; set++) if (bitCount(set) === indices && best[set] >= 0 && (top < 0 || best[set] > best[top])) top = set;
  const order: number[] = [];
  for (let set = top; set > 0; set &= ~(1 << choice[set])) order.unshift(choice[set]);
  return order;
}

function bitCount(set: number): number {
  let count = 0;
  for (let s = set; s > 0; s &= s - 1) count++;
  return count;
}
