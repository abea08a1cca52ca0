import { reasonCode, type HashPolicy, type SourceReference } from './policy.ts';

const HIDDEN = reasonCode('hidden-input');

/** A rule that places frames by something else than the packet: no hash, no prediction. */
export function createRuleWithoutHash(
  id: string,
  title: string,
  how: string,
  family: HashPolicy['family'],
  variant: string,
  source: SourceReference,
): HashPolicy {
  return {
    id,
    title,
    family,
    selector: 'none',
    variants: [{ id: variant, title: how, source }],
    defaultVariant: variant,
    fields: [],
    hash(input, _context, out) {
      out.hash.fill(0, 0, input.length);
      out.reason.fill(HIDDEN, 0, input.length);
    },
    explain: () => [{ label: title, value: how }],
  };
}
