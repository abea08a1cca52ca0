import { describe, expect, it } from 'vitest';
import { analyzeCheck } from '../../src/pipeline/analyze-check.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { captureOf, type TimedFrame } from '../support/lacp-frames.ts';
import { HERE, placeTraffic, randomFlows } from '../support/lag-traffic.ts';

/** Captures are generated: no real one of an idle link without LACP is at hand. */
async function idsOf(placed: readonly (readonly TimedFrame[])[]): Promise<string[]> {
  const { findings } = await analyzeCheck(
    placed.map((frames, m) => captureOf(`eth${m}`, frames)),
    { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true, local: [HERE], sides: { a: { policy: 'layer3+4', variant: 'linux-5.18' } } },
    {},
  );
  return findings.map(({ id }) => id);
}

/** Twenty seconds of flows that last. */
function longFlows(count: number): TimedFrame[][] {
  const flows = randomFlows(count, 5).map((flow) => ({ ...flow, packets: 100 }));
  return placeTraffic(flows, { policy: 'layer3+4', variant: 'linux-5.18', members: 2 });
}

describe('a member whose frames end long before those of the others', () => {
  it('was captured for less time where many flows go on elsewhere', async () => {
    const [first, second] = longFlows(80);
    expect(await idsOf([first, second.filter(({ at }) => at < 10)])).toContain('capture/uneven-times');
  });

  it('is idle where it had one flow', async () => {
    const [first, second] = longFlows(80);
    const [one] = second;
    const single = second.filter(({ frame, at }) => frame === one.frame && at < 4);
    expect(single.length).toBeGreaterThan(5);
    expect(await idsOf([first, single])).not.toContain('capture/uneven-times');
  });
});
