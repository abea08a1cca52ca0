import { fail, ok, type Result } from '../base/result.ts';
import { eraForKernel } from '../hash/kernel-version.ts';
import type { LearnedModel } from '../hash/learned-model.ts';
import { LEARNED_POLICY_ID, learnedPolicyOf } from '../hash/learned-policy.ts';
import type { HashPolicy } from '../hash/policy.ts';
import { findPolicy, hasVariant, policyIds } from '../hash/registry.ts';

/** A policy in one of its variants. */
export interface PolicyChoice {
  readonly policy: HashPolicy;
  readonly variant: string;
  /** The protocol number enters the hash, or decides what does. */
  readonly needsProtocol: boolean;
}

const resolved = new Map<string, Result<PolicyChoice>>();
const MAX_REMEMBERED = 1000;
/** Batches name the same policy line after line. */
let last: { id?: string; variant?: string; kernel?: string; choice: Result<PolicyChoice> } | null = null;

/**
 * Finds policy and variant by id. The variant wins over the kernel; without either the policy's default holds. A model of a
 * learned switch is meant where no policy, or `learned`, is named.
 */
export function resolvePolicy(
  id: string | undefined,
  variant: string | undefined,
  kernel: string | undefined,
  model?: LearnedModel,
): Result<PolicyChoice> {
  if (model !== undefined && (id === undefined || id === LEARNED_POLICY_ID)) return chooseModel(model, variant);
  if (id === LEARNED_POLICY_ID) return refuse('policy: learned needs a model file (--model FILE)');
  if (last !== null && last.id === id && last.variant === variant && last.kernel === kernel) return last.choice;
  const key = `${id ?? ''}\n${variant ?? ''}\n${kernel ?? ''}`;
  let choice = resolved.get(key);
  if (choice === undefined) {
    if (resolved.size >= MAX_REMEMBERED) resolved.clear();
    choice = resolve(id, variant, kernel);
    resolved.set(key, choice);
  }
  last = { id, variant, kernel, choice };
  return choice;
}

function chooseModel(model: LearnedModel, variant: string | undefined): Result<PolicyChoice> {
  const policy = learnedPolicyOf(model);
  if (variant !== undefined && !hasVariant(policy, variant))
    return refuse(`variant: a learned switch has no variant "${variant}"; it has ${policy.defaultVariant}`);
  return ok({ policy, variant: policy.defaultVariant, needsProtocol: needsProtocol(policy) });
}

function needsProtocol(policy: HashPolicy): boolean {
  return policy.fields.some((field) => field === 'protocol' || field.endsWith('ports'));
}

function refuse(reason: string): Result<PolicyChoice> {
  return fail({ code: 'unrecognized-text', offset: null, reason, partial: false });
}

function resolve(id: string | undefined, variant: string | undefined, kernel: string | undefined): Result<PolicyChoice> {
  if (id === undefined) return refuse(`policy is missing: one of ${policyIds().join(', ')}`);
  const policy = findPolicy(id);
  if (policy === null) return refuse(`policy: "${id}" is unknown; the policies are ${policyIds().join(', ')}`);
  if (variant !== undefined) {
    if (hasVariant(policy, variant)) return ok({ policy, variant, needsProtocol: needsProtocol(policy) });
    return refuse(`variant: ${id} has no variant "${variant}"; it has ${policy.variants.map((known) => known.id).join(', ')}`);
  }
  if (kernel === undefined || policy.family !== 'linux' || policy.selector === 'none')
    return ok({ policy, variant: policy.defaultVariant, needsProtocol: needsProtocol(policy) });
  const era = eraForKernel(kernel);
  if (era === null) return refuse(`kernel: "${kernel}" tells no version; give x.y, x.y.z, a release text or a variant id`);
  if (!hasVariant(policy, era.variant))
    return refuse(`kernel: ${id} did not exist in ${era.variant}; it exists from ${policy.variants[0].id} on`);
  return ok({ policy, variant: era.variant, needsProtocol: needsProtocol(policy) });
}
