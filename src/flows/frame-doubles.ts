import type { PacketBatch } from '../decoder/packet-batch.ts';
import { digestBytes } from './copy-matcher.ts';

/** Frames looked at per capture, of each the bytes compared, and how many frames before it. */
const LOOKED_AT = 8_192;
const COMPARED_BYTES = 256;
const REMEMBERED = 16;
/** A mirror of both directions shows a frame again within this time. */
const WINDOW_MS = 2;

/** How many of the first frames of a source were byte for byte a frame just before them. */
export interface FrameDoubles {
  readonly frames: number;
  readonly doubled: number;
  /** Record numbers of the first such pair; 0 without any. */
  readonly first: number;
  readonly second: number;
}

export const NO_DOUBLES: FrameDoubles = { frames: 0, doubled: 0, first: 0, second: 0 };

interface Recent {
  readonly digests: Float64Array;
  readonly ms: Float64Array;
  readonly frame: Float64Array;
  next: number;
  frames: number;
  doubled: number;
  first: number;
  second: number;
}

/** Looks at the beginning of a capture for frames recorded twice (a mirror port fed from both ends of a path). */
export class DoubleFinder {
  readonly #sources = new Map<number, Recent>();
  #left: number;

  /** `frames`: how many are looked at. */
  constructor(frames: number = LOOKED_AT) {
    this.#left = frames;
  }

  /** True once enough was seen. */
  get isDone(): boolean {
    return this.#left <= 0;
  }

  add(batch: PacketBatch): void {
    for (let i = 0; i < batch.length && this.#left > 0; i++, this.#left--) {
      const source = batch.source[i];
      let recent = this.#sources.get(source);
      if (recent === undefined) this.#sources.set(source, (recent = createRecent()));
      const length = Math.min(batch.capturedLength[i], COMPARED_BYTES, batch.bytes.length - batch.offset[i]);
      const digest = digestBytes(batch.view, batch.offset[i], Math.max(length, 0), batch.originalLength[i]);
      const ms = batch.seconds[i] * 1000 + batch.nanos[i] / 1e6;
      const frame = batch.firstFrame + i;
      recent.frames++;
      for (let k = 0; k < REMEMBERED; k++) {
        if (recent.digests[k] !== digest || Math.abs(ms - recent.ms[k]) > WINDOW_MS) continue;
        if (recent.doubled++ === 0) [recent.first, recent.second] = [recent.frame[k], frame];
        // A third copy is to find a partner of its own.
        recent.digests[k] = -1;
        break;
      }
      recent.digests[recent.next] = digest;
      recent.ms[recent.next] = ms;
      recent.frame[recent.next] = frame;
      recent.next = (recent.next + 1) % REMEMBERED;
    }
  }

  of(source: number): FrameDoubles {
    const recent = this.#sources.get(source);
    if (recent === undefined) return NO_DOUBLES;
    const { frames, doubled, first, second } = recent;
    return { frames, doubled, first, second };
  }
}

function createRecent(): Recent {
  return {
    digests: new Float64Array(REMEMBERED).fill(-1),
    ms: new Float64Array(REMEMBERED),
    frame: new Float64Array(REMEMBERED),
    next: 0,
    frames: 0,
    doubled: 0,
    first: 0,
    second: 0,
  };
}
