/** The explorer of hashes: one packet under several policies, and what each of its bits does to the choice. */
import { fail, ok, type Result } from '../base/result.ts';
import type { Issue } from '../base/issue.ts';
import type { FlowFieldsInput } from '../flows/flow-field-types.ts';
import { formatPacketText, parsePacketText } from '../flows/format-packet-spec.ts';
import { listPacketBits, turnBit, type PacketBits } from '../flows/packet-bits.ts';
import { predictPacket, type PredictOptions, type Prediction } from './predict.ts';

/** The packet cannot be sent with this bit turned (an address under another EtherType …). */
export const BIT_IMPOSSIBLE = 0;
/** The bit does not enter the hash. */
export const BIT_UNREAD = 1;
/** The hash changes, the choice does not. */
export const BIT_CHANGES_HASH = 2;
/** Another member (of unknown member count and for Open vSwitch: another bucket). */
export const BIT_MOVES = 3;

/** What one policy makes of the packet. */
export interface ExploredPolicy {
  /** With the steps; null where the policy cannot take this packet. */
  readonly prediction: Prediction | null;
  readonly trouble: string | null;
  /** One of BIT_* for each bit, in the order of `fields`. */
  readonly effects: Uint8Array<ArrayBuffer>;
}

export interface Exploration {
  readonly fields: readonly PacketBits[];
  readonly policies: readonly ExploredPolicy[];
}

/** Predicts the packet of `text` under each choice, and again with each of its bits turned. */
export function explorePacket(text: string, choices: readonly PredictOptions[]): Result<Exploration> {
  const parsed = parsePacketText(text);
  if (!parsed.ok) return parsed;
  const fields = parsed.value;
  const listed = listPacketBits(fields);
  const turned: (FlowFieldsInput | null)[] = listed.flatMap(({ path, bits }) => Array.from(bits, (_, bit) => turnBit(fields, path, bit)));
  return ok({ fields: listed, policies: choices.map((choice) => explorePolicy(fields, turned, choice)) });
}

function explorePolicy(fields: FlowFieldsInput, turned: readonly (FlowFieldsInput | null)[], choice: PredictOptions): ExploredPolicy {
  const effects = new Uint8Array(turned.length);
  const predicted = predictPacket(fields, choice, true);
  if (!predicted.ok) return { prediction: null, trouble: predicted.issue.reason, effects };
  const { value } = predicted;
  for (let i = 0; i < turned.length; i++) {
    const packet = turned[i];
    const other = packet === null ? null : predictPacket(packet, choice, false);
    if (other === null || !other.ok) continue;
    if (other.value.hash === value.hash && other.value.unpredicted === value.unpredicted) effects[i] = BIT_UNREAD;
    else effects[i] = chosen(other.value) === chosen(value) ? BIT_CHANGES_HASH : BIT_MOVES;
  }
  return { prediction: value, trouble: null, effects };
}

/** The member, else the bucket. */
function chosen({ member, bucket }: Prediction): number | null {
  return member ?? bucket;
}

/** The packet of `text` with one bit turned, as text. */
export function turnBitOfText(text: string, path: string, bit: number): Result<string> {
  const parsed = parsePacketText(text);
  if (!parsed.ok) return parsed;
  const packet = turnBit(parsed.value, path, bit);
  if (packet === null) return fail(noSuchBit(path, bit));
  return ok(formatPacketText(packet));
}

function noSuchBit(path: string, bit: number): Issue {
  return { code: 'unrecognized-text', offset: null, reason: `${path} has no bit ${bit}`, partial: false };
}
