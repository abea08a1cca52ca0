/** What-if on real captures: "as it was" gives what was seen, "one member failed" what a failure did. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openInputs } from '../../src/cli/input-arguments.ts';
import { analyzePlan } from '../../src/pipeline/analyze-plan.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import type { AnalysisOptions } from '../../src/pipeline/analysis-options.ts';
import type { PlanQuery } from '../../src/pipeline/plan-query.ts';
import type { ResultDocument } from '../../src/report/document.ts';
import type { PlanScenario } from '../../src/report/plan-document.ts';
import { directionFrom, hashingSides, LINUX_RUNS, listLinuxRuns, trueOptions } from '../support/linux-runs.ts';

const runs = listLinuxRuns();
const single = runs.filter((run) => run.truth.bonds === undefined);
if (runs.length === 0) console.log(`skipped: the captures of real kernels are not here (${LINUX_RUNS})`);

function plan(files: readonly string[], options: Partial<AnalysisOptions>, query: PlanQuery): Promise<ResultDocument> {
  const inputs = openInputs(files.map((path) => ({ path })));
  return analyzePlan(inputs, { ...DEFAULT_ANALYSIS_OPTIONS, ...options }, {}, query);
}

const memberOf = (scenario: PlanScenario, name: string): { packets: number; bytes: number } =>
  scenario.members.find((member) => member.name === name) ?? { packets: 0, bytes: 0 };

describe.skipIf(runs.length === 0)('what-if on captures of real kernels', () => {
  it.each(single.map((run) => [run.name, run] as const))('%s: as it was, every member carries what it carried', async (_name, run) => {
    const document = await plan(run.members, trueOptions(run.truth), { policies: [], failed: [], chance: false, advice: false });
    for (const side of hashingSides(run.truth)) {
      const direction = directionFrom(document.lags[0], side);
      const current = direction.scenarios?.filter((scenario) => scenario.current) ?? [];
      expect(current).toHaveLength(1);
      const off = direction.members.map(({ name, observed }) => Math.abs(memberOf(current[0], name).packets - observed.packets));
      expect(
        off.reduce((sum, x) => sum + x, 0),
        'frames elsewhere',
      ).toBeLessThanOrEqual(2 * direction.transition.packets);
      if (direction.transition.packets === 0)
        for (const { name, observed } of direction.members)
          expect(memberOf(current[0], name)).toMatchObject({ packets: observed.packets, bytes: observed.bytes });
      const sum = current[0].members.reduce((total, { packets }) => total + packets, 0);
      expect(sum).toBe(direction.totals.packets);
      expect(current[0].uncertain.packets).toBeLessThanOrEqual(direction.unpredicted.reduce((total, { packets }) => total + packets, 0));
    }
  });

  const ovsRuns = ['tcp3', 'slb2', 'tcp2-rebalance', 'tcp3-flap'].filter((name) => existsSync(join(LINUX_RUNS, '../ovs', name)));
  it.each(ovsRuns)('%s: as it was, from the captures alone, every member carries what it carried', async (name) => {
    const folder = join(LINUX_RUNS, '../ovs', name);
    const files = readdirSync(folder).filter((file) => file.endsWith('.pcap'));
    const document = await plan(
      files.map((file) => join(folder, file)),
      {},
      { policies: [], failed: [], chance: false, advice: false },
    );
    for (const { policy, members, transition, scenarios } of document.lags[0].directions) {
      if (policy.id?.startsWith('ovs-') !== true) continue;
      const [current] = scenarios ?? [];
      const off = members.map(({ name, observed }) => Math.abs(memberOf(current, name).packets - observed.packets));
      expect(off.reduce((sum, x) => sum + x, 0)).toBeLessThanOrEqual(2 * transition.packets);
    }
  });

  const downs = single.flatMap((run) => {
    const { phases } = run.truth;
    const at = phases.findIndex(({ name }) => name === 'steady-one-down');
    const lost = phases.find(({ name }) => name.startsWith('link-down-'))?.name.slice('link-down-'.length);
    return at < 0 || lost === undefined ? [] : [[run.name, run, lost, phases[at].t, phases[at + 1].t] as const];
  });
  it.each(downs)('%s: one member failed, over the phase of its failure, gives the bytes measured', async (_name, run, lost, from, to) => {
    const time = (t: number): AnalysisOptions['from'] => ({ kind: 'absolute', seconds: Math.floor(t), nanos: Math.floor((t % 1) * 1e9) });
    for (const options of [trueOptions(run.truth), {}]) {
      const document = await plan(
        run.members,
        { ...options, from: time(from), to: time(to) },
        { policies: [], failed: [[lost]], chance: false, advice: false },
      );
      expect(document.lags).toHaveLength(1);
      for (const direction of document.lags[0].directions) {
        if (direction.totals.packets === 0) continue;
        const failed = direction.scenarios?.find((scenario) => scenario.failed.includes(lost) && !scenario.current);
        expect(failed, `${direction.from}`).toBeDefined();
        if (failed === undefined) continue;
        for (const { name, observed } of direction.members) {
          const { packets, bytes } = memberOf(failed, name);
          expect({ name, packets, bytes }).toEqual({ name, packets: observed.packets, bytes: observed.bytes });
        }
      }
    }
  });
});
