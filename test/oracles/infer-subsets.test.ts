/** Cut to 50 random flows per direction, a ranking is never sure of a wrong answer. */
import { describe, expect, it } from 'vitest';
import { judge, rankSubset, seededRandom } from '../support/infer-subsets.ts';
import { linuxSenders } from '../support/known-senders.ts';
import { LINUX_RUNS, listLinuxRuns } from '../support/linux-runs.ts';

const FLOWS = 50;
const SUBSETS = 4;
const DECIDED = 0.95;

// A part of the runs, of all kernels, policies and numbers of members: bench/calibrate-infer.ts draws from all of them.
const runs = listLinuxRuns().filter(({ name }) =>
  /^(k5\.10-encap23-n2|k5\.10-layer23-n3|k6\.1-encap34-n2|k6\.1-layer2-n3|k6\.1-vlansrcmac-n2|k6\.1-xor|k6\.12-layer34-n3|k6\.12-keysplit)/.test(
    name,
  ),
);
if (runs.length === 0) console.log(`skipped: the captures of real kernels are not here (${LINUX_RUNS})`);

describe.skipIf(runs.length === 0)(`rankings of ${FLOWS} random flows per direction`, () => {
  it.each(runs.map((run) => [run.name, run] as const))('%s', async (_name, run) => {
    const senders = await linuxSenders(run);
    expect(senders.length).toBeGreaterThan(0);
    senders.forEach((sender, s) => {
      const random = seededRandom(1000 + s);
      for (let k = 0; k < SUBSETS; k++) {
        const outcome = judge(rankSubset(sender, FLOWS, random), sender);
        if (outcome.probability > DECIDED) expect(outcome.right, `${sender.name}: the best rule at ${outcome.probability}`).toBe(true);
        if (outcome.decided) expect(outcome.policyRight, `${sender.name}: decided at ${outcome.confidence}`).toBe(true);
      }
    });
  });
});
