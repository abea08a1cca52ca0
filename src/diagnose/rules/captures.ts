import { secondsApart } from '../../lacp/pdu-sequence.ts';
import { SIDES } from '../context.ts';
import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';

const bare = { side: null, since: null, evidence: [] } as const;

export const truncated: Rule = {
  id: 'capture/truncated',
  severity: 'warn',
  check: (context) =>
    context.captures.flatMap((capture): RawFinding[] =>
      capture.truncated === null
        ? []
        : [
            {
              ...bare,
              id: 'capture/truncated',
              values: { path: capture.path, reason: capture.truncated.reason },
              members: capture.members,
              since: capture.lastTime,
            },
          ],
    ),
};

export const corrupt: Rule = {
  id: 'capture/corrupt',
  severity: 'warn',
  check: (context) =>
    context.captures.flatMap((capture): RawFinding[] =>
      capture.malformedPackets === 0
        ? []
        : [{ ...bare, id: 'capture/corrupt', values: { path: capture.path, count: capture.malformedPackets }, members: capture.members }],
    ),
};

export const emptyCapture: Rule = {
  id: 'capture/empty',
  severity: 'warn',
  check: (context) =>
    context.captures.flatMap((capture): RawFinding[] =>
      capture.packets > 0 ? [] : [{ ...bare, id: 'capture/empty', values: { path: capture.path }, members: capture.members }],
    ),
};

export const dropped: Rule = {
  id: 'capture/dropped',
  severity: 'warn',
  check: (context) =>
    context.captures.flatMap((capture): RawFinding[] =>
      capture.dropped === null || capture.dropped === 0
        ? []
        : [{ ...bare, id: 'capture/dropped', values: { path: capture.path, count: capture.dropped }, members: capture.members }],
    ),
};

export const missingMember: Rule = {
  id: 'capture/missing-member',
  severity: 'warn',
  check: (context) => {
    const missing = context.members.map((_, m) => m).filter((m) => !context.members[m].captured);
    return missing.length === 0 || context.captures.length === 0
      ? []
      : [{ ...bare, id: 'capture/missing-member', values: {}, members: missing }];
  },
};

export const disjointTimes: Rule = {
  id: 'capture/disjoint-times',
  severity: 'warn',
  check: (context) => {
    // Clocks that differ are a finding of their own, and times apart say nothing then.
    if (context.clockSkews.some(({ seconds }) => seconds > 1)) return [];
    for (const first of context.captures) {
      for (const second of context.captures) {
        if (first.lastTime === null || second.firstTime === null || secondsApart(first.lastTime, second.firstTime) <= 1) continue;
        // One file of a member after the other.
        if (first.members.some((m) => second.members.includes(m))) continue;
        return [
          {
            ...bare,
            id: 'capture/disjoint-times',
            values: { first: first.path, second: second.path },
            members: [...new Set([...first.members, ...second.members])],
            since: first.lastTime,
          },
        ];
      }
    }
    return [];
  },
};

export const oneDirection: Rule = {
  id: 'capture/one-direction',
  severity: 'info',
  check: (context) => {
    const [a, b] = context.directions;
    const side = a.packets > 0 && b.packets === 0 ? 0 : b.packets > 0 && a.packets === 0 ? 1 : null;
    if (side === null) return [];
    const { packets } = context.directions[side];
    // Where most frames are of stations whose end nothing tells, the other direction may be among them.
    const pdus = context.pdusOfMember.reduce((sum, list) => sum + list.length, 0);
    if (context.traffic.any.reduce((sum, count) => sum + count, 0) - pdus - packets > packets) return [];
    return [{ ...bare, id: 'capture/one-direction', values: { packets }, members: [], side }];
  },
};

/** A captured member without any frame while others carry some. */
const LEAST_FRAMES = 100;

export const memberSilent: Rule = {
  id: 'bond/member-silent',
  severity: 'warn',
  check: (context) => {
    const { any, bins, memberCount } = context.traffic;
    const frames = Array.from({ length: memberCount }, (_, m) =>
      any.subarray(m * bins, (m + 1) * bins).reduce((sum, count) => sum + count, 0),
    );
    const all = frames.reduce((sum, count) => sum + count, 0);
    if (all < LEAST_FRAMES) return [];
    return context.members.flatMap((member, m): RawFinding[] =>
      !member.captured || frames[m] > 0 ? [] : [{ ...bare, id: 'bond/member-silent', values: { packets: `${all} frames` }, members: [m] }],
    );
  },
};

export const snapLength: Rule = {
  id: 'capture/snap-length-too-short',
  severity: 'info',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const cut = context.directions[side].unpredicted.find(({ reason }) => reason === 'cut-header');
      return cut === undefined
        ? []
        : [{ ...bare, id: 'capture/snap-length-too-short', values: { packets: cut.packets }, members: [], side }];
    }),
};
