/** Where the words of marks go, so that none lies on another. */

export interface LabelPlace {
  readonly line: 0 | 1;
  /** It ends at its mark instead of beginning there. */
  readonly leftward: boolean;
}

/** From pixel marks and lengths in order: the first line that has room, right of the mark or left of it; null where there is none. */
export function placeLabels(marks: readonly { readonly at: number; readonly length: number }[], width: number): (LabelPlace | null)[] {
  const ends = [0, 0];
  return marks.map(({ at, length }) => {
    for (const leftward of at + length > width ? [true, false] : [false, true]) {
      const from = leftward ? at - length - 4 : at + 4;
      if (from < 0 || from + length > width + 4) continue;
      const line = ends.findIndex((end) => from >= end);
      if (line < 0) continue;
      ends[line] = from + length + 8;
      return { line: line === 0 ? 0 : 1, leftward };
    }
    return null;
  });
}
