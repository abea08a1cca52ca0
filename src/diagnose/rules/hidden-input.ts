import { SIDES } from '../context.ts';
import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';

/** Flows that the sender's rule cannot tell apart use different members, as another field says. */
export const hiddenInput: Rule = {
  id: 'hash/hidden-input',
  severity: 'warn',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const { hiddenInput: found, policy } = context.directions[side];
      if (found === null || policy === null) return [];
      const { field, flows, groups, evidence } = found;
      return [{ id: 'hash/hidden-input', values: { field, flows, groups, policy }, members: [], side, since: null, evidence }];
    }),
};
