/** From observed flows to rows of field bits. */
import { hashFlows } from '../../flows/hash-flows.ts';
import { FIELD_WORDS, MISSING_HEADERS, MISSING_PORTS, readFieldWords } from '../../hash/learned-fields.ts';
import type { HashPolicy } from '../../hash/policy.ts';
import type { Observation } from '../observe.ts';
import type { FieldRows } from './field-sets.ts';
import { learnSwitch, type LearnedSwitch } from './learn-switch.ts';

/** Share of a flow's packets on its member below which it moved. */
const MOVED = 0.95;
/** A flow of fewer packets shows nothing of its stability. */
const LEAST_PACKETS = 2;
/** Flows learned from, at most: more only say the same again. */
const MAX_FLOWS = 6000;
/** Seed of the choice of flows kept back: the same capture gives the same model. */
const SEED = 1;

/** Learns the sender of an observation; `names` of its members by index of the LAG. */
export function* learnObservation(seen: Observation, names: readonly string[]): Generator<null, LearnedSwitch> {
  const { members, sample, packets } = seen;
  const { memberCount } = seen.flows;
  const place = new Int16Array(memberCount).fill(-1);
  members.forEach((m, i) => {
    place[m] = i;
  });
  const all = readRows(seen);
  const words = new Uint32Array(all.words.length);
  const member = new Uint8Array(sample.length);
  let count = 0;
  let tested = 0;
  let moved = 0;
  const step = Math.max(1, sample.length / MAX_FLOWS);
  for (let at = 0; at < sample.length; at += step) {
    const i = Math.floor(at);
    const own = packets[i * memberCount + seen.member[i]];
    let sum = 0;
    for (let m = 0; m < memberCount; m++) sum += packets[i * memberCount + m];
    if (sum >= LEAST_PACKETS) tested++;
    if (own < sum * MOVED) {
      moved++;
      continue;
    }
    // What the snap length cut, the switch saw: such rows would lie.
    if ((all.missing[i] & (MISSING_HEADERS | MISSING_PORTS)) !== 0) continue;
    words.set(all.words.subarray(i * FIELD_WORDS, (i + 1) * FIELD_WORDS), count * FIELD_WORDS);
    member[count++] = place[seen.member[i]];
  }
  const rows: FieldRows = { words, count, member, members: members.length };
  return yield* learnSwitch({ rows, names: members.map((m) => names[m]), flows: Math.max(tested, moved), moved, seed: SEED });
}

/** Field words of every flow of the sample. The columns pass by as for a policy that keeps what it sees. */
function readRows(seen: Observation): { words: Uint32Array; missing: Uint8Array } {
  const words = new Uint32Array(seen.sample.length * FIELD_WORDS);
  const missing = new Uint8Array(seen.sample.length);
  // Rows come in chunks, in an order of their own: numbered here, put in place by the hashes that say where each went.
  const staged = new Uint32Array(seen.sample.length * FIELD_WORDS);
  const stagedMissing = new Uint8Array(seen.sample.length);
  let next = 0;
  const reader: HashPolicy = {
    id: 'field-words',
    title: '',
    family: 'other',
    selector: 'none',
    variants: [],
    defaultVariant: '',
    fields: [],
    hash(input, _context, out) {
      for (let i = 0; i < input.length; i++) {
        stagedMissing[next] = readFieldWords(input, i, staged, next * FIELD_WORDS);
        out.hash[i] = next++;
        out.reason[i] = 0;
      }
    },
    explain: () => [],
  };
  const [{ hash }] = hashFlows(
    seen.flows.merged,
    seen.sample,
    [{ policy: reader, context: { variant: '', basis: 0, memberCount: 0 } }],
    false,
  );
  for (let i = 0; i < hash.length; i++) {
    words.set(staged.subarray(hash[i] * FIELD_WORDS, (hash[i] + 1) * FIELD_WORDS), i * FIELD_WORDS);
    missing[i] = stagedMissing[hash[i]];
  }
  return { words, missing };
}
