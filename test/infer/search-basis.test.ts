import { expect, it } from 'vitest';
import { findPolicy } from '../../src/hash/registry.ts';
import { sequenceSlices } from '../../src/infer/learn-buckets.ts';
import { finish } from '../../src/infer/rank-rules.ts';
import { searchBasis } from '../../src/infer/search-basis.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeCaptures } from '../../src/pipeline/analyze-captures.ts';
import { capturesOf } from '../support/generated-captures.ts';
import { createTraffic, fieldsOf, seeded, type GeneratedFlow } from '../support/generated-switch.ts';
import { hashPacket } from '../support/hash-packets.ts';
import { memberInputs } from '../support/memory-input.ts';

const BASIS = 0x5ead_beef;
const MEMBERS = 3;
const bucketOf = (flow: GeneratedFlow, basis: number): number => hashPacket(fieldsOf(flow), 'ovs-balance-tcp', 'crc', basis).hash & 0xff;

it('finds a basis of the CRC family that nobody would guess, or one that gives the same buckets', async () => {
  const random = seeded(3);
  const flows = Array.from({ length: 400 }, createTraffic(random, 'hosts'));
  const table = Array.from({ length: 256 }, () => Math.floor(random() * MEMBERS));
  const captures = capturesOf(
    flows.map((flow) => ({ flow, member: table[bucketOf(flow, BASIS)] })),
    MEMBERS,
    1,
  );
  const { lags } = await analyzeCaptures(memberInputs(captures), { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true }, {});
  const policy = findPolicy('ovs-balance-tcp');
  if (policy === null) throw new Error('no policy');
  const { asked, list } = lags[0].directions.reduce((x, y) => (x.list.length > y.list.length ? x : y));
  const slices = sequenceSlices(lags[0].flows, asked.isData);
  const found = finish(searchBasis(lags[0].flows, list, slices, [{ policy, variant: 'crc', basis: 0, logPrior: 0 }]));
  expect(found).toHaveLength(1);
  // Which half of the table is which, frames do not tell.
  const half = bucketOf(flows[0], found[0].basis) ^ bucketOf(flows[0], BASIS);
  expect([0, 0x80]).toContain(half);
  for (const flow of flows) expect(bucketOf(flow, found[0].basis) ^ half).toBe(bucketOf(flow, BASIS));
}, 120_000);
