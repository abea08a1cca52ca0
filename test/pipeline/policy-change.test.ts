import { describe, expect, it } from 'vitest';
import { analyzeCheck } from '../../src/pipeline/analyze-check.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import type { Direction, Finding } from '../../src/report/document.ts';
import { captureOf, type TimedFrame } from '../support/lacp-frames.ts';
import { HERE, placeTraffic, randomFlows } from '../support/lag-traffic.ts';
import type { TrafficFlow } from '../support/lag-traffic.ts';

/** Inference tries every family of senders before it looks for a change. */
const PATIENCE_MS = 120_000;

/** Flows of a stretch of time: five frames of each, a second long. */
const stretch = (count: number, seed: number, from: number, to: number): TrafficFlow[] =>
  randomFlows(count, seed).map((flow, f) => ({ ...flow, from: from + (f * (to - from - 1)) / count }));

/** One sender that follows each policy in its turn: seconds from which it holds. Generated. */
function sendBy(turns: readonly (readonly [policy: string, from: number])[], end: number, flowsEach: number, members = 3): TimedFrame[][] {
  const placed = Array.from({ length: members }, (): TimedFrame[] => []);
  turns.forEach(([policy, from], t) => {
    const to = t + 1 < turns.length ? turns[t + 1][1] : end;
    const own = placeTraffic(stretch(flowsEach, 100 + t, from, to), { policy, variant: 'linux-5.18', members });
    own.forEach((frames, m) => placed[m].push(...frames));
  });
  return placed.map((frames) => frames.sort((x, y) => x.at - y.at));
}

async function analyze(placed: readonly (readonly TimedFrame[])[]): Promise<{ direction: Direction; changes: Finding[] }> {
  const options = { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true, local: [HERE] };
  const { lags, findings } = await analyzeCheck(
    placed.map((frames, m) => captureOf(`eth${m}`, frames)),
    options,
    {},
  );
  const changes = findings.filter(({ id, title }) => id === 'hash/policy-differs-from-state' && title.includes('changed'));
  return { direction: lags[0].directions[0], changes };
}

const policies = ({ epochs }: Direction): (string | null | undefined)[] => epochs.map(({ policy }) => policy?.id);

describe('a policy that was changed during the capture', () => {
  it(
    'is found with its moment, and each stretch is predicted by its own',
    async () => {
      const placed = sendBy(
        [
          ['layer2+3', 0],
          ['layer3+4', 20],
        ],
        60,
        200,
      );
      const { direction, changes } = await analyze(placed);
      expect(policies(direction)).toEqual(['layer2+3', 'layer3+4']);
      expect(direction.policy).toMatchObject({ id: 'layer3+4', variant: 'linux-5.18', source: 'inferred' });
      expect(direction.epochs[1].why).toBe('map-changed');
      const { match, total } = direction.agreement.packets;
      expect([match, direction.transition.packets]).toEqual([total, 0]);
      const since = (Date.parse(direction.epochs[1].fromTime) - Date.parse(direction.epochs[0].fromTime)) / 1000;
      expect(since).toBeGreaterThan(19);
      expect(since).toBeLessThan(21);
      const [found, ...more] = changes;
      expect(more).toEqual([]);
      expect(found).toMatchObject({ severity: 'warn', side: 'a', since: direction.epochs[1].fromTime });
      expect(found.title).toContain('layer2+3, then layer3+4');
      expect(found.evidence[0].note).toMatch(/^tcp 10\..* on eth\d, before it would have been on eth\d$/);
    },
    PATIENCE_MS,
  );

  it(
    'is found when it is taken back, too',
    async () => {
      const turns = [
        ['layer3+4', 0],
        ['layer2+3', 15],
        ['layer3+4', 30],
      ] as const;
      const { direction, changes } = await analyze(sendBy(turns, 45, 120));
      expect(policies(direction)).toEqual(['layer3+4', 'layer2+3', 'layer3+4']);
      expect(direction.agreement.packets.match).toBe(direction.agreement.packets.total);
      expect(changes).toHaveLength(2);
    },
    PATIENCE_MS,
  );

  it(
    'is not claimed of frames that follow no policy',
    async () => {
      const placed = [0, 1].map((): TimedFrame[] => []);
      randomFlows(300, 7).forEach(({ frame }, f) => {
        for (let p = 0; p < 4; p++) placed[(f * 7 + p * p + (f >> 3)) % 2].push({ at: f / 10 + p / 20, frame });
      });
      const { changes } = await analyze(placed.map((frames) => frames.sort((x, y) => x.at - y.at)));
      expect(changes).toEqual([]);
    },
    PATIENCE_MS,
  );
});
