import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';

/** PAgP where LACP is meant: its frames on members on which nobody answers LACPDUs. */
export const pagpInsteadOfLacp: Rule = {
  id: 'pagp/instead-of-lacp',
  severity: 'error',
  check: (context) => {
    const members = context.members.map((_, m) => m).filter((m) => context.pagpFrames[m] > 0);
    const speaksLacp = context.ports.some((port) => members.includes(port.member) && port.own.length > 0);
    const bothSpeak = context.ports.some((port) => members.includes(port.member) && port.own.length > 0 && port.heard.length > 0);
    if (members.length === 0 || !speaksLacp || bothSpeak) return [];
    const silent = context.ports.find((port) => members.includes(port.member) && port.own.length === 0);
    const count = members.reduce((sum, m) => sum + context.pagpFrames[m], 0);
    const finding: RawFinding = {
      id: 'pagp/instead-of-lacp',
      values: { count },
      members,
      side: silent?.side ?? null,
      since: null,
      evidence: [],
      changes: silent === undefined ? [] : [{ side: silent.side, change: { kind: 'create-lag', protocol: 'lacp' } }],
    };
    return [finding];
  },
};
