import { describe, expect, it } from 'vitest';
import { analyzeCheck } from '../../src/pipeline/analyze-check.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import type { ImbalanceCause } from '../../src/plan/imbalance-causes.ts';
import { gre, ipv4, tcp } from '../support/frame-builder.ts';
import { captureOf, type TimedFrame } from '../support/lacp-frames.ts';
import { HERE, ipFlow, placeTraffic, randomFlows, tcpFlow, type TrafficFlow } from '../support/lag-traffic.ts';

/** What the unevenness of side a's traffic comes from; generated traffic. */
async function causes(
  placed: readonly (readonly TimedFrame[])[],
  policy: string,
  variant = 'linux-5.18',
): Promise<readonly ImbalanceCause[]> {
  const inputs = placed.map((frames, m) => captureOf(`eth${m}`, frames));
  const options = { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true, local: [HERE], sides: { a: { policy, variant } } };
  const { lags } = await analyzeCheck(inputs, options, {});
  const found = lags[0].directions[0].balance.causes ?? [];
  expect(found.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-9);
  expect(found.map(({ share }) => share)).toEqual(found.map(({ share }) => share).sort((x, y) => y - x));
  return found;
}

async function placedCauses(
  flows: readonly TrafficFlow[],
  policy: string,
  members: number,
  variant = 'linux-5.18',
): Promise<readonly ImbalanceCause[]> {
  return causes(placeTraffic(flows, { policy, variant, members }), policy, variant);
}

describe('causes of an unevenness', () => {
  it('are chance for random flows', async () => {
    expect((await placedCauses(randomFlows(60, 5), 'layer3+4', 4)).map(({ cause }) => cause)).toEqual(['few-flows']);
  });

  it('name elephants', async () => {
    const large = tcpFlow({ src: [10, 0, 0, 1], dst: [10, 1, 0, 1], srcPort: 4711, dstPort: 443 }, 1500, { packets: 100, every: 0.01 });
    const [first] = await placedCauses([...randomFlows(60, 5), large], 'layer3+4', 4);
    expect(first).toMatchObject({ cause: 'elephants', text: '1 flow is larger than half an equal part' });
    expect(first.share).toBeGreaterThan(0.9);
  });

  it('name flows that the policy cannot tell apart', async () => {
    const [first] = await placedCauses(randomFlows(80, 7), 'layer2', 2);
    expect(first).toMatchObject({ cause: 'same-hash', text: 'layer2 tells 1 of 80 flows apart; the others stay together' });
    expect(first.share).toBeGreaterThan(0.9);
  });

  it('name the tunnel that hides them', async () => {
    const inside = (i: number): Uint8Array =>
      gre(0, 0x0800, [], ipv4(6, tcp(30_000 + i * 7, 443, new Uint8Array(60)), { src: [192, 168, 0, i] }));
    const flows = Array.from({ length: 80 }, (_, i) => ipFlow(47, { src: [10, 0, 0, 1], dst: [10, 0, 1, 1] }, inside(i)));
    const [first] = await placedCauses(flows, 'layer3+4', 2);
    expect(first).toMatchObject({ cause: 'tunnel', text: 'GRE carries its flows under 1 hash values' });
  });

  it('name ports of one parity', async () => {
    const flows = Array.from({ length: 24 }, (_, i) =>
      tcpFlow({ src: [10, 0, 0, 1], dst: [10, 0, 1, 1], srcPort: 38_912 + 2 * i, dstPort: 5201 }),
    );
    const [first] = await placedCauses(flows, 'layer3+4', 2, 'linux-3.17');
    expect(first).toMatchObject({ cause: 'even-ports' });
  });

  it('name frames that are not where the policy puts them', async () => {
    const [even, odd] = placeTraffic(randomFlows(120, 9), { policy: 'layer3+4', variant: 'linux-5.18', members: 2 });
    const isMoved = ({ frame }: TimedFrame): boolean => frame[35] % 3 === 0;
    const [first] = await causes([[...even, ...odd.filter(isMoved)], odd.filter((frame) => !isMoved(frame))], 'layer3+4');
    expect(first).toMatchObject({ cause: 'misplaced' });
  });
});
