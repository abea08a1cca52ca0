/** Members that only a state text lists: they count for the end that the text describes, and only if it is an end of the LAG. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeCaptures } from '../../src/pipeline/analyze-captures.ts';
import type { Lag } from '../../src/report/document.ts';
import { memoryInput } from '../support/memory-input.ts';

const FOLDER = new URL('../../samples/healthy-layer34/', import.meta.url);
const CAPTURES = ['host-enp0s4.pcap', 'host-enp0s5.pcap', 'host-enp0s6.pcap'];
const TEXT = readFileSync(new URL('host-bond0-after.txt', FOLDER), 'utf8');

/** A port the text lists beside the captured ones. */
const MORE = `
Slave Interface: eno9
MII Status: up
Speed: 10000 Mbps
Duplex: full
Link Failure Count: 0
Permanent HW addr: 0c:42:a1:5e:90:19
Slave queue ID: 0
`;

async function analyze(text: string): Promise<Lag> {
  const captures = CAPTURES.map((path) => memoryInput(path, new Uint8Array(readFileSync(new URL(path, FOLDER)))));
  const inputs = [...captures, memoryInput('bond.txt', text)];
  return (await analyzeCaptures(inputs, DEFAULT_ANALYSIS_OPTIONS, {})).document.lags[0];
}

/** The same text with the addresses of another host. */
const moved = (text: string): string =>
  text.replace(/[0-9a-f]{2}(:[0-9a-f]{2}){5}/g, (mac) => (mac.startsWith('d4:') || mac.startsWith('00:00') ? mac : `7e:0f${mac.slice(5)}`));

/** A text of the other end: its ports are the partners of the captured ones. */
function ofPartner(text: string): string {
  const names = ['swp3', 'swp1', 'swp2'];
  const macs = ['d4:c1:9e:44:10:23', 'd4:c1:9e:44:10:21', 'd4:c1:9e:44:10:22'];
  let port = -1;
  return text
    .replace('layer3+4 (1)', 'layer2+3 (2)')
    .split(/(?=Slave Interface)/)
    .map((part) => {
      if (!part.startsWith('Slave')) return part.replace(/System MAC address: .*/, `System MAC address: ${macs[1]}`);
      port++;
      const [own] = part.split('details actor');
      return own.replace(/Interface: .*/, `Interface: ${names[port]}`).replace(/Permanent HW addr: .*/, `Permanent HW addr: ${macs[port]}`);
    })
    .join('');
}

const matchOf = (lag: Lag): number[] => lag.directions.map(({ agreement }) => agreement.flows.match).sort((x, y) => x - y);

describe('members that nobody captured', () => {
  it('are members where the text is of this end', async () => {
    const lag = await analyze(TEXT + MORE);
    expect(lag.members.map(({ name }) => name)).toContain('eno9');
  });

  it('are none where the text is of another host with the same interface names', async () => {
    const lag = await analyze(moved(TEXT) + MORE);
    expect(lag.members.map(({ name }) => name)).not.toContain('eno9');
    expect(matchOf(lag)).toEqual(matchOf(await analyze(TEXT)));
  });

  it('leave the policy to the frames where the text is of another host', async () => {
    const lag = await analyze(moved(TEXT).replace('layer3+4 (1)', 'layer2 (0)'));
    expect(lag.directions.map(({ policy }) => policy.source)).toEqual(['inferred', 'inferred']);
    expect(matchOf(lag)).toEqual(matchOf(await analyze(TEXT)));
  });

  it('of the other end do not count for this one, where the frames say so', async () => {
    const lag = await analyze(ofPartner(TEXT) + MORE);
    expect(lag.members.map(({ name }) => name)).toContain('eno9');
    expect(new Set(lag.directions.map(({ policy }) => policy.id))).toEqual(new Set(['layer2+3', 'layer3+4']));
    expect(matchOf(lag)).toEqual(matchOf(await analyze(TEXT)));
  });
});

describe('a member that was taken out before the text was made', () => {
  it.each([0, 1, 2])('keeps its place in the order that the port numbers tell (the one at place %d)', async (place) => {
    const parts = TEXT.split(/(?=Slave Interface)/);
    const lag = await analyze(parts.filter((_, i) => i !== place + 1).join(''));
    for (const { policy, agreement } of lag.directions) {
      expect(policy.members).toHaveLength(3);
      expect(agreement.flows.match).toBe(agreement.flows.total);
    }
  });
});
