/** What holds of every scenario, whatever the traffic, the links and the failures. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMoves } from '../../src/plan/plan-moves.ts';
import { layOut } from '../../src/plan/plan-layout.ts';
import type { PlanLayout } from '../../src/plan/plan-layout.ts';
import { NOWHERE } from '../../src/plan/plan-traffic.ts';
import type { PlanTraffic } from '../../src/plan/plan-traffic.ts';
import { randomSource } from '../../src/plan/random.ts';
import { drawUndecided, findPeaks, PEAK_WIDTHS_MS, replayFlows } from '../../src/plan/scenario.ts';
import { simulateOvs } from '../../src/plan/ovs-plan.ts';

const MEMBERS = 16;
const runs = { numRuns: 120 };

/** Slices as [place, member, millisecond, bytes]. */
const slicesOf = fc.array(fc.tuple(fc.nat(11), fc.nat(MEMBERS - 1), fc.nat(4999), fc.integer({ min: 1, max: 1_000_000 })), {
  minLength: 1,
  maxLength: 80,
});
const grains = fc.constantFrom(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000);
const times = fc.constantFrom(0, 3_000, 12_345_000, 999);

function trafficOf(slices: readonly (readonly [number, number, number, number])[], binMs: number, startMs: number): PlanTraffic {
  const flows = 12;
  const fromMs = Math.floor(startMs / binMs) * binMs;
  const bytes = new Float64Array(flows);
  const packets = new Float64Array(flows);
  const home = new Uint8Array(flows).fill(NOWHERE);
  for (const [place, member, , size] of slices) {
    bytes[place] += size;
    packets[place]++;
    home[place] = member;
  }
  const ms = Float64Array.from(slices, ([, , at]) => startMs + at);
  return {
    flows: null as never,
    list: Uint32Array.from({ length: flows }, (_, f) => f),
    packets,
    bytes,
    home,
    totalPackets: slices.length,
    totalBytes: bytes.reduce((sum, x) => sum + x, 0),
    slices: {
      count: slices.length,
      place: Uint32Array.from(slices, ([place]) => place),
      member: Uint8Array.from(slices, ([, member]) => member),
      ms,
      bin: Uint32Array.from(ms, (at) => Math.floor((at - fromMs) / binMs)),
      packets: new Uint32Array(slices.length).fill(1),
      bytes: Uint32Array.from(slices, ([, , , size]) => size),
    },
    shadow: null,
    hasTimes: true,
    binMs,
    bins: Math.floor((startMs + 4999 - fromMs) / binMs) + 1,
    fromMs,
    spanMs: 4999,
  };
}

/** 1 to 16 members, any of which but one fail. */
const layouts = fc.tuple(fc.integer({ min: 1, max: MEMBERS }), fc.nat(0xffff)).map(([count, mask]): PlanLayout => {
  const members = Array.from({ length: count }, (_, m) => m);
  const layout = layOut(members, (slot) => ((mask >> slot) & 1) === 1);
  return layout.live.length > 0 ? layout : layOut(members, (slot) => slot > 0);
});
/** Where each of the 12 flows goes: an index among the live members, or nobody knows. */
const choices = fc.array(fc.option(fc.nat(0xffff), { nil: null }), { minLength: 12, maxLength: 12 });
const slotsFor = (layout: PlanLayout, picks: readonly (number | null)[]): Uint8Array =>
  Uint8Array.from(picks, (pick) => (pick === null ? NOWHERE : layout.live[pick % layout.live.length]));

