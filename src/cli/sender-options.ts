import type { SenderOptions } from '../pipeline/analysis-options.ts';
import { usageError } from './exit-codes.ts';
import { unknownValue } from './nearest.ts';

/** `learned` needs a model file and is no registry entry. */
export async function checkSender(sender: SenderOptions, flag: '' | '-a' | '-b'): Promise<void> {
  if (sender.policy === undefined && sender.variant === undefined && sender.kernel === undefined) return;
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
