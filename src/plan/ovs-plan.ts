import { createMemberDraw, DEFAULT_REBALANCE_MS, OVS_BUCKETS, rebalance } from './ovs-rebalance.ts';
import type { PlanTraffic } from './plan-traffic.ts';
import { randomSource } from './random.ts';
import type { PlanLayout } from './plan-layout.ts';
import type { DrawnLoads, PlanOutcome, SlotPeaks } from './scenario.ts';

/** Tables drawn unless asked otherwise: the 5th and 95th percentile are then known to about two in a hundred. */
export const DEFAULT_DRAWS = 100;
/** Time steps of a simulation; longer captures are simulated in wider steps. */
const MAX_STEPS = 4096;
const STEP_MS = 1000;

export interface OvsPlanRequest {
  readonly traffic: PlanTraffic;
  readonly layout: PlanLayout;
  /** Bucket of each place, -1 where the hash is not known. */
  readonly bucketOf: Int16Array;
  /** balance-slb hands members out in turn, balance-tcp at random. */
  readonly inTurn: boolean;
  /** Slot of each bucket where the table in use is known, -1 elsewhere; absent: all are drawn. */
  readonly known?: Int16Array;
  /** 0: the table stays as it is. */
  readonly rebalanceMs?: number;
  readonly draws?: number;
  readonly seed?: number;
}

/** Without moves: those follow from the table, not from draws. */
export interface OvsPlan extends Omit<PlanOutcome, 'moved' | 'mayMove'>, DrawnLoads {
  readonly stepMs: number;
}

/** Draws tables, replays the traffic and rebalances as Open vSwitch does. Means over the draws stand in the outcome. */
export function simulateOvs(request: OvsPlanRequest): OvsPlan {
  const { traffic, layout, bucketOf, draws = DEFAULT_DRAWS } = request;
  const slots = layout.members.length;
  const steps = stepTraffic(traffic, bucketOf);
  const shares = new Float64Array(draws * slots);
  const peakBps = new Float64Array(draws * slots);
  const bytes = new Float64Array(slots);
  const packets = new Float64Array(slots);
  const random = randomSource(request.seed ?? 0x0b0d);
  const load = new Float64Array(slots * steps.count);
  for (let d = 0; d < draws; d++) {
    load.fill(0);
    replayOnce(request, steps, random, load);
    for (let slot = 0; slot < slots; slot++) {
      let sum = 0;
      let most = 0;
      for (let i = 0; i < steps.count; i++) {
        const at = load[slot * steps.count + i];
        sum += at;
        if (at > most) most = at;
      }
      bytes[slot] += sum / draws;
      shares[d * slots + slot] = traffic.totalBytes > 0 ? sum / traffic.totalBytes : 0;
      peakBps[d * slots + slot] = (most * 8000) / steps.stepMs;
    }
  }
  for (let slot = 0; slot < slots; slot++)
    packets[slot] = traffic.totalBytes > 0 ? (traffic.totalPackets * bytes[slot]) / traffic.totalBytes : 0;
  const peaks: SlotPeaks = { widthMs: steps.stepMs, bps: new Float64Array(slots) };
  for (let slot = 0; slot < slots; slot++) {
    for (let d = 0; d < draws; d++) peaks.bps[slot] += peakBps[d * slots + slot] / draws;
  }
  return {
    packets,
    bytes,
    peaks: [peaks],
    uncertain: { packets: traffic.totalPackets, bytes: traffic.totalBytes },
    shares,
    peakBps,
    draws,
    stepMs: steps.stepMs,
  };
}

/** The traffic per bucket and time step: row `OVS_BUCKETS` holds what has no bucket. */
interface Steps {
  readonly count: number;
  readonly stepMs: number;
  /** Entries sorted by step: bucket and bytes of entry e; those of step i from `from[i]` to `from[i + 1]`. */
  readonly from: Uint32Array;
  readonly bucket: Uint16Array;
  readonly bytes: Float64Array;
}

