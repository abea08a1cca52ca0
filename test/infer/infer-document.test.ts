/** What `infer` says of senders that are made up: order, mode, what is open, and what a state text gets wrong. */
import { describe, expect, it } from 'vitest';
import { buildPcapHeader, buildPcapRecord, concatBytes } from '../support/capture-builder.ts';
import { capturesOf, frameOf } from '../support/generated-captures.ts';
import { createTraffic, fieldsOf, seeded, type GeneratedFlow } from '../support/generated-switch.ts';
import { hashPacket } from '../support/hash-packets.ts';
import { createTextBuffer } from '../../src/report/write-target.ts';
import { HYPOTHESIS_FIELDS, type InferReport } from '../../src/report/infer-rows.ts';
import { selectInDirections } from '../../src/report/select-in-directions.ts';
import { writeInferCsv, writeInferJsonLines, writeInferMarkdown } from '../../src/report/write-infer.ts';
import type { Direction, ResultDocument } from '../../src/report/document.ts';
import type { DirectionInference } from '../../src/report/infer-document.ts';
import { analyzeInfer } from '../../src/pipeline/analyze-infer.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { memberInputs } from '../support/memory-input.ts';

async function infer(captures: readonly Uint8Array<ArrayBuffer>[]): Promise<ResultDocument> {
  const inputs = memberInputs(captures);
  return (await analyzeInfer(inputs, { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true }, {})).document;
}

/** The direction in which all frames go. */
async function inferSender(captures: readonly Uint8Array<ArrayBuffer>[]): Promise<DirectionInference & Direction> {
  const { lags } = await infer(captures);
  return lags[0].directions.find((d) => d.totals.packets > 0) as unknown as DirectionInference & Direction;
}

/** Flows of one station to another: all in one direction. */
const traffic = (seed: number, count: number): GeneratedFlow[] =>
  Array.from({ length: count }, createTraffic(seeded(seed), 'hosts')).map((flow) => ({
    ...flow,
    srcMac: '02:00:00:00:00:11',
    dstMac: '02:00:00:00:00:22',
  }));

const byLayer34 =
  (order: readonly number[], variant = 'linux-5.18') =>
  (flow: GeneratedFlow): number =>
    order[hashPacket(fieldsOf(flow), 'layer3+4', variant, 0, order.length).hash % order.length];

const placed = (
  flows: readonly GeneratedFlow[],
  place: (flow: GeneratedFlow, i: number) => number,
): { flow: GeneratedFlow; member: number }[] => flows.map((flow, i) => ({ flow, member: place(flow, i) }));

/** Frames of these flows in turn, one each millisecond, with the member of the n-th frame. */
function framesInTurn(
  flows: readonly GeneratedFlow[],
  frames: number,
  memberOf: (n: number) => readonly number[],
  members: number,
): Uint8Array<ArrayBuffer>[] {
  const records: Uint8Array[][] = Array.from({ length: members }, () => []);
  for (let n = 0; n < frames; n++) {
    // Every frame differs, as sequence numbers make them: equal ones would be copies.
    const data = concatBytes(frameOf(flows[n % flows.length]), Uint8Array.of(n >> 8, n & 0xff));
    for (const member of memberOf(n))
      records[member].push(buildPcapRecord({ seconds: 1_700_000_000 + Math.floor(n / 1000), fraction: (n % 1000) * 1000, data }));
  }
  return records.map((list) => concatBytes(buildPcapHeader(), ...list));
}

