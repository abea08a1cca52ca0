/** What the Plan view asks, as the fragment has it: `a;layer3+4,linux-5.18;3;eth1` (side, policy, members, failed). */
import { LEARNED_POLICY_ID } from '../../hash/learned-policy.ts';
import { findPolicy, hasVariant } from '../../hash/registry.ts';
import type { SideId } from '../../report/document.ts';

export interface PlanView {
  readonly from: SideId;
  /** Null: the policy in use. */
  readonly policy: { readonly id: string; readonly variant?: string } | null;
  /** Null: as many as there are. */
  readonly memberCount: number | null;
  readonly failed: readonly string[];
}

export const MOST_PLANNED_MEMBERS = 16;

/** What cannot be read counts as not said. */
export function parsePlanView(text: string): PlanView {
  const [from = '', policyText = '', count = '', failed = ''] = text.split(';');
  const [id, variant] = policyText.split(',');
  const policy = findPolicy(id);
  const memberCount = Number(count);
  return {
    from: from === 'b' ? 'b' : 'a',
    // A learned switch is no entry of the registry; without its model the analysis says so.
    policy:
      id === LEARNED_POLICY_ID ? { id } : policy === null ? null : { id, ...(variant && hasVariant(policy, variant) ? { variant } : {}) },
    memberCount:
      count !== '' && Number.isInteger(memberCount) && memberCount >= 1 && memberCount <= MOST_PLANNED_MEMBERS ? memberCount : null,
    failed: failed.split(',').filter((name) => name !== ''),
  };
}

export function formatPlanView({ from, policy, memberCount, failed }: PlanView): string {
  const parts = [from, policy === null ? '' : [policy.id, policy.variant].filter(Boolean).join(','), memberCount ?? '', failed.join(',')];
  return parts.join(';').replace(/;+$/, '').replace(/^a$/, '');
}

/** Megabits per second as typed: one for all, or one per member; null where it cannot be read. */
export function parseSpeeds(text: string): number[] | null {
  if (text.trim() === '') return [];
  const speeds = text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(Number);
  return speeds.every((speed) => speed > 0 && Number.isFinite(speed)) ? speeds : null;
}
