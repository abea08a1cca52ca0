import { describe, expect, it } from 'vitest';
import {
  createFairSwitch,
  createRemainderSwitch,
  createTraffic,
  fieldsOf,
  seeded,
  type SwitchKind,
  type Variety,
} from '../support/generated-switch.ts';
import { readLearnedModel } from '../../src/hash/learned-model.ts';
import { learn, predictAll } from './learned-support.ts';

const TRAINING = 400;
const UNSEEN = 800;
/** All catalogued numbers over all keys are tried: seconds each, more beside other tests. */
const SEARCH_MS = 90_000;

function trial(kind: SwitchKind, members: number, variety: Variety, seed: number, noise = 0) {
  const random = seeded(seed);
  const next = createTraffic(random, variety);
  const training = Array.from({ length: TRAINING }, next);
  const unseen = Array.from({ length: UNSEEN }, next);
  const made = createFairSwitch(random, kind, members, training);
  const placed = training.map((flow) => (random() < noise ? Math.floor(random() * members) : made.place(flow)));
  const learned = learn(training.map(fieldsOf), placed, members, seed);
  let right = 0;
  let wrong = 0;
  if (learned.model !== null) {
    predictAll(learned.model, unseen.map(fieldsOf)).forEach(({ member }, i) => {
      if (member === made.place(unseen[i])) right++;
      else if (member >= 0) wrong++;
    });
  }
  return { learned, made, right: right / UNSEEN, wrong: wrong / UNSEEN };
}

describe('an unknown switch', () => {
  for (const kind of ['xor', 'crc16', 'crc32'] as const) {
    for (const members of [2, 4, 8]) {
      for (const variety of ['hosts', 'wild'] as const) {
        it(`is solved from ${TRAINING} flows: ${kind}, ${members} members, ${variety}`, () => {
          for (let seed = 1; seed <= (variety === 'wild' ? 1 : 2); seed++) {
            const { learned, made, right, wrong } = trial(kind, members, variety, seed * 1000 + members);
            expect(learned.kind, `${made.title}: ${learned.summary}`).toBe('linear');
            expect(right, made.title).toBeGreaterThanOrEqual(0.99);
            expect(wrong, made.title).toBeLessThan(0.005);
          }
        });
      }
    }
  }

  it('is solved although one observation in a hundred is wrong', () => {
    for (const members of [2, 4]) {
      const { learned, made, right } = trial('crc32', members, 'hosts', 31 + members, 0.01);
      expect(learned.kind, `${made.title}: ${learned.summary}`).toBe('linear');
      expect(right, made.title).toBeGreaterThanOrEqual(0.99);
    }
  });

  it('is solved where eight buckets are shared out over 3, 5 or 7 members', () => {
    for (const members of [3, 5, 7]) {
      const random = seeded(400 + members);
      const next = createTraffic(random, 'hosts');
      const [training, unseen] = [Array.from({ length: 900 }, next), Array.from({ length: UNSEEN }, next)];
      const made = createFairSwitch(random, 'crc16', 8, training);
      const place = (flow: (typeof training)[number]): number => made.place(flow) % members;
      const learned = learn(training.map(fieldsOf), training.map(place), members);
      expect(learned.kind, `${made.title}: ${learned.summary}`).toBe('linear');
      if (learned.model === null) throw new Error(learned.summary);
      const right = predictAll(learned.model, unseen.map(fieldsOf)).filter(({ member }, i) => member === place(unseen[i])).length;
      expect(right / UNSEEN, made.title).toBeGreaterThanOrEqual(0.99);
    }
  });

  it('is solved where a CRC is taken modulo 3, 5, 6 or 7', { timeout: SEARCH_MS }, () => {
    for (const members of [3, 5, 6, 7]) {
      const random = seeded(700 + members);
      const next = createTraffic(random, 'hosts');
      const [training, unseen] = [Array.from({ length: TRAINING }, next), Array.from({ length: UNSEEN }, next)];
      const made = createRemainderSwitch(random, members);
      const learned = learn(training.map(fieldsOf), training.map(made.place), members);
      expect(learned.summary, made.title).toContain(`remainder by ${members} of a`);
      if (learned.model === null) throw new Error(learned.summary);
      const read = readLearnedModel(JSON.parse(JSON.stringify(learned.model)));
      if (!read.ok) throw new Error(read.issue.reason);
      const placed = predictAll(read.value, unseen.map(fieldsOf));
      const right = placed.filter(({ member }, i) => member === made.place(unseen[i])).length;
      expect(right / UNSEEN, made.title).toBeGreaterThanOrEqual(0.99);
      expect(placed.filter(({ member }, i) => member >= 0 && member !== made.place(unseen[i])).length / UNSEEN, made.title).toBeLessThan(
        0.005,
      );
    }
  });

  it('is told to be keyed where no catalogued number is behind three members', { timeout: SEARCH_MS }, () => {
    const { learned } = trial('keyed', 3, 'hosts', 91);
    expect(['keyed', 'classes', 'undecided']).toContain(learned.kind);
  });

  it('is told by seen values where they are too few to show a function', () => {
    const random = seeded(9);
    const flows = Array.from({ length: TRAINING }, createTraffic(random, 'hosts'));
    const macs = [...new Set(flows.map((flow) => flow.srcMac))];
    const learned = learn(
      flows.map(fieldsOf),
      flows.map((flow) => [0, 1, 1, 0, 1, 0][macs.indexOf(flow.srcMac)]),
      2,
    );
    expect(learned.kind).toBe('classes');
    expect([...learned.roles].filter(([, role]) => role === 'used')).toEqual([['srcMac', 'used']]);
  });

  it('is told to be keyed where it is', { timeout: SEARCH_MS }, () => {
    for (const members of [2, 4, 8]) {
      for (let seed = 1; seed <= 2; seed++) {
        const { learned, made } = trial('keyed', members, 'hosts', seed * 77 + members);
        expect(['keyed', 'classes', 'undecided'], made.title).toContain(learned.kind);
        expect(learned.cases.every((one) => one.learned.kind !== 'linear')).toBe(true);
      }
    }
  });
});