function stepTraffic(traffic: PlanTraffic, bucketOf: Int16Array): Steps {
  const { slices, binMs, bins, fromMs } = traffic;
  const firstMs = Math.floor(fromMs / STEP_MS) * STEP_MS;
  const endMs = fromMs + bins * binMs;
  let stepMs = Math.max(STEP_MS, binMs);
  while ((endMs - firstMs) / stepMs > MAX_STEPS) stepMs *= 2;
  const count = Math.max(Math.ceil((endMs - firstMs) / stepMs), 1);
  const sums = new Float64Array(count * (OVS_BUCKETS + 1));
  for (let s = 0; s < slices.count; s++) {
    const step = Math.min(Math.max(Math.floor((slices.ms[s] - firstMs) / stepMs), 0), count - 1);
    const bucket = bucketOf[slices.place[s]];
    sums[step * (OVS_BUCKETS + 1) + (bucket < 0 ? OVS_BUCKETS : bucket)] += slices.bytes[s];
  }
  const from = new Uint32Array(count + 1);
  const bucket: number[] = [];
  const bytes: number[] = [];
  for (let i = 0; i < count; i++) {
    for (let b = 0; b <= OVS_BUCKETS; b++) {
      const sum = sums[i * (OVS_BUCKETS + 1) + b];
      if (sum === 0) continue;
      bucket.push(b);
      bytes.push(sum);
    }
    from[i + 1] = bucket.length;
  }
  return { count, stepMs, from, bucket: Uint16Array.from(bucket), bytes: Float64Array.from(bytes) };
}

function replayOnce(request: OvsPlanRequest, steps: Steps, random: () => number, load: Float64Array): void {
  const { layout, inTurn, known, rebalanceMs = DEFAULT_REBALANCE_MS } = request;
  const { live } = layout;
  if (live.length === 0) return;
  const owner = new Int16Array(OVS_BUCKETS).fill(-1);
  const draw = createMemberDraw(layout.members.length, random);
  // A draw that hits a member out of use goes to the active one; which that is, chance decides.
  const active = live[Math.floor(random() * live.length)];
  let turn = Math.floor(random() * live.length);
  const assign = (): number => {
    if (inTurn) return live[turn++ % live.length];
    const slot = draw();
    return layout.failed[slot] ? active : slot;
  };
  for (let b = 0; b < OVS_BUCKETS; b++) {
    const slot = known?.[b] ?? -1;
    if (slot >= 0 && !layout.failed[slot]) owner[b] = slot;
    else if (!inTurn) owner[b] = assign();
  }
  const bucketLoad = new Float64Array(OVS_BUCKETS);
  const every = rebalanceMs > 0 ? Math.max(Math.round(Math.max(rebalanceMs, STEP_MS) / steps.stepMs), 1) : 0;
  // The round before the capture lies anywhere.
  let next = every === 0 ? Infinity : 1 + Math.floor(random() * every);
  for (let i = 0; i < steps.count; i++) {
    for (let e = steps.from[i]; e < steps.from[i + 1]; e++) {
      const b = steps.bucket[e];
      if (b === OVS_BUCKETS) {
        for (const slot of live) load[slot * steps.count + i] += steps.bytes[e] / live.length;
        continue;
      }
      if (owner[b] < 0) owner[b] = assign();
      load[owner[b] * steps.count + i] += steps.bytes[e];
      bucketLoad[b] += steps.bytes[e];
    }
    if (i + 1 < next) continue;
    next += every;
    rebalance(bucketLoad, owner, live);
    for (let b = 0; b < OVS_BUCKETS; b++) bucketLoad[b] /= 2;
  }
}

/** Bucket of each place, -1 where the hash is not known. */
export function bucketsOf(places: number, hash: Uint32Array, reason: Uint8Array): Int16Array {
  const buckets = new Int16Array(places);
  for (let p = 0; p < places; p++) buckets[p] = reason[p] === 0 ? hash[p] & 0xff : -1;
  return buckets;
}
