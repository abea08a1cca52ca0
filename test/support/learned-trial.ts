/** One switch drawn from a seed, learned from some flows of it, and held against others that were not seen. */
import type { LearnedSwitch } from '../../src/infer/learned/learn-switch.ts';
import { learn, predictAll } from '../infer/learned-support.ts';
import { seeded } from './generated-switch.ts';
import { makeSwitch, type MadeForm, type MadeSwitch } from './made-switch.ts';
import { fieldsOfMade, makeTraffic, type MadeFlow, type MadeTraffic } from './made-traffic.ts';

export interface TrialRequest extends MadeForm {
  readonly members: number;
  readonly flows: number;
  readonly traffic: MadeTraffic;
  readonly seed: number;
  /** Share of the flows learned from that were seen on any member. */
  readonly noise?: number;
}

export interface Trial {
  readonly made: MadeSwitch;
  readonly learned: LearnedSwitch;
  /** Shares of the unseen flows; the rest is "cannot tell". */
  readonly right: number;
  readonly wrong: number;
}

const UNSEEN = 800;

export function runTrial({ members, flows, traffic, seed, noise = 0, ...form }: TrialRequest): Trial {
  const random = seeded(seed ^ 0x5bd1e995);
  const next = makeTraffic(random, traffic);
  const training = Array.from({ length: flows }, next);
  const unseen = Array.from({ length: UNSEEN }, next);
  const made = fairSwitch(form, members, seed, training);
  const placed = training.map((flow) => (random() < noise ? Math.floor(random() * members) : made.place(flow)));
  const learned = learn(training.map(fieldsOfMade), placed, members, seed);
  let right = 0;
  let wrong = 0;
  if (learned.model !== null)
    predictAll(learned.model, unseen.map(fieldsOfMade)).forEach(({ member }, i) => {
      if (member === made.place(unseen[i])) right++;
      else if (member >= 0) wrong++;
    });
  return { made, learned, right: right / UNSEEN, wrong: wrong / UNSEEN };
}

/** One that uses every member for this traffic. */
function fairSwitch(form: MadeForm, members: number, seed: number, flows: readonly MadeFlow[]): MadeSwitch {
  for (let n = 0; ; n++) {
    const made = makeSwitch(form, members, seed + n * 1_000_003);
    const counts = Array.from({ length: members }, () => 0);
    for (const flow of flows) counts[made.place(flow)]++;
    if (Math.min(...counts) > flows.length / members / 4) return made;
    if (n === 50) return made;
  }
}
