import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openInputs } from '../../src/cli/input-arguments.ts';
import { analyzeCaptures, type CaptureAnalysis } from '../../src/pipeline/analyze-captures.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { auditEntropy } from '../../src/plan/entropy.ts';
import type { Direction } from '../../src/report/document.ts';
import { listRuns, memberCaptures, SHARED } from '../support/lacp-runs.ts';

const hint = existsSync(join(SHARED, 'captures')) ? '' : ' (skipped: the captures are not here)';

function analyze(kind: 'linux' | 'ovs', run: string): Promise<CaptureAnalysis> {
  return analyzeCaptures(openInputs(memberCaptures(kind, run).map((path) => ({ path }))), DEFAULT_ANALYSIS_OPTIONS, {});
}

/** What the contract says of the figures, from the loads in the document alone. */
function expectFigures({ balance, members, epochs, policy }: Direction): void {
  const longest = epochs.reduce((best, epoch) => (lengthOf(epoch) > lengthOf(best) && epoch.active.length > 0 ? epoch : best), epochs[0]);
  const counted = longest.active.length > 0 ? longest.active : policy.members;
  const loads = counted.map((name) => members.find((member) => member.name === name)?.observed.bytes ?? 0);
  const sum = loads.reduce((total, x) => total + x, 0);
  if (sum === 0) {
    expect(balance.pValue).toBeNull();
    return;
  }
  const squares = loads.reduce((total, x) => total + x * x, 0);
  // With buckets, or without a rule, members that LACP calls up count too: that only adds empty ones.
  expect(balance.effectiveMembers).toBeCloseTo((sum * sum) / squares, 6);
  expect(balance.maxOverMean ?? 0).toBeGreaterThanOrEqual((Math.max(...loads) * loads.length) / sum - 1e-9);
  expect(balance.pValue).toBeGreaterThan(0);
  expect(balance.pValue).toBeLessThanOrEqual(1);
  const shares = (balance.causes ?? []).map(({ share }) => share);
  if (shares.length > 0) expect(shares.reduce((total, share) => total + share, 0)).toBeGreaterThan(0.9);
}

function lengthOf({ fromTime, toTime }: { fromTime: string; toTime: string }): number {
  return Date.parse(toTime) - Date.parse(fromTime);
}

const RUNS = [
  ['linux', 'k6.1-layer2-n3'],
  ['linux', 'k6.1-encap23-n3'],
  ['linux', 'k6.1-linkdown-return-layer23-n3'],
  ['linux', 'k6.1-nolacp-n2'],
  ['ovs', 'tcp2-natural'],
  ['ovs', 'slb2'],
  ['ovs', 'tcp5'],
] as const;

describe(`balance of real runs${hint}`, () => {
  const present = RUNS.filter(([kind, run]) => listRuns(kind).includes(run));
  it.skipIf(present.length === 0).each(present)('%s %s: figures, causes and entropy', { timeout: 20_000 }, async (kind, run) => {
    const analysis = await analyze(kind, run);
    analysis.document.lags.forEach((lag, l) => {
      lag.directions.forEach((direction, side) => {
        expectFigures(direction);
        const audit = auditEntropy(analysis.lags[l].flows, analysis.lags[l].directions[side]);
        expect({ flows: audit.flows, packets: audit.packets, bytes: audit.bytes }).toEqual({
          flows: direction.totals.flows,
          packets: direction.totals.packets,
          bytes: direction.totals.bytes,
        });
        for (const policy of audit.policies) {
          expect(policy.hashes).toBeLessThanOrEqual(audit.flows);
          expect(policy.effectiveFlows).toBeLessThanOrEqual(policy.hashes + 1e-6);
          expect(policy.byteBits).toBeLessThanOrEqual(Math.log2(Math.max(1, policy.hashes)) + 1e-9);
        }
        expect(audit.tunnels.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-9);
      });
    });
    if (run === 'tcp2-natural') {
      const [, back] = analysis.document.lags[0].directions;
      expect(back.balance.pValue).toBeLessThan(0.001);
      expect(back.balance.causes?.[0].cause).toBe('frozen-map');
    }
  });
});
