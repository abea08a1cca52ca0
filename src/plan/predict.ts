/** The member for one packet: the core of `predict`. One-row buffers are reused; a million lines take seconds. */
import { formatHex32 } from '../base/addresses.ts';
import type { Issue } from '../base/issue.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { MAX_KEY_WORDS } from '../decoder/flow-key.ts';
import { encodeFlowKey } from '../flows/encode-flow-key.ts';
import { isMissing } from '../flows/field-values.ts';
import type { FlowFieldsInput } from '../flows/flow-field-types.ts';
import { fillRow } from '../flows/hash-input-from-keys.ts';
import { createHashInput } from '../hash/hash-input.ts';
import type { LearnedModel } from '../hash/learned-model.ts';
import { LEARNED_POLICY_ID } from '../hash/learned-policy.ts';
import { UNPREDICTED_REASONS, type ExplainStep, type HashPolicy, type UnpredictedReason } from '../hash/policy.ts';
import { selectBucket256, selectCiscoIndex, selectIndex } from '../hash/select.ts';
import { resolvePolicy, type PolicyChoice } from './resolve-policy.ts';

/** What the packet is sent by. `kernel` counts where no variant is given. */
export interface PredictOptions {
  readonly policy?: string;
  readonly variant?: string;
  readonly kernel?: string;
  readonly basis?: number;
  /** Members in use; null or absent: the member stays open. */
  readonly memberCount?: number | null;
  /** A learned switch: used where no policy or `learned` is named; it knows its number of members. */
  readonly model?: LearnedModel;
}

/** One line of `predict`. */
export interface Prediction {
  policy: string;
  variant: string;
  memberCount: number | null;
  /** Null where no hash can be computed. For Open vSwitch the value whose low byte is the bucket. */
  hash: string | null;
  bucket: number | null;
  member: number | null;
  unpredicted: UnpredictedReason | null;
  steps?: ExplainStep[];
}

const MAX_MEMBERS = 65536;

const keys = new Uint32Array(MAX_KEY_WORDS + 1);
const input = createHashInput(1);
const out = { hash: new Uint32Array(1), reason: new Uint8Array(1) };

/** Predicts one packet. Bad fields and bad choices are issues, never exceptions. */
export function predictPacket(fields: FlowFieldsInput, options: PredictOptions, explain: boolean): Result<Prediction> {
  const choice = resolvePolicy(options.policy, options.variant, options.kernel, options.model);
  if (!choice.ok) return choice;
  const { policy, variant } = choice.value;
  const known = policy.id === LEARNED_POLICY_ID ? options.model?.members.length : undefined;
  const memberCount = options.memberCount ?? known ?? null;
  if (memberCount !== null && !(Number.isInteger(memberCount) && memberCount >= 1 && memberCount <= MAX_MEMBERS)) {
    return fail(issueOf(`memberCount: ${String(memberCount)} is not a whole number from 1 to ${MAX_MEMBERS}`));
  }
  const basis = options.basis ?? 0;
  if (!(Number.isInteger(basis) && basis >= 0 && basis <= 0xffffffff))
    return fail(issueOf(`basis: ${String(basis)} is not a whole number from 0 to 4294967295`));
  const encoded = encodeFlowKey(fields, keys, 0);
  if (!encoded.ok) return encoded;
  if (!isMissing(fields.tagInFrame) && typeof fields.tagInFrame !== 'boolean') return fail(issueOf('tagInFrame is true or false'));
  fillRow(input, 0, keys, 0, fields.tagInFrame === true);
  input.length = 1;
  const context = { variant, basis, memberCount: memberCount ?? 0 };
  const missing = missingField(fields, policy, choice.value, context);
  if (missing !== null) return fail(issueOf(missing));
  policy.hash(input, context, out);
  const prediction = describe(policy, variant, memberCount);
  if (explain) prediction.steps = [...policy.explain(input, 0, context), ...explainSelection(policy, prediction)];
  return ok(prediction);
}

