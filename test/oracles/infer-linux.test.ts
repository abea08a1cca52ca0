/** The rule of each sender read off real captures alone: policy, version, order and mode against the true configuration. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { openInputs } from '../../src/cli/input-arguments.ts';
import { eraForKernel } from '../../src/hash/kernel-version.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeInfer } from '../../src/pipeline/analyze-infer.ts';
import type { DirectionInference } from '../../src/report/infer-document.ts';
import type { Direction, Lag } from '../../src/report/document.ts';
import { DOCUMENT_SCHEMAS } from '../../src/report/json-schema-registry.ts';
import { LINUX_RUNS, type RunTruth } from '../support/linux-runs.ts';

const names = existsSync(LINUX_RUNS) ? readdirSync(LINUX_RUNS).filter((name) => existsSync(join(LINUX_RUNS, name, 'config.json'))) : [];
if (names.length === 0) console.log(`skipped: the captures of real kernels are not here (${LINUX_RUNS})`);

interface End {
  readonly mode: string;
  readonly policy: string | null;
  /** In hash order, by the names of the capturing host. */
  readonly order: readonly string[];
}

function endsOf(truth: RunTruth, bond: RunTruth | NonNullable<RunTruth['bonds']>[number]): readonly [End, End] {
  const hostPort = new Map(Object.entries(bond.switch.port_of).map(([host, port]) => [port, host]));
  return [
    { mode: modeName(truth.mode), policy: bond.policy, order: bond.slaves_in_enslave_order },
    {
      mode: modeName(bond.switch.bond_mode ?? 'none'),
      policy: bond.switch.bond_mode === null ? null : bond.switch.policy,
      order: bond.switch.slaves_in_enslave_order.map((port) => hostPort.get(port) ?? port),
    },
  ];
}

function modeName(mode: string): string {
  return mode === 'teamd-lacp' ? '802.3ad' : mode;
}

function capturesOf(name: string, truth: RunTruth): string[] {
  return Object.keys(truth.slave_permanent_macs)
    .sort()
    .map((member) => join(LINUX_RUNS, name, `host-${member}.pcap`))
    .filter((path) => existsSync(path));
}

type Inferred = Direction & DirectionInference;

async function infer(name: string, truth: RunTruth): Promise<readonly Lag[]> {
  const inputs = openInputs(capturesOf(name, truth).map((path) => ({ path })));
  const { document } = await analyzeInfer(inputs, { ...DEFAULT_ANALYSIS_OPTIONS, local: [truth.bond_mac] }, {});
  const validate = new Ajv2020({ strict: true, allErrors: true }).compile(DOCUMENT_SCHEMAS.infer);
  expect(validate(JSON.parse(JSON.stringify(document))), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  return document.lags;
}

/** With one member in use at a time no rule shows itself. */
const isOneMember = (d: Inferred): boolean => d.hypotheses[0]?.tests === 0;

function checkEnd(direction: Inferred, end: End, kernel: string): void {
  const where = `side ${direction.from}`;
  if (end.mode !== 'none') expect([direction.mode, ...direction.equivalentModes], `${where} mode`).toContain(end.mode);
  if (end.policy === null || (end.mode !== '802.3ad' && end.mode !== 'balance-xor') || direction.hypotheses.length === 0) return;
  const [best] = direction.hypotheses;
  const alike = [{ policy: best.policy, variant: best.variant }, ...best.equivalent];
  const same = alike.filter((rule) => rule.policy === end.policy);
  expect(same.length, `${where}: ${end.policy} among ${alike.map((rule) => rule.policy).join(' ')}`).toBeGreaterThan(0);
  const era = eraForKernel(kernel)?.variant;
  expect(
    same.map((rule) => rule.variant),
    `${where} version`,
  ).toContain(era);
  if (direction.decided) expect(best.policy, `${where} decided`).toBe(end.policy);
  if (isOneMember(direction)) expect(direction.decided, `${where} with one member`).toBe(false);
  else if (best.members.length >= 3 && best.untestedMembers.length === 0)
    expect(best.members, `${where} order`).toEqual(end.order.filter((member) => best.members.includes(member)));
}

describe.skipIf(names.length === 0)('the rule of each sender, from captures of real kernels alone', () => {
  it.each(names)('%s', async (name) => {
    const truth = JSON.parse(readFileSync(join(LINUX_RUNS, name, 'config.json'), 'utf8')) as RunTruth;
    for (const lag of await infer(name, truth)) {
      const bond = truth.bonds?.find((b) => b.slaves_in_enslave_order.every((s) => lag.members.some((m) => m.name === s))) ?? truth;
      const ends = endsOf(truth, bond);
      // In a run of two bonds `--local` names the first only: the other one's ends are told apart by their policies.
      const isLocal = truth.bonds === undefined || lag.sides[0].macs.includes(bond.bond_mac);
      const [a, b] = lag.directions as readonly Inferred[];
      checkEnd(a, isLocal ? ends[0] : ends[1], truth.kernel);
      checkEnd(b, isLocal ? ends[1] : ends[0], truth.kernel);
    }
  });
});
