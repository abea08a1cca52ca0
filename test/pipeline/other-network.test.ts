/** A capture of another network among those of a LAG. Generated. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeFlows } from '../../src/pipeline/analyze.ts';
import type { ResultDocument } from '../../src/report/document.ts';
import { captureOf, lacpdu, type TimedFrame } from '../support/lacp-frames.ts';
import { HERE, tcpFlow, THERE } from '../support/lag-traffic.ts';

const AT = (system: string, m: number) => ({ system, state: 0x3f, port: m + 1 });

/** Ten frames each way between two stations. */
function conversation(here: string, there: string, port: number): TimedFrame[] {
  const [src, dst] = [[10, 0, 0, 1] as const, [10, 0, 0, 2] as const];
  return Array.from({ length: 10 }, (_, s) => [
    { at: s + 0.2, frame: tcpFlow({ src, dst, srcPort: port + s, dstPort: 80, srcMac: here, dstMac: there }).frame },
    { at: s + 0.3, frame: tcpFlow({ src: dst, dst: src, srcPort: 80, dstPort: port + s, srcMac: there, dstMac: here }).frame },
  ]).flat();
}

function member(m: number): TimedFrame[] {
  const pdus = Array.from({ length: 10 }, (_, s) => [
    { at: s, frame: lacpdu({ srcMac: `02:a0:00:00:01:0${m}`, actor: AT(HERE, m), partner: AT(THERE, m) }) },
    { at: s + 0.1, frame: lacpdu({ srcMac: `02:b0:00:00:02:0${m}`, actor: AT(THERE, m), partner: AT(HERE, m) }) },
  ]);
  return [...pdus.flat(), ...conversation(HERE, THERE, 4000 + 100 * m)];
}

async function analyze(third: readonly TimedFrame[]): Promise<ResultDocument> {
  const inputs = [captureOf('eth0', member(0)), captureOf('eth1', member(1)), captureOf('lan3', third)];
  return (await analyzeFlows(inputs, DEFAULT_ANALYSIS_OPTIONS, {})).document;
}

const names = ({ lags }: ResultDocument): string[] => lags[0].members.map(({ name }) => name);

describe('a capture without LACPDUs beside a LAG with them', () => {
  it('is of no LAG where all its stations are others', async () => {
    const document = await analyze(conversation('02:cc:00:00:00:01', '02:cc:00:00:00:02', 5000));
    expect(names(document)).toEqual(['eth0', 'eth1']);
    expect(document.outside.packets).toBe(20);
    expect(document.lags[0].unassigned.packets).toBe(0);
  });

  it('is a member where one of its stations is of the LAG, or where it shows none', async () => {
    expect(names(await analyze(conversation(HERE, '02:cc:00:00:00:02', 5000)))).toContain('lan3');
    expect(names(await analyze([]))).toContain('lan3');
  });
});
