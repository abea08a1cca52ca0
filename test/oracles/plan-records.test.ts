/** The same traffic as captures and as nfdump's CSV gives the same plan, up to what records lack. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openInputs } from '../../src/cli/input-arguments.ts';
import { analyzePlan } from '../../src/pipeline/analyze-plan.ts';
import type { AnalysisOptions } from '../../src/pipeline/analysis-options.ts';
import type { PlanQuery } from '../../src/pipeline/plan-query.ts';
import type { ResultDocument } from '../../src/report/document.ts';
import type { PlanScenario } from '../../src/report/plan-document.ts';
import { directionFrom, LINUX_RUNS, listLinuxRuns, trueOptions } from '../support/linux-runs.ts';

const run = listLinuxRuns().find(({ name }) => name === 'k6.1-load-layer23-n2');
const hasTools = ['nfpcapd', 'nfdump', 'mergecap'].every((tool) => spawnSync('which', [tool]).status === 0);
if (run === undefined || !hasTools) console.log(`skipped: needs nfpcapd, nfdump, mergecap and the captures (${LINUX_RUNS})`);

describe.skipIf(run === undefined || !hasTools)('captures and nfdump records of the same traffic', () => {
  let folder = '';
  let captured: ResultDocument;
  let recorded: ResultDocument;

  beforeAll(async () => {
    if (run === undefined) return;
    folder = mkdtempSync(join(tmpdir(), 'plan-records-'));
    const merged = join(folder, 'all.pcap');
    execFileSync('mergecap', ['-w', merged, ...run.members], { stdio: 'ignore' });
    // MAC addresses are an extension that nfpcapd writes when asked.
    execFileSync('nfpcapd', ['-r', merged, '-l', folder, '-o', 'fat', '-t', '3600'], { stdio: 'ignore' });
    const files = readdirSync(folder).filter((file) => file.startsWith('nfcapd.'));
    const csv = join(folder, 'flows.csv');
    writeFileSync(csv, execFileSync('nfdump', ['-M', folder, '-R', files.sort()[0], '-o', 'csv'], { maxBuffer: 1 << 26 }));
    const options: AnalysisOptions = { ...trueOptions(run.truth), local: hostMacs(run.truth) };
    const query: PlanQuery = {
      policies: ['layer2', 'layer2+3', 'layer3+4', 'vlan+srcmac'].map((id) => ({ id })),
      memberCounts: [2, 3],
      chance: false,
      advice: false,
    };
    captured = await analyzePlan(openInputs(run.members.map((path) => ({ path }))), options, {}, query);
    recorded = await analyzePlan(openInputs([{ path: csv }]), options, {}, query);
  }, 60_000);

  afterAll(() => {
    if (existsSync(folder)) rmSync(folder, { recursive: true });
  });

  it('names what the records lack', () => {
    expect(recorded.inputs).toMatchObject([{ kind: 'records', format: 'nfdump-csv' }]);
    expect(recorded.inputs[0].lacks).toEqual(
      expect.arrayContaining(['vlan', 'icmp-id', 'flow-label', 'fragments', 'non-ip', 'frame-bytes']),
    );
  });

  it.each(['a', 'b'] as const)('side %s: every scenario has the same shares, except where what is lacking decides', (side) => {
    const of = directionFrom(captured.lags[0], side);
    const by = directionFrom(recorded.lags[0], side);
    expect(by.totals.bytes / of.totals.bytes).toBeCloseTo(1, 2);
    const key = ({ policy, memberCount, failed, current }: PlanScenario): string => [policy, memberCount, failed.join(), current].join(' ');
    const known = new Map((by.scenarios ?? []).map((scenario) => [key(scenario), scenario]));
    let compared = 0;
    for (const scenario of of.scenarios ?? []) {
      const other = known.get(key(scenario));
      if (other === undefined) continue;
      if (scenario.policy === 'vlan+srcmac' && scenario.memberCount - scenario.failed.length > 1) {
        expect(other.uncertain, key(scenario)).toMatchObject({ bytes: by.totals.bytes, reason: 'hidden-input' });
        continue;
      }
      compared++;
      expect(other.uncertain.bytes, key(scenario)).toBeLessThan(by.totals.bytes * 0.01);
      scenario.members.forEach(({ name, share }, m) => {
        expect(other.members[m].name).toBe(name);
        expect(Math.abs(other.members[m].share - share), `${key(scenario)} ${name}`).toBeLessThan(0.01);
      });
    }
    expect(compared).toBeGreaterThan(10);
  });
});

function hostMacs(truth: object): string[] {
  const macs = (truth as { host_side_macs?: Readonly<Record<string, string>> }).host_side_macs ?? {};
  return Object.values(macs).filter((mac) => /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac));
}
