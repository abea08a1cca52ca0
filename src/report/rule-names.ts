/** Many rules in few words: versions of one policy together, neighbours in time as a range. */
import { findPolicy } from '../hash/registry.ts';
import type { RuleName } from './infer-document.ts';

/** Never chosen by inference (contract, section 5): a range that leaves it out is whole all the same. */
const NEVER_CHOSEN = 'linux-5.15.0';

/** `other versions of it (linux-2.6 to linux-4.15); layer2 (any version)`. */
export function describeRules(best: RuleName, names: readonly RuleName[]): string {
  const versions = new Map<string, string[]>();
  for (const { policy, variant } of names) versions.set(policy, [...(versions.get(policy) ?? []), variant]);
  return [...versions]
    .map(([policy, list]) => {
      const isBest = policy === best.policy;
      const text = describeVersions(policy, list, isBest ? [best.variant] : []);
      return `${isBest ? 'other versions of it' : policy}${text === '' ? '' : ` (${text})`}`;
    })
    .join('; ');
}

/** `named`: versions that were named before, so that the rest of all is "any other". */
function describeVersions(policyId: string, list: readonly string[], named: readonly string[]): string {
  const policy = findPolicy(policyId);
  const known = (policy?.variants ?? []).map(({ id }) => id).filter((id) => id !== NEVER_CHOSEN);
  const given = list.filter((id) => id !== '');
  if (policy?.family !== 'linux' || known.length < 3) return given.length <= 1 && known.length <= 1 ? '' : given.join(', ');
  const open = known.filter((id) => !named.includes(id));
  if (open.every((id) => given.includes(id))) return named.length > 0 ? 'all' : 'any version';
  const places = given.map((id) => known.indexOf(id)).sort((x, y) => x - y);
  const isRange = places.length > 2 && places.every((place, i) => i === 0 || isNext(known, places[i - 1], place, named));
  return isRange ? `${known[places[0]]} to ${known[places[places.length - 1]]}` : given.join(', ');
}

/** Nothing between the two but what was named before. */
function isNext(known: readonly string[], from: number, to: number, named: readonly string[]): boolean {
  return known.slice(from + 1, to).every((id) => named.includes(id));
}
