/** Captures of real bonds in `test/captures`, each of which showed a fault of the analysis once. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openInputs } from '../../src/cli/input-arguments.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeInfer } from '../../src/pipeline/analyze-infer.ts';
import type { Direction } from '../../src/report/document.ts';
import type { DirectionInference } from '../../src/report/infer-document.ts';

const CAPTURES = fileURLToPath(new URL('../captures/', import.meta.url));

interface Truth {
  readonly mode: string;
  readonly policy: string | null;
  readonly bond_mac: string;
  readonly slaves_in_enslave_order: readonly string[];
}

/** What is inferred of the capturing host from its captures, and a state text if there is one. */
async function hostOf(run: string): Promise<{ truth: Truth; host: Direction & DirectionInference }> {
  const folder = `${CAPTURES}${run}/`;
  const truth = JSON.parse(readFileSync(`${folder}config.json`, 'utf8')) as Truth;
  const files = readdirSync(folder).filter((name) => name.startsWith('host-'));
  const inputs = openInputs(files.sort().map((name) => ({ path: folder + name })));
  const { document } = await analyzeInfer(inputs, { ...DEFAULT_ANALYSIS_OPTIONS, local: [truth.bond_mac] }, {});
  return { truth, host: document.lags[0].directions[0] as Direction & DirectionInference };
}

describe('captures of real bonds', () => {
  it.each(['k6.12-rr-two-cpus-n3', 'k6.12-tlb-by-hash-n3', 'k6.1-member-removed-n3'])('%s: mode, policy and order', async (run) => {
    const { truth, host } = await hostOf(run);
    expect(host.mode).toBe(truth.mode);
    if (truth.policy === null) return;
    expect(host.policy).toMatchObject({ id: truth.policy, members: truth.slaves_in_enslave_order });
    expect(host.agreement.packets.match).toBe(host.agreement.packets.total);
  });
});
