/** Directions of captures whose sender's rule is known: real bonds by their configuration. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openInputs } from '../../src/cli/input-arguments.ts';
import { hashFlows } from '../../src/flows/hash-flows.ts';
import { formatMac } from '../../src/flows/mac.ts';
import type { HashPolicy } from '../../src/hash/policy.ts';
import { findPolicy } from '../../src/hash/registry.ts';
import type { Hypothesis } from '../../src/infer/hypothesis.ts';
import { observe, type Observation } from '../../src/infer/observe.ts';
import type { RuleRequest } from '../../src/infer/rule-source.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeCaptures } from '../../src/pipeline/analyze-captures.ts';
import type { LagAnalysis } from '../../src/pipeline/analyze-lag.ts';
import { ruleRequest } from '../../src/pipeline/rule-request.ts';
import { hashingSides, type LinuxRun } from './linux-runs.ts';

/** One direction with its true rule. */
export interface KnownSender {
  readonly name: string;
  /** Null where no rule that can be known places the frames. */
  readonly policy: string | null;
  /** True for the rule in use, and for what cannot be told from it by any flow of this sender. */
  isRule(hypothesis: Hypothesis): boolean;
  /** The analysis says that both ends may be exchanged, and that the other one follows another rule: none is decided. */
  readonly eitherEnd: boolean;
  readonly request: RuleRequest;
  readonly seen: Observation;
}

/** Fewer flows are no subject for subsets. */
const LEAST_FLOWS = 5;

/** The direction from `side`, if it has flows on two members or more. */
export function knownSender(
  lag: LagAnalysis,
  side: 0 | 1,
  name: string,
  policy: string | null,
  isRule: (seen: Observation, h: Hypothesis) => boolean,
): readonly KnownSender[] {
  const direction = lag.directions[side];
  const request = ruleRequest(direction.asked, null);
  const seen = observe(request);
  if (seen.members.length < 2 || direction.list.length < LEAST_FLOWS) return [];
  // As `asEitherEnd` has it, for rules that the whole capture shows.
  const [own, opposite] = [side, 1 - side].map((of) => lag.directions[of].sender.policy?.id);
  const eitherEnd = !lag.endsAreTold && own !== opposite;
  return [{ name, policy, eitherEnd, request, seen, isRule: (h: Hypothesis) => isRule(seen, h) || (eitherEnd && h.policy.id === own) }];
}

async function lagsOf(paths: readonly string[]): Promise<readonly LagAnalysis[]> {
  return (await analyzeCaptures(openInputs(paths.map((path) => ({ path }))), DEFAULT_ANALYSIS_OPTIONS, {})).lags;
}

/** Side of the stations whose addresses pass the test; null where the analysis has them on neither or on both. */
function sideWith(lag: LagAnalysis, isOne: (mac: string) => boolean): 0 | 1 | null {
  const [a, b] = lag.sides.macs.map((macs) => macs.some((mac) => isOne(formatMac(mac))));
  return a === b ? null : a ? 0 : 1;
}

/** Senders of a Linux run that hash over two members or more; nothing is told but the captures. */
export async function linuxSenders(run: LinuxRun): Promise<KnownSender[]> {
  const { truth } = run;
  // A policy that was changed on the way is not one rule.
  if (truth.phases.some(({ name }) => name.includes('xmit_hash_policy'))) return [];
  return (await lagsOf(run.members)).flatMap((lag) => {
    const bond =
      truth.bonds?.find((b) => b.slaves_in_enslave_order.every((s) => lag.plan.members.some((m) => m.name === s))) ??
      (truth.bonds === undefined ? truth : undefined);
    if (bond === undefined) return [];
    const host = sideWith(lag, (mac) => mac === bond.bond_mac);
    if (host === null) return [];
    return hashingSides(truth).flatMap((end): readonly KnownSender[] => {
      const policy = end === 'a' ? bond.policy : bond.switch.policy;
      const side = (end === 'a' ? host : 1 - host) as 0 | 1;
      return policy === null ? [] : knownSender(lag, side, `${run.name} ${end}`, policy, (_, h) => h.policy.id === policy);
    });
  });
}

interface OvsTruth {
  readonly datapath: string;
  readonly bond_mode: string;
  readonly switch_mode?: string;
  readonly switch_has_bond: boolean;
  readonly hash?: string | null;
  readonly basis: { readonly host: number; readonly switch: number };
  readonly host_mac_prefix: string;
  readonly switch_mac_prefix: string;
  readonly host_bond_config: Readonly<Record<string, string>>;
  readonly switch_bond_config: Readonly<Record<string, string>>;
}

/** Folders of a directory with captures of Open vSwitch bonds. Empty where they are absent. */
export function listOvsRuns(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((run) => existsSync(join(run, 'eno1.pcap')));
}

/** Senders of an Open vSwitch run that use two members or more. */
export async function ovsSenders(run: string): Promise<KnownSender[]> {
  const truth = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')) as OvsTruth;
  const captures = readdirSync(run)
    .filter((name) => name.endsWith('.pcap'))
    .sort();
  return (await lagsOf(captures.map((name) => join(run, name)))).flatMap((lag) => {
    const host = sideWith(lag, (mac) => mac.startsWith(truth.host_mac_prefix));
    if (host === null) return [];
    const ends = truth.switch_has_bond ? (['host', 'switch'] as const) : (['host'] as const);
    return ends.flatMap((end): readonly KnownSender[] => {
      const side = (end === 'host' ? host : 1 - host) as 0 | 1;
      const mode = end === 'host' ? truth.bond_mode : (truth.switch_mode ?? truth.bond_mode);
      const policy = findPolicy(`ovs-${mode}`);
      if (mode === 'active-backup') return [];
      const name = `${run.split('/').at(-1)} ${end}`;
      // The kernel's datapath has a key of its own.
      if (policy === null || truth.datapath === 'system') return knownSender(lag, side, name, null, () => false);
      const config = truth[`${end}_bond_config`];
      const isLbOutput = mode === 'balance-tcp' && config['other_config:lb-output-action'] === 'true';
      const variant = `${truth.hash === 'crc' ? 'crc' : 'portable'}${isLbOutput ? '/lb-output' : ''}`;
      return knownSender(
        lag,
        side,
        name,
        policy.id,
        (seen, h) => h.policy.id === policy.id && h.variant === variant && sameBuckets(seen, policy, variant, h.basis, truth.basis[end]),
      );
    });
  });
}

/** True if both bases part the flows alike: buckets may have other numbers. */
function sameBuckets(seen: Observation, policy: HashPolicy, variant: string, one: number, other: number): boolean {
  if (one === other) return true;
  const [x, y] = [one, other].map((basis) => {
    const context = { variant, basis, memberCount: seen.flows.memberCount };
    return hashFlows(seen.flows.merged, seen.sample, [{ policy, context }], false)[0].hash;
  });
  const partner = new Map<number, number>();
  for (let i = 0; i < x.length; i++) {
    const bucket = x[i] & 0xff;
    if ((partner.get(bucket) ?? y[i] & 0xff) !== (y[i] & 0xff)) return false;
    partner.set(bucket, y[i] & 0xff);
  }
  return new Set(partner.values()).size === partner.size;
}
