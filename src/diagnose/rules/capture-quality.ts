import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { percent } from '../words.ts';

const bare = { side: null, since: null, evidence: [] } as const;

/** Frames that must be there, and the share recorded twice: a mirror fed from both ends of a path doubles nearly all. */
const LEAST_FRAMES = 50;
const LEAST_DOUBLED = 0.3;

/** Frames recorded twice in one capture, or one capture given twice. */
export const duplicateFrames: Rule = {
  id: 'capture/duplicate-frames',
  severity: 'warn',
  check: (context) => {
    const findings: RawFinding[] = [];
    for (const { path, doubles, source, members } of context.captures) {
      const { frames, doubled, first, second } = doubles;
      if (frames < LEAST_FRAMES || doubled < LEAST_DOUBLED * frames) continue;
      findings.push({
        ...bare,
        id: 'capture/duplicate-frames',
        values: { path, share: percent((2 * doubled) / frames), count: doubled, total: frames },
        members,
        evidence: [
          { source, frame: first, time: null, note: 'a frame' },
          { source, frame: second, time: null, note: 'the same bytes again' },
        ],
      });
    }
    const seen = new Map<string, (typeof context.captures)[number]>();
    for (const capture of context.captures) {
      const { path, packets, bytes, fingerprint, firstTime, lastTime, members } = capture;
      if (packets < LEAST_FRAMES || firstTime === null || lastTime === null) continue;
      const id = [packets, bytes, fingerprint, firstTime.seconds, firstTime.nanos, lastTime.seconds, lastTime.nanos].join(' ');
      const twin = seen.get(id);
      if (twin === undefined) seen.set(id, capture);
      else
        findings.push({
          ...bare,
          id: 'capture/duplicate-frames',
          values: { path: `${twin.path}, ${path}`, share: percent(1), count: packets, total: packets },
          members: [...new Set([...twin.members, ...members])],
        });
    }
    return findings;
  },
};

/** A capture of the bond itself beside its members: every frame would count twice. */
export const bondDevice: Rule = {
  id: 'capture/bond-device',
  severity: 'warn',
  check: (context) =>
    context.bondDevices.map(({ name, path }): RawFinding => ({
      ...bare,
      id: 'capture/bond-device',
      values: { name, path },
      members: [],
    })),
};

/** Time stamps of two clocks. */
export const clockSkew: Rule = {
  id: 'capture/clock-skew',
  severity: 'warn',
  check: (context) =>
    context.clockSkews.map(({ early, late, seconds, pairs, frames }): RawFinding => ({
      ...bare,
      id: 'capture/clock-skew',
      values: {
        early: context.members[early].name,
        late: context.members[late].name,
        seconds: seconds < 1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(3)} s`,
        pairs,
      },
      members: [...new Set([early, late])],
      evidence: frames.map(([source, frame]) => ({ source, frame, time: null, note: 'belongs together by its content, not by its time' })),
    })),
};

/** Longest frame without FCS: 1500 bytes and two tags; of jumbo frames as switches carry them at most. */
const LONGEST_FRAME = 1522;
const LONGEST_JUMBO = 9238;

/** Frames longer than any wire carries: the capture was taken above the segmentation of the network card. */
export const offloadFrames: Rule = {
  id: 'capture/offload-frames',
  severity: 'info',
  check: ({ traffic: { longestFrameBytes: bytes } }) => {
    if (bytes <= LONGEST_FRAME) return [];
    const isSure = bytes > LONGEST_JUMBO;
    return [
      {
        ...bare,
        id: 'capture/offload-frames',
        values: { bytes, why: isSure ? 'no wire carries them:' : 'jumbo frames, or' },
        members: [],
      },
    ];
  },
};
