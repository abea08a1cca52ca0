/** Two LAGs in a row whose hashes are alike, or not: what `balance/polarised` says of them. Generated traffic, known formulas. */
import { describe, expect, it } from 'vitest';
import { analyzeCheck } from '../../src/pipeline/analyze-check.ts';
import { DEFAULT_ANALYSIS_OPTIONS, type AnalysisOptions } from '../../src/pipeline/analysis-options.ts';
import type { Finding } from '../../src/report/document.ts';
import { randomFlows, tcpFlow, type Rule, type TrafficFlow } from '../support/lag-traffic.ts';
import { memoryInput } from '../support/memory-input.ts';
import { tierCaptures, type Placer } from '../support/tier-captures.ts';

const VARIANT = 'linux-5.18';

const linux = (policy: string, members: number, variant = VARIANT): Rule => ({ policy, variant, members });

async function polarised(
  flows: readonly TrafficFlow[],
  first: Placer,
  second: Placer,
  reaches?: readonly number[],
  sender: AnalysisOptions['sender'] = {},
): Promise<readonly Finding[]> {
  const options = { ...DEFAULT_ANALYSIS_OPTIONS, sender };
  const { findings, lags } = await analyzeCheck(tierCaptures(flows, first, second, reaches), options, {});
  expect(lags).toHaveLength(2);
  return findings.filter(({ id, detail }) => id === 'balance/polarised' && detail.includes('before, and the member here'));
}

describe('two LAGs in a row', () => {
  it('are told where both hash alike, with the flows and another policy', async () => {
    const found = await polarised(randomFlows(400, 11), linux('layer3+4', 2), linux('layer3+4', 2));
    expect(found).toHaveLength(1);
    const [finding] = found;
    expect(finding).toMatchObject({ severity: 'warn', members: ['uplink1', 'uplink2'] });
    expect(finding.detail).toMatch(/from host1\).*from host2\)/);
    expect(finding.detail).toContain('1.00 of 1.00 bits');
    expect(finding.detail).toContain('hashes by layer3+4 too');
    expect(finding.detail).toMatch(/With \S+ here 0\.0\d bits/);
    expect(finding.evidence.map(({ note }) => note)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/on host1 of lag\d, then on uplink1/),
        expect.stringMatching(/on host2 of lag\d, then on uplink2/),
      ]),
    );
    expect(finding.fix.length).toBeGreaterThan(0);
  });

  it('are told where numbers of members share a factor, and left alone where they share none', async () => {
    const flows = randomFlows(600, 12);
    expect(await polarised(flows, linux('layer3+4', 4), linux('layer3+4', 2))).toHaveLength(1);
    expect(await polarised(flows, linux('layer3+4', 2), linux('layer3+4', 4))).toHaveLength(1);
    expect(await polarised(flows, linux('layer3+4', 3), linux('layer3+4', 2))).toHaveLength(0);
  });

  it('are left alone where the second hashes by other bits', async () => {
    const flows = randomFlows(400, 13);
    expect(await polarised(flows, linux('layer3+4', 2), linux('layer2+3', 2))).toHaveLength(0);
    expect(await polarised(flows, linux('layer3+4', 2), { policy: 'ovs-balance-tcp', variant: 'portable', members: 2 })).toHaveLength(0);
  });

  it('are told by what was seen where the rule that is given places nothing', async () => {
    // A keyed hash of a vendor; the policy that is named is wrong.
    const keyed = (multiplier: number) => ({ members: 2, place: (flow: number): number => (Math.imul(flow + 1, multiplier) >>> 17) & 1 });
    const given = { policy: 'layer3+4', variant: VARIANT };
    const flows = randomFlows(400, 14);
    const same = await polarised(flows, keyed(0x9e3779b1), keyed(0x9e3779b1), undefined, given);
    expect(same.map(({ detail }) => detail.includes('is not known'))).toEqual([true]);
    expect(await polarised(flows, keyed(0x9e3779b1), keyed(0x85ebca6b), undefined, given)).toHaveLength(0);
  });

  it('are told where one member of the first alone comes to the second, by the flows of the others', async () => {
    const found = await polarised(randomFlows(600, 15), linux('layer3+4', 2), linux('layer3+4', 2), [0]);
    // All on one member: nothing shows the rule of the second sender.
    expect(found).toHaveLength(0);
    const four = await polarised(randomFlows(900, 15), linux('layer3+4', 2), linux('layer3+4', 4), [0]);
    expect(four.map(({ detail }) => detail.includes('stays empty'))).toEqual([true]);
  });

  it('say nothing of few stations, whose flows stay together', async () => {
    const flows = randomFlows(400, 16).map((_, i) =>
      tcpFlow({ src: [10, 0, 0, 1 + (i % 6)], dst: [10, 1, 0, 1], srcPort: 20_000 + 7 * i, dstPort: 443 }),
    );
    expect(await polarised(flows, linux('layer2+3', 2), linux('layer2+3', 2))).toHaveLength(0);
  });

  it('name the bond of a state text that hashes as the flows of the second were picked', async () => {
    const four = linux('layer3+4', 4);
    const uplinks = tierCaptures(randomFlows(900, 15), linux('layer3+4', 2), four, [0]).filter(({ path }) => path.startsWith('uplink'));
    const member = (name: string, last: string): string =>
      `\nSlave Interface: ${name}\nMII Status: up\nSpeed: 10000 Mbps\nDuplex: full\nPermanent HW addr: 02:a0:00:00:00:${last}\n`;
    const text =
      'Ethernet Channel Bonding Driver: v6.1.0\n\nBonding Mode: IEEE 802.3ad Dynamic link aggregation\n' +
      `Transmit Hash Policy: layer3+4 (1)\nMII Status: up\n${member('ens1', '0a')}${member('ens2', '1a')}`;
    const { findings } = await analyzeCheck([...uplinks, memoryInput('host-bond0.txt', text)], DEFAULT_ANALYSIS_OPTIONS, {});
    const found = findings.filter(({ id }) => id === 'balance/polarised');
    expect(found).toHaveLength(1);
    expect(found[0].detail).toMatch(/layer3\+4 .* is divided by 2, and .* of host-bond0.txt hashes so over 2 members/);
  });
});
