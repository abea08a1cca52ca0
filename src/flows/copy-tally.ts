/** Frames of a flow after its first one without a copy that must be seen before it counts whether copies come again. */
const LEAST_LATER = 4;

/**
 * What became of the frames of each flow once all their copies had time to come: how many were seen on other members too,
 * whether copies came again after one without, and on which members frames were first. Columns have one row per flow of the LAG.
 */
export class CopyTally {
  /** Distinct frames, their copies on other members, and the frames that have any. */
  readonly frames: Uint32Array;
  readonly copies: Uint32Array;
  readonly copied: Uint32Array;
  /** Members on which frames with copies were first, and those of frames without, as bits. */
  readonly firstOn: Uint32Array;
  readonly aloneOn: Uint32Array;
  /** Frames from the first one without a copy on, and whether one of them had copies. */
  readonly #since: Uint32Array;
  readonly #returned: Uint8Array;

  constructor(flows: number) {
    this.frames = new Uint32Array(flows);
    this.copies = new Uint32Array(flows);
    this.copied = new Uint32Array(flows);
    this.firstOn = new Uint32Array(flows);
    this.aloneOn = new Uint32Array(flows);
    this.#since = new Uint32Array(flows);
    this.#returned = new Uint8Array(flows);
  }

  settle(flow: number, member: number, copies: number): void {
    this.frames[flow]++;
    if (copies === 0) {
      this.aloneOn[flow] |= memberBit(member);
      this.#since[flow]++;
      return;
    }
    this.copies[flow] += copies;
    this.copied[flow]++;
    this.firstOn[flow] |= memberBit(member);
    if (this.#since[flow] === 0) return;
    this.#since[flow]++;
    this.#returned[flow] = 1;
  }

  /** Enough frames came after one without a copy to see whether copies come again. */
  isTrial(flow: number): boolean {
    return this.#since[flow] > LEAST_LATER;
  }

  returned(flow: number): boolean {
    return this.#returned[flow] === 1;
  }
}

/** True for so many frames of a flow without any copy. */
export function isTrialAlone(frames: number): boolean {
  return frames > LEAST_LATER;
}

/** One bit for each member; those beyond the 31st share one. */
function memberBit(member: number): number {
  return (1 << Math.min(member, 31)) >>> 0;
}

/** The only member of a set of bits, -1 if there are several or none. */
export function onlyMember(bits: number): number {
  return bits !== 0 && (bits & (bits - 1)) === 0 ? 31 - Math.clz32(bits) : -1;
}
