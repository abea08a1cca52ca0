import type { ByteSource } from './byte-source.ts';
import { planParts, type PartPlan } from './part-plan.ts';
import { sumSizes } from './scanner.ts';

/** Shorter parts are scanned before another thread has begun. */
const LEAST_PART_BYTES = 256 << 20;
/** More parts need more memory: each has tables of its own. */
const MOST_PARTS = 4;
/** What a thread scans from the start of the process until one that starts later is as far. */
const HEAD_START_BYTES = 128 << 20;

/** Plans for those inputs that are so large, beside the others, that threads would wait for one; by place in `sources`. */
export async function splitInputs(sources: readonly ByteSource[], threads: number): Promise<Map<number, PartPlan>> {
  const plans = new Map<number, PartPlan>();
  const totalBytes = sumSizes(sources.filter((source) => source.range !== undefined)) ?? 0;
  for (const [i, source] of sources.entries()) {
    const size = source.size ?? 0;
    const parts = Math.min(MOST_PARTS, Math.floor(size / LEAST_PART_BYTES), Math.round((size * threads) / totalBytes));
    if (source.range === undefined || parts < 2) continue;
    const partBytes = (size - HEAD_START_BYTES) / parts;
    const near = Array.from({ length: parts - 1 }, (_, k) => Math.floor(HEAD_START_BYTES + partBytes * (k + 1)));
    const plan = await planParts(source, near);
    if (plan !== null) plans.set(i, plan);
  }
  return plans;
}
