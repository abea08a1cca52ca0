import { expect, it } from 'vitest';
import { findPolicy } from '../../src/hash/registry.ts';
import { FIELD_SETS } from '../../src/infer/field-sets.ts';
import type { Observation } from '../../src/infer/observe.ts';
import { rankCandidates } from '../../src/infer/rank-rules.ts';
import type { Candidate } from '../../src/infer/rule-source.ts';

const MEMBERS = Int16Array.from([0, 1, 0, 1]);
const SEEN = {
  flows: { memberCount: 2 },
  members: [0, 1],
  member: MEMBERS,
  sample: Uint32Array.from(MEMBERS.keys()),
  fields: FIELD_SETS.map(() => Uint32Array.from(MEMBERS.keys())),
} as unknown as Observation;

function candidate(variant: string, sorted: readonly number[]): Candidate {
  const policy = findPolicy('ovs-balance-slb');
  if (policy === null) throw new Error('no policy');
  return {
    hypothesis: { policy, variant, basis: 0, logPrior: Math.log(variant === 'crc' ? 0.1 : 0.2) },
    order: [0, 1],
    untested: [],
    logOdds: 2,
    predicted: MEMBERS,
    flows: { match: 4, total: 4 },
    packets: { match: 4, total: 4 },
    tests: 0,
    learned: true,
    sorted: Int16Array.from(sorted),
  };
}

it('lists bucket functions that sort the flows alike as equivalent, and others apart', () => {
  const alike = rankCandidates([candidate('crc', [0, 1, 2, 3]), candidate('portable', [0, 1, 2, 3])], SEEN, { familyPrior: {} });
  expect(alike.rules.map(({ best, equivalent }) => [best.hypothesis.variant, equivalent.map(({ variant }) => variant)])).toEqual([
    ['portable', ['crc']],
  ]);
  const apart = rankCandidates([candidate('crc', [0, 1, 0, 1]), candidate('portable', [0, 1, 2, 3])], SEEN, { familyPrior: {} });
  expect(apart.rules).toHaveLength(2);
});
