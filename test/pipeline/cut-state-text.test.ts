/** A state text that was cut short lists the first members only. Generated: a balance-xor bond without LACPDUs. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeFlows } from '../../src/pipeline/analyze.ts';
import type { Lag } from '../../src/report/document.ts';
import { captureOf } from '../support/lacp-frames.ts';
import { HERE, placeTraffic, tcpFlow } from '../support/lag-traffic.ts';
import { memoryInput } from '../support/memory-input.ts';

const member = (name: string, last: string): string => `
Slave Interface: ${name}
MII Status: up
Speed: 10000 Mbps
Duplex: full
Link Failure Count: 0
Permanent HW addr: ${HERE.slice(0, -2)}${last}
Slave queue ID: 0
`;
const TEXT = `Ethernet Channel Bonding Driver: v6.1.0-56-amd64

Bonding Mode: load balancing (xor)
Transmit Hash Policy: layer3+4 (1)
MII Status: up
MII Polling Interval (ms): 100
${member('eth0', '0a')}${member('eth1', '1a')}${member('eth2', '2a')}`;

async function analyze(text: string): Promise<Lag> {
  const flows = Array.from({ length: 300 }, (_, n) =>
    tcpFlow({ src: [10, 0, n >> 6, n & 63], dst: [10, 9, 0, 1], srcPort: 20_000 + ((n * 7919) % 40_000), dstPort: 443 }, 100, {
      packets: 3,
      from: 1 + n / 100,
    }),
  );
  const placed = placeTraffic(flows, { policy: 'layer3+4', variant: 'linux-5.18', members: 3 });
  const inputs = [...placed.map((frames, m) => captureOf(`eth${m}`, frames)), memoryInput('bond0.txt', text)];
  const { document } = await analyzeFlows(inputs, { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true, local: [HERE] }, {});
  return document.lags[0];
}

describe('a state text that was cut short', () => {
  // After the first member; within the name of the second, of the third; behind the name of the third.
  it.each([['Slave Interface: eth1'], ['th1\nMII'], ['th2\nMII'], ['MII Status: up\nSpeed: 10000 Mbps\nDuplex: full\n', 3]])(
    'names no order of members that it does not list: cut at %j',
    async (at, part = 1) => {
      const text = TEXT.split(at).slice(0, part).join(at);
      const lag = await analyze(text);
      const [direction] = lag.directions;
      expect(lag.members.map(({ name }) => name)).toEqual(['eth0', 'eth1', 'eth2']);
      expect(direction.policy).toMatchObject({ id: 'layer3+4', source: 'state', members: ['eth0', 'eth1', 'eth2'] });
      expect(direction.agreement.packets).toEqual({ match: 900, total: 900 });
    },
  );
});
