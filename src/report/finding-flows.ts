/** Which flows a finding speaks of, in the language of `--where`. */
import type { Finding } from './document.ts';

const VERDICT_OF: Readonly<Record<string, string>> = {
  'hash/mismatch': 'verdict=mismatch',
  'hash/hidden-input': 'verdict=mismatch',
  'hash/unpredictable': 'verdict=unpredicted',
  'ovs/bucket-mismatch': 'verdict=mismatch',
  'ovs/rebalanced': 'verdict=moved',
};
const GROUPS_OF_FLOWS = ['hash/', 'balance/', 'path/', 'ovs/'];

/** Null where the finding does not speak of flows. */
export function flowFilterOf({ id, side, members }: Finding): string | null {
  if (!GROUPS_OF_FLOWS.some((group) => id.startsWith(group))) return null;
  const terms = [VERDICT_OF[id], side === null ? undefined : `side=${side}`, members.length === 1 ? `member=${members[0]}` : undefined];
  const text = terms.filter((term) => term !== undefined).join(',');
  return text === '' ? null : text;
}