describe('a scenario', () => {
  it('carries all that was sent, nothing on failed members, and no peak below what its bytes need', () => {
    fc.assert(
      fc.property(slicesOf, grains, times, layouts, choices, (slices, binMs, startMs, layout, picks) => {
        const traffic = trafficOf(slices, binMs, startMs);
        const slots = slotsFor(layout, picks);
        const outcome = replayFlows(traffic, layout, slots, true);
        const shares = replayFlows(traffic, layout, slots, false);
        expect(outcome.bytes.reduce((sum, x) => sum + x, 0)).toBeCloseTo(traffic.totalBytes, 3);
        expect(outcome.packets.reduce((sum, x) => sum + x, 0)).toBeCloseTo(traffic.totalPackets, 6);
        expect([...shares.bytes]).toEqual([...outcome.bytes]);
        layout.failed.forEach((failed, slot) => {
          if (failed) expect(outcome.bytes[slot]).toBe(0);
        });
        for (const { widthMs, bps } of outcome.peaks) {
          // So many windows there are at most; one of them holds its part or more.
          const windows = Math.ceil((traffic.bins * binMs) / widthMs) + 1;
          bps.forEach((rate, slot) => {
            expect(rate * windows * widthMs).toBeGreaterThanOrEqual(outcome.bytes[slot] * 8000 * (1 - 1e-9));
            expect(rate * widthMs).toBeLessThanOrEqual(outcome.bytes[slot] * 8000 * (1 + 1e-9) + 1e-6);
          });
        }
        for (let w = 1; w < outcome.peaks.length; w++)
          outcome.peaks[w].bps.forEach((rate, slot) => expect(rate).toBeGreaterThanOrEqual(outcome.peaks[w - 1].bps[slot] * (1 - 1e-9)));
      }),
      runs,
    );
  });

  it('has peaks in every width that the grain allows, in windows on multiples of their width', () => {
    fc.assert(
      fc.property(slicesOf, grains, times, (slices, binMs, startMs) => {
        const traffic = trafficOf(slices, binMs, startMs);
        const load = new Float64Array(traffic.bins);
        slices.forEach(([, , , size], s) => (load[traffic.slices.bin[s]] += size));
        const peaks = findPeaks(traffic, load, 1);
        expect(peaks.map(({ widthMs }) => widthMs)).toEqual(PEAK_WIDTHS_MS.filter((width) => width >= binMs));
        for (const { widthMs, bps } of peaks) {
          const windows = new Map<number, number>();
          load.forEach((bytes, b) => {
            const window = Math.floor((traffic.fromMs + b * binMs) / widthMs);
            windows.set(window, (windows.get(window) ?? 0) + bytes);
          });
          expect(bps[0]).toBeCloseTo((Math.max(...windows.values()) * 8000) / widthMs, 3);
        }
      }),
      runs,
    );
  });

  it('goes with the places in hash order: other members in the same places carry the same', () => {
    fc.assert(
      fc.property(slicesOf, layouts, choices, fc.nat(15), (slices, layout, picks, turn) => {
        const traffic = trafficOf(slices, 100, 0);
        const slots = slotsFor(layout, picks);
        const members = layout.members.map((_, slot) => layout.members[(slot + turn) % layout.members.length]);
        const turned = { ...layout, members };
        const [one, other] = [layout, turned].map((of) => replayFlows(traffic, of, slots, true));
        expect([...other.bytes]).toEqual([...one.bytes]);
        expect(other.peaks).toEqual(one.peaks);
        expect(other.uncertain).toEqual(one.uncertain);
      }),
      runs,
    );
  });

  it('counts the flows that move as they are listed, certain ones apart from those that may', () => {
    fc.assert(
      fc.property(slicesOf, layouts, choices, (slices, layout, picks) => {
        const traffic = trafficOf(slices, 100, 0);
        const slots = slotsFor(layout, picks);
        const { moved, mayMove } = replayFlows(traffic, layout, slots, true);
        const listed = findMoves(traffic, layout, slots, null);
        expect({ moved: listed.moved, mayMove: listed.mayMove }).toEqual({ moved, mayMove });
        // A flow that was nowhere but on a lost member has to move.
        for (let p = 0; p < 12; p++) {
          const seen = new Set(slices.filter(([place]) => place === p).map(([, member]) => member));
          if (seen.size === 1 && !layout.live.some((slot) => seen.has(layout.members[slot]))) expect(listed.from[p]).not.toBe(NOWHERE);
        }
      }),
      runs,
    );
  });

  it('drawn by chance carries all in every draw, by lot or by a table of Open vSwitch', () => {
    fc.assert(
      fc.property(slicesOf, layouts, choices, fc.nat(1000), (slices, layout, picks, seed) => {
        const traffic = trafficOf(slices, 100, 0);
        const slots = slotsFor(layout, picks);
        const bucketOf = Int16Array.from(picks, (pick) => (pick === null ? -1 : pick & 0xff));
        const drawn = [
          drawUndecided(traffic, layout, slots, randomSource(seed), 5),
          simulateOvs({ traffic, layout, bucketOf, inTurn: seed % 2 === 0, draws: 5, seed }),
        ];
        for (const { shares, draws } of drawn) {
          const count = layout.members.length;
          for (let d = 0; d < draws; d++) {
            const of = shares.subarray(d * count, (d + 1) * count);
            expect(of.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 9);
            layout.failed.forEach((failed, slot) => {
              if (failed) expect(of[slot]).toBe(0);
            });
          }
        }
      }),
      runs,
    );
  });
});
