import { eraForKernel } from '../hash/kernel-version.ts';
import type { HashPolicy } from '../hash/policy.ts';
import { hasVariant } from '../hash/registry.ts';
import type { Hypothesis } from '../infer/hypothesis.ts';
import { linuxHypotheses } from '../infer/rule-priors.ts';
import { hypothesesOf } from '../infer/switches/other-senders.ts';
import type { SenderOptions } from './analysis-options.ts';
import { BadCall } from './bad-call.ts';
import type { SenderRequest } from './sender.ts';

/** Rules of every Linux policy, in the variants that options allow and as likely as a version text makes them. */
export function linuxRulesFor(request: Pick<SenderRequest, 'options' | 'facts'>, logPrior: number): Hypothesis[] {
  const { options } = request;
  const kernel = request.facts.find((f) => f.kernel !== null)?.kernel ?? null;
  const all = linuxHypotheses(logPrior, kernel === null ? null : eraForKernel(kernel));
  const variant = askedVariant(options);
  return variant === null ? all : restrict(all, variant);
}

/** A variant that was asked for: it alone, and also where it is never chosen by itself. */
function restrict(hypotheses: readonly Hypothesis[], variant: string): Hypothesis[] {
  const policies = [...new Set(hypotheses.map((h) => h.policy))];
  return policies.flatMap((policy) => {
    const logPrior = Math.max(...hypotheses.filter((h) => h.policy === policy).map((h) => h.logPrior));
    return hasVariant(policy, variant) ? [{ policy, variant, basis: 0, logPrior }] : [];
  });
}

/** Rules of one policy that an option or a text names, for so many members in use. */
export function rulesOf(policy: HashPolicy, request: Pick<SenderRequest, 'options' | 'facts'>, members: number): Hypothesis[] {
  const { options } = request;
  const basis = options.basis ?? 0;
  const found =
    policy.family === 'linux' && policy.selector === 'modulo'
      ? linuxRulesFor(request, 0).filter((h) => h.policy.id === policy.id)
      : otherRules(policy, members).filter((h) => options.variant === undefined || h.variant === options.variant);
  if (found.length === 0) throw new BadCall(`no variant of ${policy.id} fits: ${describeWish(options)}`);
  // A key that was given is the key; else those that can be told apart.
  return options.basis === undefined && policy.family === 'freebsd' ? found : found.map((h) => ({ ...h, basis }));
}

/** Where no key can be told from the flows, the policy without one: it says why it predicts nothing. */
function otherRules(policy: HashPolicy, members: number): readonly Hypothesis[] {
  const rules = hypothesesOf(policy, members, 0);
  return rules.length > 0 ? rules : policy.variants.map(({ id }) => ({ policy, variant: id, basis: 0, logPrior: 0 }));
}

function askedVariant(options: SenderOptions): string | null {
  if (options.variant !== undefined) return options.variant;
  if (options.kernel === undefined) return null;
  const era = eraForKernel(options.kernel);
  if (era === null) throw new BadCall(`kernel ${options.kernel}: not a version (x.y, x.y.z or a variant id)`);
  return era.variant;
}

function describeWish(options: SenderOptions): string {
  const parts = [
    options.variant !== undefined ? `variant ${options.variant}` : '',
    options.kernel !== undefined ? `kernel ${options.kernel}` : '',
  ];
  return parts.filter((p) => p !== '').join(', ');
}
