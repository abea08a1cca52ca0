/**
 * Where writers put their text. `write` never waits; a writer of long output asks `isFull` now and then and awaits `drain`,
 * so that a slow reader slows the writer and memory stays constant.
 */
export interface TextTarget {
  write(text: string): void;
  readonly isFull: boolean;
  drain(): Promise<void>;
}

/** A target that keeps everything: for tests and for the page's downloads. */
export function createTextBuffer(): TextTarget & { text(): string } {
  const parts: string[] = [];
  return {
    write: (text) => void parts.push(text),
    isFull: false,
    drain: async () => {},
    text: () => parts.join(''),
  };
}
