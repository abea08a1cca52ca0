import { findLearnedField, type LearnedFieldId } from '../hash/learned-fields.ts';
import type { FieldRole, LearnedModel } from '../hash/learned-model.ts';
import { learnObservation } from '../infer/learned/learn-observation.ts';
import type { LearnedSwitch } from '../infer/learned/learn-switch.ts';
import { observe } from '../infer/observe.ts';
import { finish } from '../infer/rank-rules.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { requestFor } from './rule-request.ts';

/** A sender learned from its flows alone, as the page shows it. */
export interface LearnedSender {
  readonly kind: LearnedSwitch['kind'];
  /** One sentence for people. */
  readonly summary: string;
  readonly fields: readonly { readonly id: LearnedFieldId; readonly title: string; readonly role: FieldRole }[];
  /** What `predict --model` reads; null where nothing can be predicted by it. */
  readonly model: LearnedModel | null;
}

/** Learns the sender of a side as a switch of unknown make. */
export function learnSender(lag: LagAnalysis, side: 0 | 1): LearnedSender {
  const seen = observe(requestFor(lag.directions[side].asked, []));
  const names = lag.plan.members.map((member) => member.name);
  const { kind, summary, roles, model } = finish(learnObservation(seen, names));
  const fields = [...roles].map(([id, role]) => ({ id, title: findLearnedField(id)?.title ?? id, role }));
  return { kind, summary, fields, model };
}
