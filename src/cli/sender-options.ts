import { readFileSync } from 'node:fs';
import { parseLearnedModel } from '../hash/learned-model.ts';
import { LEARNED_POLICY_ID } from '../hash/learned-policy.ts';
import type { SenderOptions } from '../pipeline/analysis-options.ts';
import { usageError } from './exit-codes.ts';
import { unknownValue } from './nearest.ts';

/** A model file, and the policy that it implies; nothing without one. */
export function readModel(path: string | undefined, flag: string, policy: string | undefined): Pick<SenderOptions, 'policy' | 'model'> {
  if (path === undefined) return {};
  if (policy !== undefined && policy !== LEARNED_POLICY_ID)
    throw usageError(
      `${flag} and --policy${flag.slice('--model'.length)} ${policy} contradict each other: a model is the policy ${LEARNED_POLICY_ID}`,
    );
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw usageError(`${flag} ${path}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : (error as Error).message}`);
  }
  const model = parseLearnedModel(content);
  if (!model.ok) throw usageError(`${flag} ${path}: ${model.issue.reason}`);
  return { policy: LEARNED_POLICY_ID, model: model.value };
}

/** Whether policy, variant and kernel exist and go together. */
export async function checkSender(sender: SenderOptions, flag: '' | '-a' | '-b'): Promise<void> {
  if (sender.policy === undefined && sender.variant === undefined && sender.kernel === undefined) return;
  if (sender.policy === LEARNED_POLICY_ID) {
    if (sender.model === undefined) throw usageError(`--policy${flag} ${LEARNED_POLICY_ID} needs --model${flag} FILE`);
    if (sender.variant !== undefined || sender.kernel !== undefined)
      throw usageError(`--model${flag}: a learned switch has neither variant nor kernel`);
    return;
  }
  const { findPolicy, hasVariant, policyIds, POLICIES } = await import('../hash/registry.ts');
  const { eraForKernel } = await import('../hash/kernel-version.ts');
  const policy = sender.policy === undefined ? undefined : findPolicy(sender.policy);
  if (policy === null) throw usageError(`--policy${flag}: ${unknownValue('policy', sender.policy as string, policyIds())}`);
  if (sender.variant !== undefined) {
    const variants = policy === undefined ? allVariants(POLICIES) : policy.variants.map((variant) => variant.id);
    if (!allVariants(POLICIES).includes(sender.variant) || (policy !== undefined && variants.length === 0)) {
      throw usageError(`--variant${flag}: ${unknownValue('variant', sender.variant, variants)}`);
    }
    if (policy !== undefined && !hasVariant(policy, sender.variant)) {
      throw usageError(`--variant${flag} ${sender.variant}: ${policy.id} does not exist in it. Known: ${variants.join(', ')}`);
    }
  }
  if (sender.kernel !== undefined) {
    const era = eraForKernel(sender.kernel);
    if (era === null)
      throw usageError(
        `--kernel${flag} ${sender.kernel}: expected x.y or x.y.z such as 6.1 or 5.10.223, a release as uname -r prints it, or a variant such as linux-5.18`,
      );
    if (
      policy !== undefined &&
      policy.family === 'linux' &&
      policy.variants.length > 0 &&
      !era.candidates.some((variant) => hasVariant(policy, variant))
    ) {
      throw usageError(
        `--kernel${flag} ${sender.kernel}: Linux had no ${policy.id} then (${era.variant}). Known: ${policy.variants.map((variant) => variant.id).join(', ')}`,
      );
    }
  }
}

function allVariants(policies: readonly { readonly variants: readonly { readonly id: string }[] }[]): string[] {
  return [...new Set(policies.flatMap((policy) => policy.variants.map((variant) => variant.id)))];
}
