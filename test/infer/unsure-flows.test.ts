import { expect, test } from 'vitest';
import { reasonCode } from '../../src/hash/policy.ts';
import type { Observation } from '../../src/infer/observe.ts';
import { scoreRule } from '../../src/infer/score-rule.ts';
import { oddsOfSocketFlows } from '../../src/infer/unsure-flows.ts';

const FLOWS = 300;
const MEMBERS = 3;
const hash = Uint32Array.from({ length: FLOWS }, (_, i) => Math.imul(i, 2654435761) >>> 0);
const reason = new Uint8Array(FLOWS).fill(reasonCode('socket-hash'));
const order = [1, 0, 2];

/** Flows of which one in `oneIn` is where its socket's own hash put it, the others where the formula does. */
function odds(oneIn: number): number {
  const member = Int16Array.from(hash, (value, i) => (i % oneIn === 0 ? Math.floor(i / oneIn) % MEMBERS : order[value % MEMBERS]));
  return oddsOfSocketFlows({ member } as unknown as Observation, hash, reason, order);
}

test('flows that follow the formula speak for it though a socket could have given them its own hash', () => {
  const sure = FLOWS * Math.log(MEMBERS);
  expect(odds(FLOWS)).toBeGreaterThan(sure - 20);
  // Every share of sockets is as likely: the rule with a single way to be right keeps its lead.
  expect(odds(FLOWS)).toBeLessThan(sure - 3);
  expect(odds(4)).toBeGreaterThan(50);
});

test('no number of flows makes up for the second way to be right', () => {
  const many = 20_000;
  const hashes = Uint32Array.from({ length: many }, (_, i) => Math.imul(i, 2654435761) >>> 0);
  const member = Int16Array.from(hashes, (value) => order[value % MEMBERS]);
  const seen = {
    member,
    packets: new Uint32Array(many * MEMBERS),
    kind: new Uint32Array(many),
    members: order,
    flows: { memberCount: MEMBERS },
  };
  const observation = seen as unknown as Observation;
  const unsure = oddsOfSocketFlows(observation, hashes, new Uint8Array(many).fill(reasonCode('socket-hash')), order);
  expect(unsure).toBeLessThan(scoreRule(observation, { group: hashes, predicted: member }).logOdds - 3);
});

test('flows of sockets say next to nothing', () => {
  expect(odds(1)).toBeLessThan(1);
  expect(odds(1)).toBeGreaterThan(-1);
});