/** Predicts one line of a batch: the fields of a packet beside optional policy, variant, kernel, memberCount and basis, which win over `defaults`. */
export function predictLine(line: unknown, defaults: PredictOptions, explain: boolean): Result<Prediction> {
  if (typeof line !== 'object' || line === null || Array.isArray(line)) return fail(issueOf('a line is one JSON object'));
  const own = line as Record<string, unknown>;
  const options: { policy?: string; variant?: string; kernel?: string; basis?: number; memberCount?: number | null; model?: LearnedModel } =
    {
      ...defaults,
    };
  for (const name of ['policy', 'variant', 'kernel'] as const) {
    const value = own[name];
    if (isMissing(value)) continue;
    if (typeof value !== 'string') return fail(issueOf(`${name}: ${JSON.stringify(value)} is not text`));
    // A line that names its own policy or kernel is not bound to the variant of the options.
    if (name === 'kernel' && isMissing(own.variant)) options.variant = undefined;
    if (name === 'policy' && value !== defaults.policy && isMissing(own.variant))
      options.variant = applicableVariant(value, defaults.variant);
    options[name] = value;
  }
  for (const name of ['basis', 'memberCount'] as const) {
    const value = own[name];
    if (isMissing(value)) continue;
    if (typeof value !== 'number') return fail(issueOf(`${name}: ${JSON.stringify(value)} is not a number`));
    options[name] = value;
  }
  return predictPacket(line as FlowFieldsInput, options, explain);
}

/** The variant of the options where the line's policy has it. */
function applicableVariant(policyId: string, variant: string | undefined): string | undefined {
  if (variant === undefined) return undefined;
  return resolvePolicy(policyId, variant, undefined).ok ? variant : undefined;
}

function issueOf(reason: string): Issue {
  return { code: 'unrecognized-text', offset: null, reason, partial: false };
}

/** Names the field that this policy needs for this packet and that was not given, or null. */
function missingField(
  fields: FlowFieldsInput,
  policy: HashPolicy,
  choice: PolicyChoice,
  context: { variant: string; basis: number; memberCount: number },
): string | null {
  if (isMissing(fields.srcMac) && policy.selector !== 'none') {
    policy.hash(input, context, out);
    const hash = out.hash[0];
    input.srcMacHi[0] ^= 0x5a5a;
    input.srcMacLo[0] ^= 0x5a5a5aa5;
    policy.hash(input, context, out);
    input.srcMacHi[0] ^= 0x5a5a;
    input.srcMacLo[0] ^= 0x5a5a5aa5;
    if (out.hash[0] !== hash) return `srcMac (smac) is missing: ${policy.id} needs the source MAC of this packet`;
  }
  if (choice.needsProtocol && isMissing(fields.protocol) && isMissing(fields.tunnel) && input.ipVersion[0] !== 0) {
    return `protocol is missing: ${policy.id} needs it`;
  }
  return null;
}

function describe(policy: HashPolicy, variant: string, memberCount: number | null): Prediction {
  const reason = UNPREDICTED_REASONS[out.reason[0]];
  const hash = out.hash[0];
  const prediction: Prediction = { policy: policy.id, variant, memberCount, hash: null, bucket: null, member: null, unpredicted: reason };
  if (reason !== null || policy.selector === 'none') return prediction;
  prediction.hash = formatHex32(hash);
  switch (policy.selector) {
    case 'modulo':
      if (memberCount !== null) prediction.bucket = prediction.member = selectIndex(hash, memberCount);
      break;
    case 'bucket-8':
      prediction.bucket = hash & 7;
      if (memberCount !== null) prediction.member = selectCiscoIndex(hash & 7, memberCount);
      break;
    case 'bucket-256':
      // Which member owns a bucket is state of the sender: learned from a capture or read from it.
      prediction.bucket = selectBucket256(hash);
      prediction.unpredicted = 'unknown-bucket';
  }
  return prediction;
}

function explainSelection(policy: HashPolicy, prediction: Prediction): ExplainStep[] {
  const { memberCount, bucket, member, hash } = prediction;
  if (prediction.unpredicted !== null && prediction.unpredicted !== 'unknown-bucket')
    return [{ label: 'unpredicted', value: prediction.unpredicted }];
  if (policy.selector === 'bucket-256') return [{ label: 'bucket = hash & 255', value: String(bucket) }];
  const steps: ExplainStep[] = [];
  if (policy.selector === 'bucket-8') steps.push({ label: 'bucket', value: String(bucket) });
  if (memberCount === null || member === null) return steps;
  const from = policy.selector === 'bucket-8' ? `bucket mod ${memberCount}` : `hash mod ${memberCount}`;
  const decimal = policy.selector === 'bucket-8' ? String(bucket) : String(Number(hash));
  steps.push({ label: `member = ${from}`, value: `${decimal} mod ${memberCount} = ${member}` });
  return steps;
}
