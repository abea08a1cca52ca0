/** Which flows a failure moves, on a real Open vSwitch: said from what came before it, held against what came after. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openInputs } from '../../src/cli/input-arguments.ts';
import { analyzeCaptures } from '../../src/pipeline/analyze-captures.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { createPlanViews } from '../../src/pipeline/build-plan.ts';
import { createFlowsAnalysis } from '../../src/pipeline/flows-result.ts';
import { takeSteps } from '../../src/pipeline/steps.ts';
import type { Flow } from '../../src/report/document.ts';

const RUN = join(import.meta.dirname, '../../../shared/captures/ovs/tcp3-flap');
if (!existsSync(RUN)) console.log(`skipped: the captures of real Open vSwitch are not here (${RUN})`);

/** When eno2 lost its carrier, as the run's notes say, and when it came back. */
const DOWN = 1_795_229_944.83;
const UP = 1_795_229_948.93;
const HOST = '52:54:00';

async function analyse(from: number, to: number, state: readonly string[]): Promise<Awaited<ReturnType<typeof analyzeCaptures>>> {
  const time = (t: number): { kind: 'absolute'; seconds: number; nanos: number } => ({
    kind: 'absolute',
    seconds: Math.floor(t),
    nanos: Math.floor((t % 1) * 1e9),
  });
  const captures = ['eno1', 'eno2', 'eno3'].map((name) => join(RUN, `${name}.pcap`));
  const inputs = openInputs([...captures, ...state].map((path) => ({ path })));
  return analyzeCaptures(inputs, { ...DEFAULT_ANALYSIS_OPTIONS, from: time(from), to: time(to) }, {});
}

/** Every flow that the side with the bond sends, by its addresses. */
function flowsOf({ document, lags }: Awaited<ReturnType<typeof analyzeCaptures>>): Map<string, Flow> {
  const list = createFlowsAnalysis(document, lags).flows(document.lags[0].id, { where: [], sort: '-bytes' });
  const flows = Array.from({ length: list.length }, (_, i) => list.at(i)).filter(({ srcMac }) => srcMac.startsWith(HOST));
  return new Map(
    flows.map((flow) => [JSON.stringify([flow.srcMac, flow.dstMac, flow.vlans, flow.src, flow.dst, flow.srcPort, flow.dstPort]), flow]),
  );
}

describe.skipIf(!existsSync(RUN))('a member of Open vSwitch that fails', () => {
  it('takes its own buckets along and leaves all others: told beforehand, seen afterwards', async () => {
    const before = await analyse(DOWN - 5, DOWN - 0.1, [join(RUN, 'snapshots/00-before.host.bond-show.txt')]);
    const after = await analyse(DOWN + 1, UP, []);
    const lag = before.document.lags[0];
    const side = lag.sides.find(({ macs }) => macs.some((mac) => mac.startsWith(HOST)));
    const direction = lag.directions.find(({ from: of }) => of === side?.id);
    expect(direction?.policy.id).toBe('ovs-balance-tcp');
    const from = direction?.from ?? 'a';
    const views = createPlanViews(before.lags);
    const moved = views.movedFlows(lag.id, { from, failed: ['eno2'] }, 10_000);
    const [, scenario] =
      (
        await takeSteps(views.plan(lag.id, { sides: [from], policies: [], failed: [['eno2']], advice: false, draws: 5 }), {})
      ).directions[0].scenarios.filter(({ failed, current }) => current || failed.length > 0) ?? [];
    expect(scenario.moved).toEqual({ flows: moved?.total, bytes: moved?.totalBytes });
    expect(scenario.mayMove.flows).toBe(moved?.undecided);
    const leaving = new Set(moved?.flows.map(({ id }) => id));
    expect(leaving.size).toBeGreaterThan(5);
    const seen = flowsOf(after);
    let checked = 0;
    for (const [key, flow] of flowsOf(before)) {
      const later = seen.get(key);
      if (later === undefined || (flow.predicted?.member ?? null) === null) continue;
      checked++;
      if (leaving.has(flow.id)) expect(later.members.map(({ name }) => name)).not.toContain('eno2');
      else expect(later.observed, key).toBe(flow.observed);
    }
    expect(checked).toBeGreaterThan(20);
    for (const { from: at, to } of moved?.flows ?? []) expect([at, to]).toEqual(['eno2', null]);
  });
});