describe('the rule of a sender that is made up', () => {
  it('is found with the order of its members, without LACPDUs', async () => {
    const order = [2, 0, 3, 1];
    const sender = await inferSender(capturesOf(placed(traffic(3, 300), byLayer34(order)), 4));
    expect(sender).toMatchObject({ mode: 'balance-xor', decided: true });
    expect(sender.hypotheses[0]).toMatchObject({ policy: 'layer3+4', members: order.map((m) => `port${m}`), untestedMembers: [] });
    expect(sender.hypotheses[0].agreement.flows).toEqual({ match: 300, total: 300 });
    expect(sender.equivalentModes).toContain('static');
  });

  it('is told by its version where versions differ', async () => {
    const sender = await inferSender(capturesOf(placed(traffic(4, 300), byLayer34([0, 1], 'linux-3.17')), 2));
    const [best] = sender.hypotheses;
    const variants = [best, ...best.equivalent].filter((rule) => rule.policy === 'layer3+4').map((rule) => rule.variant);
    expect(variants).toContain('linux-3.17');
    expect(variants).not.toContain('linux-5.18');
  });

  it('is left open by three flows, and what would decide is said', async () => {
    const sender = await inferSender(capturesOf(placed(traffic(5, 3), byLayer34([1, 0])), 2));
    expect(sender.decided).toBe(false);
    expect(sender.needs).not.toBe('');
  });

  it('is none of those known where flows are placed by a key', async () => {
    const random = seeded(99);
    const sender = await inferSender(
      capturesOf(
        placed(traffic(6, 300), () => Math.floor(random() * 2)),
        2,
        5,
      ),
    );
    expect(sender).toMatchObject({ mode: 'static', decided: false });
    expect(sender.unexplained).toBeGreaterThan(0.5);
    // A host whose sockets choose looks the same: encap3+4 predicts none of these flows.
    expect(sender.hypotheses[0].agreement.flows.total).toBe(0);
  });
});

describe('modes that place by no hash', () => {
  const flows = traffic(8, 12);

  it('balance-rr, also several frames at a time', async () => {
    for (const run of [1, 4]) {
      const sender = await inferSender(framesInTurn(flows.slice(0, 11), 900, (n) => [Math.floor(n / run) % 3], 3));
      expect(sender).toMatchObject({ mode: 'balance-rr', decided: true, equivalentModes: [] });
      expect(sender.hypotheses[0]).toMatchObject({ policy: 'balance-rr', members: ['port0', 'port1', 'port2'] });
      expect(sender.policy).toMatchObject({ id: 'balance-rr', source: 'inferred', confidence: 0.99, variant: null });
      expect(sender.unpredicted).toMatchObject([{ reason: 'unknown-policy', packets: 900 }]);
      if (run > 1) expect(sender.modeEvidence.join()).toContain('4 frames at a time');
    }
  });

  it('frames drawn by chance are no balance-rr, but look like its random form', async () => {
    const random = seeded(12);
    const sender = await inferSender(framesInTurn(flows.slice(0, 11), 900, () => [Math.floor(random() * 3)], 3));
    expect(sender).toMatchObject({ mode: 'unknown', equivalentModes: ['balance-rr'], decided: false });
    expect(sender.policy.id).toBeNull();
  });

  it('active-backup through a failover: every rule places that alike, so none is decided', async () => {
    const sender = await inferSender(framesInTurn(flows, 900, (n) => [n < 500 ? 1 : 0], 2));
    expect(sender).toMatchObject({ mode: 'active-backup', decided: false });
    expect(sender.hypotheses[0].equivalent.map(({ policy }) => policy)).toEqual(expect.arrayContaining(['layer2', 'layer3+4']));
    expect(sender.needs).toContain('second member');
  });
});

describe('the writers of infer', () => {
  it('write one hypothesis a line', async () => {
    const document = await infer(capturesOf(placed(traffic(3, 200), byLayer34([0, 1])), 2));
    const count = document.lags.flatMap((lag) => lag.directions).reduce((sum, d) => sum + Math.max(d.hypotheses?.length ?? 0, 1), 0);
    const rows = selectInDirections({}, ({ hypotheses }) => hypotheses ?? [], HYPOTHESIS_FIELDS);
    const text = (write: (of: InferReport, target: ReturnType<typeof createTextBuffer>) => void): string[] => {
      const target = createTextBuffer();
      write({ document, rows }, target);
      return target.text().trimEnd().split('\n');
    };
    expect(text(writeInferJsonLines)).toHaveLength(count);
    expect(text(writeInferCsv)).toHaveLength(count + 1);
    expect(text(writeInferMarkdown).join('\n')).toContain('layer3+4');
  });
});
