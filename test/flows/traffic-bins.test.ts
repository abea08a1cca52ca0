import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { visitSlices } from '../../src/flows/lag-flows.ts';
import { binAxis, CLASS_CONTROL, CLASSES, countInBins } from '../../src/flows/traffic-bins.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeCaptures } from '../../src/pipeline/analyze-captures.ts';
import { memoryInput } from '../support/memory-input.ts';

const SAMPLE = new URL('../../samples/link-lost-and-back/', import.meta.url);

it('counts frames alike at every width, from the finest bins or from the slices', async () => {
  const inputs = readdirSync(SAMPLE)
    .filter((name) => name.endsWith('.pcap'))
    .map((name) => memoryInput(name, new Uint8Array(readFileSync(new URL(name, SAMPLE)))));
  const { lags } = await analyzeCaptures(inputs, { ...DEFAULT_ANALYSIS_OPTIONS, sender: { policy: 'layer3+4' } }, {});
  const { flows, directed, traffic } = lags[0];
  for (const binMs of [50, 100, 500, 777, 1_000, 50_000]) {
    const axis = binAxis(flows, binMs);
    const expected = Array.from({ length: flows.memberCount }, () => new Uint32Array(CLASSES * axis.bins));
    visitSlices(flows, 'frames', (flow, member, ms, packets) => {
      const bin = Math.min(Math.max(Math.floor((ms - axis.fromMs) / binMs), 0), axis.bins - 1);
      expected[member][(directed.control[flow] === 0 ? directed.direction[flow] : CLASS_CONTROL) * axis.bins + bin] += packets;
    });
    for (let m = 0; m < flows.memberCount; m++) {
      const counted = countInBins(traffic, 'frames', m, axis);
      expect(counted.length).toBe(expected[m].length);
      expect(counted.findIndex((packets, at) => packets !== expected[m][at])).toBe(-1);
    }
  }
});
