import type { DirectionInference } from '../report/infer-document.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';
import type { LagAnalysis } from './analyze-lag.ts';

/** What the wire says of the sender of each direction: the rule, the mode, and what would decide. */
export function inferLag(lag: LagAnalysis): readonly DirectionInference[] {
  return lag.directions.map((direction) => describeInference(lag, direction));
}

function describeInference(lag: LagAnalysis, { side, sender, placement }: DirectionAnalysis): DirectionInference {
  return {
    from: side === 0 ? 'a' : 'b',
    to: side === 0 ? 'b' : 'a',
    hypotheses:
      sender.policy === null
        ? []
        : [
            {
              policy: sender.policy.id,
              variant: sender.variant,
              basis: sender.basis,
              members: sender.order.map((m) => lag.plan.members[m].name),
              untestedMembers: [],
              agreement: { packets: placement.agreement.packets, flows: placement.agreement.flows },
              tests: placement.agreement.flows.total,
              probability: sender.confidence,
              equivalent: [],
            },
          ],
    unexplained: 1 - sender.confidence,
    decided: sender.confidence > 0.95,
    mode: 'unknown',
    equivalentModes: [],
    modeEvidence: [],
    needs: '',
    decidedBy: [],
    stated: null,
  };
}
