import { COPY_WINDOW_MS } from './find-suspects.ts';

/** What a frame turned out to be. */
export type CopyClass = 'original' | 'reflection' | 'duplicate';

/** A sender that repeats the very same bytes within this time may do so again on another member. */
const REPEAT_MS = 500;

/** A frame with the members that showed it again. */
export interface Original {
  readonly ms: number;
  /** What the caller knows it by. */
  readonly flow: number;
  readonly member: number;
  readonly source: number;
  /** Sources on which a copy was seen: each source shows a frame once. */
  readonly seen: Set<number>;
  /** Other members that threw the frame back, each with the source that showed it first. */
  readonly thrownBack: Map<number, number>;
  /**
   * Null, or this frame repeats one before it on the same source: then the members that threw that one back. Of a sender
   * that repeats itself only what came back before comes back again; the next frame elsewhere is its own.
   */
  readonly expected: ReadonlySet<number> | null;
}

/**
 * Recognises copies among frames given in order of time: the same bytes a moment earlier on another member is a
 * reflection (or, where everything is doubled, broadcast mode: the caller decides); on another source of the same
 * member it is a duplicate. Memory holds what was seen within REPEAT_MS.
 */
export class CopyMatcher {
  readonly #byDigest = new Map<number, Original>();
  #queue: { ms: number; digest: number }[] = [];
  #head = 0;
  readonly #settled: (original: Original) => void;

  /** `settled` hears of each frame once no copy of it can come any more, in about the order of time. */
  constructor(settled: (original: Original) => void = () => {}) {
    this.#settled = settled;
  }

  classify(digest: number, ms: number, member: number, source: number, flow = -1): CopyClass {
    this.#expire(ms);
    const original = this.#byDigest.get(digest);
    if (original !== undefined && original.source !== source && ms - original.ms <= COPY_WINDOW_MS) {
      const again = original.seen.has(source);
      if (original.member === member && !again) {
        original.seen.add(source);
        return 'duplicate';
      }
      if (original.member !== member && (original.expected === null || original.expected.has(member))) {
        const shownBy = original.thrownBack.get(member);
        const isCopy = shownBy !== undefined && shownBy !== source && !again;
        if (shownBy === undefined) original.thrownBack.set(member, source);
        original.seen.add(source);
        return isCopy ? 'duplicate' : 'reflection';
      }
    }
    const expected =
      original === undefined || (original.source !== source && original.expected === null) ? null : new Set(original.thrownBack.keys());
    if (original !== undefined) this.#settled(original);
    this.#byDigest.set(digest, { ms, flow, member, source, seen: new Set(), thrownBack: new Map(), expected });
    this.#queue.push({ ms, digest });
    return 'original';
  }

  /** The frame of which the last classified one is a copy; asked with its digest. */
  originalOf(digest: number): Original | undefined {
    return this.#byDigest.get(digest);
  }

  /** After the last frame. */
  finish(): void {
    this.#expire(Infinity);
  }

  #expire(ms: number): void {
    const queue = this.#queue;
    while (this.#head < queue.length && queue[this.#head].ms < ms - REPEAT_MS) {
      const { digest, ms: since } = queue[this.#head++];
      const original = this.#byDigest.get(digest);
      if (original?.ms !== since) continue;
      this.#byDigest.delete(digest);
      this.#settled(original);
    }
    if (this.#head > 4096) {
      this.#queue = queue.slice(this.#head);
      this.#head = 0;
    }
  }
}

/** 53-bit digest of `length` bytes at `from`, seeded with what else identifies the frame. */
export function digestBytes(view: DataView, from: number, length: number, seed: number): number {
  let a = seed >>> 0;
  let b = (seed ^ 0x9e3779b9) >>> 0;
  let at = from;
  const end = from + length;
  for (; at + 4 <= end; at += 4) {
    const word = view.getUint32(at, true);
    a = Math.imul(a ^ word, 0x85ebca6b);
    a ^= a >>> 15;
    b = Math.imul(b + word, 0xc2b2ae35);
    b ^= b >>> 13;
  }
  for (; at < end; at++) {
    a = Math.imul(a ^ view.getUint8(at), 0x01000193);
    b = Math.imul(b + view.getUint8(at), 0x85ebca6b);
    b ^= b >>> 13;
  }
  a ^= a >>> 16;
  b ^= b >>> 16;
  return (a >>> 0) * 0x20_0000 + ((b >>> 0) & 0x1f_ffff);
}
