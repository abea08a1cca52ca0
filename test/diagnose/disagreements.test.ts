import { describe, expect, it } from 'vitest';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import type { AnalysisInput } from '../../src/pipeline/analyze.ts';
import { analyzeLacp } from '../../src/pipeline/analyze-lacp.ts';
import type { Disagreement } from '../../src/diagnose/disagreements.ts';
import { captureOf, lacpdu, type TimedFrame } from '../support/lacp-frames.ts';
import { memoryInput } from '../support/memory-input.ts';

/** Captures and texts here are generated: two members that are up from the start. */
const A = '02:00:00:00:00:0a';
const B = '02:00:00:00:00:0b';

const member = (m: number): TimedFrame[] =>
  Array.from({ length: 20 }, (_, at) => [
    {
      at,
      frame: lacpdu({
        srcMac: `02:0a:00:00:00:0${m}`,
        actor: { system: A, state: 0x3f, port: m },
        partner: { system: B, state: 0x3f, port: m },
      }),
    },
    {
      at: at + 0.1,
      frame: lacpdu({
        srcMac: `02:0b:00:00:00:0${m}`,
        actor: { system: B, state: 0x3f, port: m },
        partner: { system: A, state: 0x3f, port: m },
      }),
    },
  ]).flat();

interface Stated {
  readonly rate?: string;
  readonly partner?: string;
  readonly partnerKey?: number;
  readonly actorState?: number;
  readonly mode?: string;
}

function procText({
  rate = 'fast',
  partner = B,
  partnerKey = 15,
  actorState = 63,
  mode = 'IEEE 802.3ad Dynamic link aggregation',
}: Stated): AnalysisInput {
  const end = (name: string, system: string, key: number, port: number, state: number): string =>
    `details ${name} lacp pdu:\n    system priority: 65535\n    system mac address: ${system}\n    port key: ${key}\n    port priority: 255\n    port number: ${port}\n    port state: ${state}\n`;
  const text = `Ethernet Channel Bonding Driver: v6.1.0

Bonding Mode: ${mode}
Transmit Hash Policy: layer3+4 (1)
MII Status: up
MII Polling Interval (ms): 100

802.3ad info
LACP active: on
LACP rate: ${rate}
System priority: 65535
System MAC address: ${A}
Active Aggregator Info:
	Aggregator ID: 1
	Number of ports: 2
	Actor Key: 15
	Partner Key: ${partnerKey}
	Partner Mac Address: ${partner}

${[1, 2]
  .map(
    (m) =>
      `Slave Interface: eth${m}\nMII Status: up\nSpeed: 10000 Mbps\nDuplex: full\nLink Failure Count: 0\nPermanent HW addr: 02:0a:00:00:00:0${m}\nAggregator ID: 1\n${end('actor', A, 15, m, m === 1 ? actorState : 63)}${end('partner', partner, partnerKey, m, 63)}`,
  )
  .join('\n')}`;
  return memoryInput('bond0.txt', text);
}

async function disagreements(stated: Stated): Promise<readonly Disagreement[]> {
  const inputs = [captureOf('eth1', member(1)), captureOf('eth2', member(2)), procText(stated)];
  return (await analyzeLacp(inputs, DEFAULT_ANALYSIS_OPTIONS, {})).document.lags[0].disagreements ?? [];
}

const short = (list: readonly Disagreement[]): string[] =>
  list.map(({ member: name, what, stated, observed }) => `${name ?? 'all'} ${what}: ${stated}, not ${observed}`);

describe('state text against the captures', () => {
  it('says nothing where both agree', async () => {
    expect(await disagreements({})).toEqual([]);
  });

  it('names what the captures refute, with both values', async () => {
    expect(short(await disagreements({ rate: 'slow' }))).toEqual(['all LACP rate asked for: slow, not fast']);
    expect(short(await disagreements({ partnerKey: 21 }))).toEqual([
      'all partner key: 21, not 15',
      'eth1 partner key: 21, not 15',
      'eth2 partner key: 21, not 15',
    ]);
    expect(short(await disagreements({ partner: '02:00:00:00:00:0c' }))).toContain(
      'eth1 partner system: 02:00:00:00:00:0c, not 02:00:00:00:00:0b',
    );
    expect(short(await disagreements({ actorState: 0x07 }))).toEqual(['eth1 state: 0x07, not 0x3f']);
    expect(short(await disagreements({ mode: 'load balancing (xor)' }))).toContain('all mode: balance-xor, not LACPDUs of this end');
  });
});
