/** Tables of teamd's balancer: learned where hash values move in rounds, and taken for nothing else that moves. */
import { describe, expect, it } from 'vitest';
import { buildPcapHeader, buildPcapRecord, concatBytes } from '../support/capture-builder.ts';
import { frameOf } from '../support/generated-captures.ts';
import { createTraffic, fieldsOf, seeded, type GeneratedFlow } from '../support/generated-switch.ts';
import { hashPacket } from '../support/hash-packets.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeInfer } from '../../src/pipeline/analyze-infer.ts';
import type { Direction } from '../../src/report/document.ts';
import type { DirectionInference } from '../../src/report/infer-document.ts';

const STEP_MS = 4;

/** Frames of the flows in turn, one each four milliseconds, on the member that `place` names for the n-th frame. */
async function inferPlaced(
  flows: readonly GeneratedFlow[],
  frames: number,
  place: (flow: GeneratedFlow, n: number) => number,
  members = 2,
): Promise<DirectionInference & Direction> {
  const records: Uint8Array[][] = Array.from({ length: members }, () => []);
  for (let n = 0; n < frames; n++) {
    const flow = flows[n % flows.length];
    const ms = n * STEP_MS;
    // Every frame differs: equal ones would be copies.
    const data = concatBytes(frameOf(flow), Uint8Array.of(n >> 8, n & 0xff));
    records[place(flow, n)].push(buildPcapRecord({ seconds: 1_700_000_000 + Math.floor(ms / 1000), fraction: (ms % 1000) * 1000, data }));
  }
  const inputs = records.map((list, m) => {
    const bytes = concatBytes(buildPcapHeader(), ...list);
    const path = `port${m}.pcap`;
    const source = {
      path,
      size: bytes.length,
      rereadable: true,
      async *chunks() {
        yield bytes;
      },
    };
    return { path, memberName: `port${m}`, source };
  });
  const { document } = await analyzeInfer(inputs, { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true }, {});
  return document.lags[0].directions.find((d) => d.totals.packets > 0) as unknown as DirectionInference & Direction;
}

const traffic = (seed: number, count: number): GeneratedFlow[] =>
  Array.from({ length: count }, createTraffic(seeded(seed), 'hosts')).map((flow) => ({
    ...flow,
    srcMac: '02:00:00:00:00:11',
    dstMac: '02:00:00:00:00:22',
  }));

const policiesOf = ({ hypotheses }: DirectionInference): string[] =>
  hypotheses.filter(({ probability }) => probability > 0.05).map(({ policy }) => policy);

describe("the table of a team's balancer", () => {
  it('is learned where hash values move in rounds', async () => {
    const random = seeded(31);
    const flows = traffic(31, 700);
    const frames = 4200;
    const roundMs = 5000;
    const rounds = Math.ceil((frames * STEP_MS) / roundMs);
    let table = Array.from({ length: 256 }, () => Math.floor(random() * 2));
    const tables = Array.from({ length: rounds }, (_, r) => {
      if (r > 0) table = table.map((member) => (random() < 0.06 ? 1 - member : member));
      return table;
    });
    const place = (flow: GeneratedFlow, n: number): number =>
      tables[Math.floor((n * STEP_MS) / roundMs)][hashPacket(fieldsOf(flow), 'teamd', 'ip,l4').hash & 0xff];
    const sender = await inferPlaced(flows, frames, place);
    // Between one pair of addresses their part of the hash is the same for all: the variants differ by it alone.
    expect(sender.hypotheses[0].policy).toBe('teamd');
    expect(['ip,l4', 'eth,ip,l4']).toContain(sender.hypotheses[0].variant);
    expect(sender.decided).toBe(true);
    expect(sender.policy.id).toBe('teamd');
  });

  it.each([0.2, 0.5, 0.8])('is not seen in a failover after %d of the time', async (share) => {
    const frames = 1500;
    const sender = await inferPlaced(traffic(32, 120), frames, (_, n) => (n < share * frames ? 0 : 1));
    for (const policy of ['teamd', 'ovs-balance-tcp', 'ovs-balance-slb']) {
      expect(policiesOf(sender)).not.toContain(policy);
      expect(sender.policy.id).not.toBe(policy);
    }
  });

  it('is not seen in a failover and the way back', async () => {
    const sender = await inferPlaced(traffic(33, 120), 1800, (_, n) => (n >= 600 && n < 1100 ? 1 : 0));
    expect(policiesOf(sender)).not.toContain('teamd');
    expect(sender.policy.id).not.toBe('teamd');
  });

  it('is not seen in balance-rr with four frames per member', async () => {
    const sender = await inferPlaced(traffic(34, 113), 1500, (_, n) => Math.floor(n / 4) % 2);
    expect(policiesOf(sender)).not.toContain('teamd');
    expect(sender).toMatchObject({ mode: 'balance-rr', policy: { id: 'balance-rr' } });
  });
});
