import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyzeCheck } from '../../src/pipeline/analyze-check.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import type { Finding } from '../../src/report/document.ts';
import { memoryInput } from '../support/memory-input.ts';

/** Findings of a text alone, without any capture. */
async function checkText(text: string): Promise<readonly Finding[]> {
  return (await analyzeCheck([memoryInput('bond0.txt', text)], DEFAULT_ANALYSIS_OPTIONS, {})).findings;
}

const bondText = (partner: string, aggregator: number, failures: number): string => `Ethernet Channel Bonding Driver: v6.1.0

Bonding Mode: IEEE 802.3ad Dynamic link aggregation
Transmit Hash Policy: layer3+4 (1)
MII Status: up
MII Polling Interval (ms): 100

802.3ad info
LACP active: on
LACP rate: fast
Active Aggregator Info:
	Aggregator ID: 1
	Number of ports: 2
	Actor Key: 15
	Partner Key: 15
	Partner Mac Address: ${partner}

Slave Interface: eth0
MII Status: up
Speed: 10000 Mbps
Duplex: full
Link Failure Count: 0
Permanent HW addr: 02:0a:00:00:00:00
Aggregator ID: 1

Slave Interface: eth1
MII Status: up
Speed: 10000 Mbps
Duplex: full
Link Failure Count: ${failures}
Permanent HW addr: 02:0a:00:00:00:01
Aggregator ID: ${aggregator}
`;

const ids = (findings: readonly Finding[]): string[] => findings.map(({ id, members }) => `${id} ${members.join(' ')}`);

describe('findings of a state text alone', () => {
  it('are none for a bond in order', async () => {
    expect(await checkText(bondText('02:00:00:00:00:0b', 1, 0))).toEqual([]);
  });

  it('name a partner of zeros, another aggregator, lost links', async () => {
    expect(ids(await checkText(bondText('00:00:00:00:00:00', 1, 0)))).toEqual(['lacp/no-partner eth0 eth1']);
    const [finding] = await checkText(bondText('02:00:00:00:00:0b', 2, 0));
    expect(finding).toMatchObject({ id: 'bond/aggregator-mismatch', members: ['eth1'], lag: null });
    expect(ids(await checkText(bondText('02:00:00:00:00:0b', 1, 3)))).toEqual(['bond/link-failures eth1']);
  });

  it('are read from a log of the driver', async () => {
    const log = readFileSync(new URL('../fixtures/state/kernel-log--dmesg.txt', import.meta.url), 'utf8');
    const findings = await checkText(log);
    expect(findings.map(({ id, severity }) => `${severity} ${id}`)).toEqual([
      'error lacp/no-partner',
      'warn bond/failover',
      'warn bond/no-link-speed',
    ]);
    for (const { title, detail } of findings) expect(`${title} ${detail}`).not.toMatch(/\{\w+\}|undefined|NaN/);
    expect(findings[1].title).toBe('enp0s5 went out of use');
  });

  it('have no open placeholder', async () => {
    const text = 'auto bond0\niface bond0 inet manual\n    address 10.0.0.1/24\n    bond-slaves eth0 eth1\n    bond-mode 802.3ad\n';
    const findings = [...(await checkText(text)), ...(await checkText(bondText('00:00:00:00:00:00', 1, 4)))];
    expect(findings.length).toBeGreaterThan(2);
    for (const { title, detail } of findings) expect(`${title} ${detail}`).not.toMatch(/\{\w+\}|undefined|NaN/);
  });
});
