import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { nameList } from '../context.ts';

const ZERO = '00:00:00:00:00:00';

/** A member that the bond keeps in another aggregator than the active one. The wire, where it shows LACP, tells more. */
export const aggregatorMismatch: Rule = {
  id: 'bond/aggregator-mismatch',
  severity: 'error',
  check: (context) =>
    context.ports.length > 0
      ? []
      : context.lagTexts.flatMap(({ facts }): RawFinding[] => {
          const active = facts.activeAggregatorId;
          if (active === undefined || facts.partnerSystem === undefined || facts.partnerSystem === ZERO) return [];
          const odd = facts.members.filter((member) => member.aggregatorId !== undefined && member.aggregatorId !== active);
          const members = odd.map((member) => context.members.findIndex(({ name }) => name === member.name)).filter((m) => m >= 0);
          if (members.length === 0) return [];
          return [
            {
              id: 'bond/aggregator-mismatch',
              values: { odd: [...new Set(odd.map((member) => member.aggregatorId))].join(', '), active },
              members,
              side: null,
              since: null,
              evidence: [],
            },
          ];
        }),
};

/** The partner of an LACP bond is all zero in its own text, and no capture tells more. */
export const noPartnerText: Rule = {
  id: 'lacp/no-partner',
  severity: 'error',
  check: (context) =>
    context.ports.length > 0
      ? []
      : context.lagTexts.flatMap(({ path, facts }): RawFinding[] => {
          if (facts.configured === true || facts.lacpActive === false) return [];
          const without = facts.members.filter((member) => member.partner?.system === ZERO);
          const all = facts.partnerSystem === ZERO || (facts.members.length > 0 && without.length === facts.members.length);
          if (!all) return [];
          const members = facts.members
            .map((member) => context.members.findIndex(({ name }) => name === member.name))
            .filter((m) => m >= 0);
          return [
            {
              id: 'lacp/no-partner',
              values: {
                side: facts.name ?? 'The bond',
                since: `the time of ${path}`,
                heard: `Partner Mac Address: ${ZERO}.`,
                sent: '?',
                members: nameList(context, members),
              },
              members,
              side: null,
              since: null,
              evidence: [],
            },
          ];
        }),
};
