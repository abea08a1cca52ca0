import type { SliceSequence } from './learn-buckets.ts';

/** Frames of a block for each member that is used: enough that turns taken by a few CPUs come out even, few enough for many blocks. */
const FRAMES_PER_MEMBER = 8;

/** How evenly frames fall on members, block by block in order of time. */
export interface Evenness {
  readonly frames: number;
  /**
   * How uneven the blocks are beside frames placed by chance, as a standard normal variable; negative where they are more even, as
   * turns make them. 0 without a whole block.
   */
  readonly deviation: number;
}

/**
 * Pearson's statistic over blocks of frames, which by chance follows chi-square. Turns leave only a remainder for each CPU that takes
 * them on its own.
 */
export function measureEvenness(slices: SliceSequence, memberCount: number, isCounted: (flow: number) => boolean): Evenness {
  const all = new Float64Array(memberCount);
  for (let i = 0; i < slices.count; i++) if (isCounted(slices.flow[i])) all[slices.member[i]] += slices.packets[i];
  const used = all.filter((count) => count > 0).length;
  const frames = all.reduce((sum, count) => sum + count, 0);
  const block = new Float64Array(memberCount);
  let inBlock = 0;
  let blocks = 0;
  let statistic = 0;
  for (let i = 0; i < slices.count; i++) {
    if (isCounted(slices.flow[i])) {
      block[slices.member[i]] += slices.packets[i];
      inBlock += slices.packets[i];
    }
    // Frames of one moment stand in no order: a block takes all of them.
    if (inBlock < FRAMES_PER_MEMBER * used || (i + 1 < slices.count && slices.ms[i + 1] === slices.ms[i])) continue;
    const mean = inBlock / used;
    for (let m = 0; m < memberCount; m++) if (all[m] > 0) statistic += (block[m] - mean) ** 2 / mean;
    blocks++;
    block.fill(0);
    inBlock = 0;
  }
  const freedom = blocks * (used - 1);
  return { frames, deviation: freedom > 0 ? normalOf(statistic, freedom) : 0 };
}

/** The standard normal variable that is as likely as this chi-square (Wilson and Hilferty 1931). */
function normalOf(statistic: number, freedom: number): number {
  const variance = 2 / (9 * freedom);
  return (Math.cbrt(statistic / freedom) - (1 - variance)) / Math.sqrt(variance);
}
