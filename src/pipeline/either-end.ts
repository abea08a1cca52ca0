import type { DirectionInference } from '../report/infer-document.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import type { Sender } from './sender.ts';

/** What would tell which end the stations are on. */
const NEEDS_END =
  'Nothing tells which end these stations are on, so that the rules of both ends may be exchanged: name an address of this end (--local), give a state text, or capture what an end sends for itself (ARP, LLDP from its own address).';

/**
 * Where nothing tells which end of the LAG the stations are on, what their frames show is the rule of one end or of the other
 * with equal chance. Policies that differ are then equivalents of each other, and neither is decided.
 */
export function asEitherEnd(found: readonly DirectionInference[]): DirectionInference[] {
  return found.map((one, d): DirectionInference => {
    const [best, ...rest] = one.hypotheses;
    const opposite = found[1 - d]?.hypotheses[0];
    if (best === undefined || opposite === undefined || best.policy === opposite.policy) return one;
    const known = [{ policy: best.policy, variant: best.variant }, ...best.equivalent];
    const others = [{ policy: opposite.policy, variant: opposite.variant }, ...opposite.equivalent].filter(
      (rule) => !known.some(({ policy, variant }) => policy === rule.policy && variant === rule.variant),
    );
    return {
      ...one,
      hypotheses: [
        { ...best, probability: (best.probability + opposite.probability) / 2, equivalent: [...best.equivalent, ...others] },
        ...rest.map((rule) => ({ ...rule, probability: rule.probability / 2 })),
      ],
      unexplained: (one.unexplained + (found[1 - d]?.unexplained ?? 0)) / 2,
      confidence: one.confidence / 2,
      decided: false,
      needs: one.needs === '' ? NEEDS_END : `${NEEDS_END} ${one.needs}`,
    };
  });
}

/**
 * How sure the rule is that `flows` tells of a direction: where the stations may be on either end, it is that of this end or of the
 * other with equal chance, as `infer` says.
 */
export function confidenceOf({ endsAreTold, directions }: LagAnalysis, { side, sender }: DirectionAnalysis): number {
  const opposite = directions[1 - side];
  const isInferred = sender.source === 'inferred' || sender.source === 'default';
  const isEither = !endsAreTold && isInferred && opposite.list.length > 0 && nameOf(opposite.sender) !== nameOf(sender);
  return isEither ? sender.confidence / 2 : sender.confidence;
}

function nameOf({ policy, named }: Sender): string | null {
  return policy?.id ?? named ?? null;
}
