import { describe, expect, it } from 'vitest';
import { analyzeInfer } from '../../src/pipeline/analyze-infer.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { capturesOf } from '../support/generated-captures.ts';
import { createTraffic, seeded, type GeneratedFlow } from '../support/generated-switch.ts';
import { memberInputs } from '../support/memory-input.ts';

const next = createTraffic(seeded(5), 'hosts');

const untagged = (): GeneratedFlow => ({ ...next(), vlan: 0 });
const answer = (flow: GeneratedFlow): GeneratedFlow => ({
  ...flow,
  srcMac: flow.dstMac,
  dstMac: flow.srcMac,
  src: flow.dst,
  dst: flow.src,
  srcPort: flow.dstPort,
  dstPort: flow.srcPort,
});

describe('an end that does not aggregate', () => {
  it('is told by frames that follow the addresses it hears, and named after no policy', async () => {
    const flows = Array.from({ length: 120 }, untagged);
    const stations = [...new Set(flows.map(({ srcMac }) => srcMac))];
    // The first end keeps each station on a member, as balance-slb does; the other one answers to where it heard it.
    const members = [0, 1, 1, 0, 1, 0];
    const placed = flows.flatMap((flow) => {
      const member = members[stations.indexOf(flow.srcMac)];
      return [
        { flow, member },
        { flow: answer(flow), member },
      ];
    });
    const { document } = await analyzeInfer(memberInputs(capturesOf(placed, 2)), { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true }, {});
    const isAnswering = (from: string): boolean => {
      const side = document.lags[0].sides.find(({ id }) => id === from);
      return side !== undefined && !side.macs.includes(stations[0]);
    };
    const direction = document.lags[0].directions.find(({ from }) => isAnswering(from));
    expect(direction?.mode).toBe('unknown');
    expect(direction?.modeEvidence?.join()).toContain('a bridge that does not aggregate');
    expect(direction?.hypotheses).toEqual([]);
    expect(direction?.decided).toBe(false);
  });
});
