/** The policies that the Hash view compares, as the fragment has them: `layer3+4,linux-5.18,3;layer2,linux-5.18,3`. */
import { findPolicy, hasVariant } from '../../hash/registry.ts';
import type { Lag } from '../../report/document.ts';

export interface HashChoice {
  readonly policy: string;
  readonly variant: string;
  readonly memberCount: number;
  readonly basis: number;
}

export const MOST_CHOICES = 4;
export const MOST_MEMBERS = 16;

/** What cannot be read is left out. */
export function parseChoices(text: string): HashChoice[] {
  return text
    .split(';')
    .map((part) => part.split(','))
    .flatMap(([policy, variant, count, basis]): HashChoice[] => {
      const known = findPolicy(policy);
      if (known === null) return [];
      return [
        {
          policy,
          variant: hasVariant(known, variant) ? variant : known.defaultVariant,
          memberCount: clamp(Number(count), 1, MOST_MEMBERS, 2),
          basis: clamp(Number(basis), 0, 0xffffffff, 0),
        },
      ];
    })
    .slice(0, MOST_CHOICES);
}

function clamp(value: number, least: number, most: number, otherwise: number): number {
  return Number.isInteger(value) ? Math.min(most, Math.max(least, value)) : otherwise;
}

export function formatChoices(choices: readonly HashChoice[]): string {
  return choices
    .map(({ policy, variant, memberCount, basis }) => [policy, variant, memberCount, ...(basis === 0 ? [] : [basis])].join(','))
    .join(';');
}

/** The policies of the LAG's two ends, else the three that most bonds use. */
export function defaultChoices(lag: Lag | null): HashChoice[] {
  const used = (lag?.directions ?? []).flatMap(({ policy }): HashChoice[] => {
    const known = policy.id === null ? null : findPolicy(policy.id);
    if (known === null || known.selector === 'none') return [];
    const variant = policy.variant !== null && hasVariant(known, policy.variant) ? policy.variant : known.defaultVariant;
    return [{ policy: known.id, variant, memberCount: clamp(policy.members.length, 1, MOST_MEMBERS, 2), basis: policy.basis ?? 0 }];
  });
  const distinct = used.filter((choice, i) => used.findIndex((other) => formatChoices([other]) === formatChoices([choice])) === i);
  if (distinct.length > 0) return distinct;
  return parseChoices('layer2,,2;layer2+3,,2;layer3+4,,2');
}

/** Name of the member with this index, where the choice is what an end of the LAG uses. */
export function memberNameOf(lag: Lag | null, choice: HashChoice, member: number): string | null {
  const direction = lag?.directions.find(
    ({ policy }) => policy.id === choice.policy && policy.variant === choice.variant && policy.members.length === choice.memberCount,
  );
  return direction?.policy.members[member] ?? null;
}
