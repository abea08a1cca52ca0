/**
 * Collects the lines of one JSON document up to its last bracket. A document that was cut short yields the elements
 * of its outermost array that are whole.
 */
export class JsonCollector {
  private readonly parts: string[] = [];
  private depth = 0;
  private inString = false;
  private escaped = false;
  private done = false;
  /** Ends of the whole elements of the outermost array, as offsets in the joined text. */
  private lastElementEnd = 0;
  private length = 0;

  get complete(): boolean {
    return this.done;
  }

  push(line: string): boolean {
    if (this.done) return false;
    for (let i = 0; i < line.length; i++) {
      const code = line.charCodeAt(i);
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (code === 0x5c) this.escaped = true;
        else if (code === 0x22) this.inString = false;
      } else if (code === 0x22) this.inString = true;
      else if (code === 0x7b || code === 0x5b) this.depth++;
      else if (code === 0x7d || code === 0x5d) {
        this.depth--;
        if (this.depth === 1 && code === 0x7d) this.lastElementEnd = this.length + i + 1;
        if (this.depth <= 0) {
          this.parts.push(line.slice(0, i + 1));
          this.length += i + 1;
          this.done = true;
          return true;
        }
      }
    }
    this.parts.push(line, '\n');
    this.length += line.length + 1;
    return true;
  }

  /** The value, or undefined if it is no JSON. */
  value(): unknown {
    const text = this.parts.join('');
    try {
      return JSON.parse(text) as unknown;
    } catch {
      if (this.lastElementEnd === 0) return undefined;
    }
    try {
      return JSON.parse(`${text.slice(0, this.lastElementEnd)}]`) as unknown;
    } catch {
      return undefined;
    }
  }

  /** Elements of the outermost array; a lone object counts as one. */
  items(): readonly unknown[] {
    const value = this.value();
    if (Array.isArray(value)) return value as unknown[];
    return value === undefined ? [] : [value];
  }
}
