/** Flows between stations that nothing ties to an end of the LAG. */
import { expect, it } from 'vitest';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeFlows } from '../../src/pipeline/analyze.ts';
import { UNPREDICTED_REASONS } from '../../src/hash/policy.ts';
import { ethernet, ipv4, tcp } from '../support/frame-builder.ts';
import { captureOf, lacpdu, type EndFields } from '../support/lacp-frames.ts';

const A: EndFields = { system: '02:a0:00:00:00:0a', state: 0x3d };
const B: EndFields = { system: '02:b0:00:00:00:0b', state: 0x3d };

it('have no direction, no prediction, and a reason of the document', async () => {
  const talk = [0, 1, 2].flatMap((second) => [
    { at: second, frame: lacpdu({ srcMac: '02:a0:00:00:00:01', actor: A, partner: B }) },
    { at: second + 0.1, frame: lacpdu({ srcMac: '02:b0:00:00:00:01', actor: B, partner: A }) },
  ]);
  const packet = ipv4(6, tcp(40_000, 443), { src: [10, 5, 0, 1], dst: [10, 6, 0, 2] });
  const data = [
    { at: 2.5, frame: ethernet(0x0800, packet, { src: A.system, dst: B.system }) },
    { at: 2.6, frame: ethernet(0x0800, packet, { src: '02:50:00:00:00:01', dst: '02:60:00:00:00:02' }) },
  ];
  const { document, flows } = await analyzeFlows([captureOf('eth0', [...talk, ...data])], DEFAULT_ANALYSIS_OPTIONS, {});
  const [lag] = document.lags;
  expect(lag.unassigned.packets).toBe(1);
  const list = flows(lag.id, { where: [{ field: 'mac', value: '02:50:00:00:00:01' }], sort: 'firstTime' });
  expect(list.total).toBe(1);
  const flow = list.at(0);
  expect(flow).toMatchObject({ from: null, to: null, verdict: 'unpredicted', predicted: null, reason: 'unknown-policy' });
  expect(UNPREDICTED_REASONS).toContain(flow.reason);
});
