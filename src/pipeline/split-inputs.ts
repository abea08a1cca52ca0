import type { ByteSource } from './byte-source.ts';
import { estimateRecordBytes, planParts, type PartPlan } from './part-plan.ts';
import { sumSizes } from './scanner.ts';

/** A part of fewer bytes and of fewer records is scanned before another thread has begun. */
const LEAST_PART_BYTES = 256 << 20;
const LEAST_PART_RECORDS = 1_200_000;
/** Smaller captures are not looked into for that. */
const LEAST_SPLIT_BYTES = 96 << 20;
/** More parts need more memory: each has tables of its own. */
const MOST_PARTS = 4;
/** What a thread scans from the start of the process until one that starts later is as far, as a share of the least part. */
const HEAD_START_SHARE = 0.6;

/** Plans for those inputs that are so large, beside the others, that threads would wait for one; by place in `sources`. */
export async function splitInputs(sources: readonly ByteSource[], threads: number): Promise<Map<number, PartPlan>> {
  const plans = new Map<number, PartPlan>();
  const totalBytes = sumSizes(sources.filter((source) => source.range !== undefined)) ?? 0;
  for (const [i, source] of sources.entries()) {
    const size = source.size ?? 0;
    const wanted = Math.min(MOST_PARTS, Math.round((size * threads) / totalBytes));
    if (source.range === undefined || wanted < 2 || size < LEAST_SPLIT_BYTES) continue;
    const recordBytes = (await estimateRecordBytes(source)) ?? Infinity;
    const leastBytes = Math.min(LEAST_PART_BYTES, LEAST_PART_RECORDS * recordBytes);
    const parts = Math.min(wanted, Math.floor(size / leastBytes));
    if (parts < 2) continue;
    const headStart = leastBytes * HEAD_START_SHARE;
    const partBytes = (size - headStart) / parts;
    const near = Array.from({ length: parts - 1 }, (_, k) => Math.floor(headStart + partBytes * (k + 1)));
    const plan = await planParts(source, near);
    if (plan !== null) plans.set(i, plan);
  }
  return plans;
}
