import type { Rule } from '../rule.ts';

/** LACP is meant to run, or nothing at all runs, and no LACPDU is there. A static LAG with data is no finding. */
export const noPdus: Rule = {
  id: 'lacp/no-pdus',
  severity: 'warn',
  check: (context) => {
    // A state text alone tells nothing of what is on the wire.
    if (context.captures.length === 0 || context.ports.length > 0 || context.pdusOfMember.some((pdus) => pdus.length > 0)) return [];
    const meant = context.lagTexts.find(
      ({ facts }) =>
        facts.mode === '802.3ad' || facts.lacpStatus === 'configured' || facts.lacpStatus === 'negotiated' || facts.protocol === 'LACP',
    );
    const frames = context.captures.reduce((sum, capture) => sum + capture.packets, 0);
    const data = context.directions[0].packets + context.directions[1].packets;
    if (meant === undefined && (data > 0 || context.captures.length < 2)) return [];
    // A passive end that a text names is a finding of its own.
    if (context.lagTexts.some(({ facts }) => facts.lacpActive === false)) return [];
    return [
      {
        id: 'lacp/no-pdus',
        values: {
          reason:
            meant === undefined ? `${frames} frames and no data on ${context.members.length} members` : `${meant.path} says that LACP runs`,
        },
        members: context.members.map((_, m) => m),
        side: null,
        since: null,
        evidence: [],
      },
    ];
  },
};
