import { linksOf } from '../context.ts';
import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { isPassivePair } from '../lost-partner.ts';

/** Activity clear at both ends: seen in the LACPDUs, or told by a state text where nobody sends any. */
export const bothPassive: Rule = {
  id: 'lacp/both-passive',
  severity: 'error',
  check: (context) => {
    const links = linksOf(context).filter(([a, b]) => a.heard.length > 0 && b.heard.length > 0 && isPassivePair(a) && isPassivePair(b));
    if (links.length > 0) {
      const members = links.map(([{ member }]) => member);
      const first = context.pdusOfMember[members[0]][0];
      const finding: RawFinding = {
        id: 'lacp/both-passive',
        values: { seen: 'No LACPDU of either end sets Activity' },
        members,
        side: null,
        since: first,
        evidence: [{ source: first.source, frame: first.frame, time: first, note: 'Activity clear' }],
        changes: [{ side: 0, change: { kind: 'set-lacp-activity', active: true } }],
      };
      return [finding];
    }
    // LACP that is off is not passive.
    if (context.captures.length === 0 || context.lagTexts.some(({ facts }) => facts.lacpStatus === 'off')) return [];
    const passive = context.lagTexts.find(
      ({ facts }) => facts.lacpActive === false && (facts.mode === undefined || facts.mode === '802.3ad' || facts.mode.startsWith('ovs-')),
    );
    if (passive === undefined || context.pdusOfMember.some((pdus) => pdus.length > 0)) return [];
    return [
      {
        id: 'lacp/both-passive',
        values: { seen: `${passive.path} says that its end is passive, and no LACPDU of the other end is in the captures` },
        members: context.members.map((_, m) => m),
        side: null,
        since: null,
        evidence: [],
        changes: [{ side: 0, change: { kind: 'set-lacp-activity', active: true } }],
      },
    ];
  },
};
