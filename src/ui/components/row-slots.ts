/**
 * Which element of a virtual list shows which row. Elements are used again rather than made anew, and they keep their
 * order where the list jumps: moving one costs its layout.
 */
export function createSlots(): (first: number, shown: number) => number {
  let before = { first: 0, shown: 0, slot: 0 };
  /** The element of the row `first`, of `shown` that follow each other in a ring. */
  return (first, shown) => {
    const moved = first - before.first;
    const near = shown === before.shown && Math.abs(moved) < shown;
    const slot = shown !== before.shown ? 0 : near ? (before.slot + moved + shown) % shown : before.slot;
    before = { first, shown, slot };
    return slot;
  };
}
