/** Senders other than Linux and Open vSwitch with traffic from a seed: documented formulas, and switches that nobody described. */
import { hashFlows } from '../../src/flows/hash-flows.ts';
import { findPolicy, POLICIES } from '../../src/hash/registry.ts';
import type { Hypothesis } from '../../src/infer/hypothesis.ts';
import type { Observation } from '../../src/infer/observe.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeCaptures } from '../../src/pipeline/analyze-captures.ts';
import { capturesOf } from './generated-captures.ts';
import {
  createFairSwitch,
  createRemainderSwitch,
  createTraffic,
  fieldsOf,
  seeded,
  type GeneratedFlow,
  type Random,
} from './generated-switch.ts';
import { hashPacket } from './hash-packets.ts';
import { knownSender, type KnownSender } from './known-senders.ts';
import { memberInputs } from './memory-input.ts';

/** Flows of one sender. */
const FLOWS = 800;
const MEMBERS = [2, 3, 4, 8];
const DOCUMENTED = POLICIES.filter(({ family }) => ['cisco', 'vmware', 'team', 'freebsd'].includes(family));
const UNKNOWN = ['xor', 'crc16', 'crc32', 'keyed'] as const;

interface Made {
  readonly name: string;
  /** Null for a switch that nobody described. */
  readonly policy: string | null;
  readonly variant?: string;
  readonly members: number;
  readonly place: (flow: GeneratedFlow) => number;
}

/** `each` senders of every documented policy and of every sort of unknown switch. */
export async function* generatedSenders(each: number): AsyncGenerator<readonly KnownSender[]> {
  for (let seed = 1; seed <= each; seed++) {
    for (const policy of DOCUMENTED)
      yield captured(`${policy.id} ${seed}`, seed, (random, members) => documented(random, members, policy.id));
    for (const kind of UNKNOWN) {
      yield captured(`${kind} ${seed}`, seed, (random, members, flows) => {
        const power = kind === 'keyed' || members !== 3 ? members : 4;
        return { name: kind, policy: null, members: power, place: createFairSwitch(random, kind, power, flows).place };
      });
    }
    yield captured(`remainder ${seed}`, seed, (random, members) => ({
      name: 'remainder',
      policy: null,
      members,
      place: createRemainderSwitch(random, members).place,
    }));
  }
}

function documented(random: Random, members: number, id: string): Made {
  const policy = findPolicy(id);
  const variants = policy?.variants ?? [];
  const variant = variants[Math.floor(random() * variants.length)].id;
  const basis = policy?.family === 'freebsd' ? 1 + Math.floor(random() * 0xfffffffe) : 0;
  const buckets = policy?.selector === 'bucket-8' ? 8 : members;
  const order = Array.from({ length: members }, (_, m) => m).sort(() => random() - 0.5);
  const place = (flow: GeneratedFlow): number => order[(hashPacket(fieldsOf(flow), id, variant, basis, members).hash % buckets) % members];
  return { name: `${id} ${variant}`, policy: id, variant, members, place };
}

async function captured(
  name: string,
  seed: number,
  make: (random: Random, members: number, flows: readonly GeneratedFlow[]) => Made,
): Promise<readonly KnownSender[]> {
  const random = seeded([...name].reduce((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 0x01000193), seed));
  const next = createTraffic(random, random() < 0.5 ? 'wild' : 'hosts');
  const flows = Array.from({ length: FLOWS }, next);
  const made = make(random, MEMBERS[Math.floor(random() * MEMBERS.length)], flows);
  const captures = capturesOf(
    flows.map((flow) => ({ flow, member: made.place(flow) })),
    made.members,
    1,
  );
  const options = { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true, local: [...new Set(flows.map(({ srcMac }) => srcMac))] };
  const [lag] = (await analyzeCaptures(memberInputs(captures), options, {})).lags;
  const isRule = (seen: Observation, h: Hypothesis): boolean =>
    (made.policy === null || (h.policy.id === made.policy && h.variant === made.variant)) && placesAll(seen, h);
  return knownSender(lag, 0, `${name}: ${made.name} for ${made.members}`, made.policy, isRule);
}

/** Nearly all flows: a learned rule is right if it places those rightly that it was not made from. */
const NEARLY_ALL = 0.99;

/** True if flows of one remainder (bucket) are on one member, up to a few. */
function placesAll(seen: Observation, { policy, variant, basis }: Hypothesis): boolean {
  const n = seen.members.length;
  const { hash, reason } = hashFlows(seen.flows.merged, seen.sample, [{ policy, context: { variant, basis, memberCount: n } }], false)[0];
  const count = policy.selector === 'modulo' ? n : policy.selector === 'bucket-8' ? 8 : 256;
  const on = new Map<string, number>();
  const most = new Map<number, number>();
  for (let i = 0; i < hash.length; i++) {
    if (reason[i] !== 0) continue;
    const index = hash[i] % count;
    const key = `${index} ${seen.member[i]}`;
    const flows = (on.get(key) ?? 0) + 1;
    on.set(key, flows);
    if (flows > (most.get(index) ?? 0)) most.set(index, flows);
  }
  const right = [...most.values()].reduce((sum, flows) => sum + flows, 0);
  return right >= NEARLY_ALL * hash.length;
}
