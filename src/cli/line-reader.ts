/** A line of input; `tooLong` where it was longer than is sensible and was not kept. */
export interface InputLine {
  readonly text: string;
  readonly tooLong: boolean;
}

const LINE_FEED = 10;

/**
 * Cuts bytes into lines as they come and hands over those of one chunk together. At most one line is held, and of a
 * line longer than `maxBytes` nothing. A last line without line feed counts; nothing after the last line feed does not.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<InputLine[]> {
  const decoder = new TextDecoder();
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let tooLong = false;
  const hold = (part: Uint8Array, borrowed: boolean): void => {
    heldBytes += part.length;
    if (heldBytes > maxBytes) {
      tooLong = true;
      held = [];
    } else if (part.length > 0) held.push(borrowed ? part.slice() : part);
  };
  const take = (): InputLine => {
    const line = tooLong ? { text: '', tooLong } : { text: decoder.decode(held.length === 1 ? held[0] : Buffer.concat(held)), tooLong };
    held = [];
    heldBytes = 0;
    tooLong = false;
    return line;
  };
  for await (const chunk of chunks) {
    const lines: InputLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      hold(chunk.subarray(start, end), false);
      lines.push(take());
      start = end + 1;
    }
    hold(chunk.subarray(start), true);
    if (lines.length > 0) yield lines;
  }
  if (heldBytes > 0) yield [take()];
}
