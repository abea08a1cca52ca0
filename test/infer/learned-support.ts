import { encodeFlowKey } from '../../src/flows/encode-flow-key.ts';
import type { FlowFieldsInput } from '../../src/flows/flow-field-types.ts';
import { fillRow } from '../../src/flows/hash-input-from-keys.ts';
import { createHashInput, type HashInput } from '../../src/hash/hash-input.ts';
import { FIELD_WORDS, readFieldWords } from '../../src/hash/learned-fields.ts';
import type { LearnedModel } from '../../src/hash/learned-model.ts';
import { createLearnedPolicy } from '../../src/hash/learned-policy.ts';
import { UNPREDICTED_REASONS } from '../../src/hash/policy.ts';
import type { FieldRows } from '../../src/infer/learned/field-sets.ts';
import { learnSwitch, type LearnedSwitch } from '../../src/infer/learned/learn-switch.ts';
import { finish } from '../../src/infer/rank-rules.ts';

/** Columns of packets, as a policy sees them. */
export function columnsOfPackets(packets: readonly FlowFieldsInput[]): HashInput {
  const input = createHashInput(packets.length);
  const keys = new Uint32Array(256);
  packets.forEach((packet, i) => {
    const encoded = encodeFlowKey(packet, keys, 0);
    if (!encoded.ok) throw new Error(encoded.issue.reason);
    fillRow(input, i, keys, 0, false);
  });
  input.length = packets.length;
  return input;
}

export function rowsOfPackets(packets: readonly FlowFieldsInput[], placed: readonly number[], members: number): FieldRows {
  const input = columnsOfPackets(packets);
  const words = new Uint32Array(packets.length * FIELD_WORDS);
  packets.forEach((_, i) => readFieldWords(input, i, words, i * FIELD_WORDS));
  return { words, count: packets.length, member: Uint8Array.from(placed), members };
}

export function learn(packets: readonly FlowFieldsInput[], placed: readonly number[], members: number, seed = 1): LearnedSwitch {
  const names = Array.from({ length: members }, (_, m) => `port${m + 1}`);
  return finish(learnSwitch({ rows: rowsOfPackets(packets, placed, members), names, flows: packets.length, moved: 0, seed }));
}

/** Member of each packet under a model, -1 where it does not say, with the reasons. */
export function predictAll(model: LearnedModel, packets: readonly FlowFieldsInput[]): { member: number; reason: string | null }[] {
  const input = columnsOfPackets(packets);
  const out = { hash: new Uint32Array(packets.length), reason: new Uint8Array(packets.length) };
  createLearnedPolicy(model).hash(input, { variant: 'model', basis: 0, memberCount: model.members.length }, out);
  return packets.map((_, i) => ({ member: out.reason[i] === 0 ? out.hash[i] : -1, reason: UNPREDICTED_REASONS[out.reason[i]] }));
}
