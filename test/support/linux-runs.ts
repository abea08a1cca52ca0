/** Captures of real Linux bonds beside their true configuration, and what any analysis of captures must satisfy. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { analyzeFiles, type InputFile } from '../../src/node.ts';
import type { AnalysisOptions, SenderOptions } from '../../src/pipeline/analysis-options.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import type { Counts, Direction, ResultDocument, SideId } from '../../src/report/document.ts';

export const LINUX_RUNS = fileURLToPath(new URL('../../../shared/captures/linux/', import.meta.url));

interface End {
  readonly policy: string | null;
  readonly slaves_in_enslave_order: readonly string[];
}

interface BondTruth extends End {
  readonly bond_mac: string;
  readonly switch: End & { readonly bond_mode: string | null; readonly port_of: Readonly<Record<string, string>> };
}

export interface RunTruth extends BondTruth {
  readonly kernel: string;
  readonly mode: string;
  readonly slave_permanent_macs: Readonly<Record<string, string>>;
  readonly bonds?: readonly BondTruth[];
  readonly phases: readonly { readonly name: string; readonly t: number }[];
}

export interface LinuxRun {
  readonly name: string;
  readonly truth: RunTruth;
  /** Path of a file of this run. */
  path(file: string): string;
  /** One capture per member, in the order of the members' names. */
  readonly members: readonly string[];
}

const HASHING_MODES: readonly (string | null)[] = ['802.3ad', 'balance-xor'];

/** Runs in which one end at least places frames by a policy. Empty where the captures are absent. */
export function listLinuxRuns(folder: string = LINUX_RUNS): LinuxRun[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'config.json')))
    .map((name): LinuxRun => {
      const path = (file: string): string => join(folder, name, file);
      const truth = JSON.parse(readFileSync(path('config.json'), 'utf8')) as RunTruth;
      const members = Object.keys(truth.slave_permanent_macs)
        .sort()
        .map((member) => path(`host-${member}.pcap`))
        .filter((file) => existsSync(file));
      return { name, truth, path, members };
    })
    .filter(({ truth }) => hashingSides(truth).length > 0);
}

/** Ends that hash by a Linux policy. */
export function hashingSides(truth: RunTruth): SideId[] {
  const sides: SideId[] = [];
  if (HASHING_MODES.includes(truth.mode) && truth.policy !== null) sides.push('a');
  if (HASHING_MODES.includes(truth.switch.bond_mode) && truth.switch.policy !== null) sides.push('b');
  return sides;
}

/** The true configuration of one bond as options. Member names are those of the capturing host. */
export function trueOptions(
  truth: RunTruth,
  kernel: Pick<SenderOptions, 'kernel' | 'variant'> = { kernel: truth.kernel },
  bond: BondTruth = truth,
): AnalysisOptions {
  const sides = hashingSides(truth);
  const portOf = Object.entries(bond.switch.port_of);
  const memberOf = (port: string): string => portOf.find(([, other]) => other === port)?.[0] ?? port;
  const sender = (end: End, order: readonly string[]): SenderOptions => ({ policy: end.policy ?? '', members: order, ...kernel });
  return {
    ...DEFAULT_ANALYSIS_OPTIONS,
    local: [bond.bond_mac],
    sides: {
      ...(sides.includes('a') && { a: sender(bond, bond.slaves_in_enslave_order) }),
      ...(sides.includes('b') && { b: sender(bond.switch, bond.switch.slaves_in_enslave_order.map(memberOf)) }),
    },
  };
}

export async function documentOf(files: readonly (string | InputFile)[], options: Partial<AnalysisOptions> = {}): Promise<ResultDocument> {
  return (await analyzeFiles(files, options)).document;
}

export function packetsOf(counts: readonly Counts[]): number {
  return counts.reduce((sum, { packets }) => sum + packets, 0);
}

/** Every frame is accounted for, and every hashed frame is predicted, unpredicted or in transition (contract, section 1). */
export function expectEveryFrameCounted({ inputs, lags, outside }: ResultDocument): void {
  const directions = lags.flatMap((lag) => lag.directions);
  for (const { totals, agreement, unpredicted, transition, members } of directions) {
    expect(agreement.packets.total + packetsOf(unpredicted) + transition.packets).toBe(totals.packets);
    expect(
      members.reduce((sum, { observed }) => sum + observed.packets, 0),
      'frames observed on the members',
    ).toBe(totals.packets);
  }
  const inLags = directions.flatMap((direction) => [direction.totals, direction.control, direction.reflections]);
  const apart = lags.flatMap((lag) => [lag.unassigned, lag.duplicates]);
  expect(packetsOf([...inLags, ...apart, outside]), 'frames accounted for').toBe(packetsOf(inputs));
}

export interface Allowed {
  readonly reasons: readonly string[];
  /** Largest share of the hashed frames that may be unpredicted, those before the links were up aside. */
  readonly share: number;
}

/** Every frame that is predicted is where the policy puts it, and little is left out of the comparison. */
export function expectAgreement(direction: Direction, allowed: Allowed): void {
  const { from, totals, agreement, unpredicted, transition } = direction;
  const left = unpredicted.map(({ reason, packets }) => `${reason} ${packets}`).join(', ');
  expect(agreement.packets.match, `frames from ${from} that agree (${left})`).toBe(agreement.packets.total);
  expect(agreement.flows.match, `flows from ${from} that agree`).toBe(agreement.flows.total);
  expect(transition.packets, `frames from ${from} in transition`).toBeLessThanOrEqual(totals.packets * 0.05);
  for (const { reason } of unpredicted) expect(allowed.reasons, `frames from ${from}`).toContain(reason);
  const others = unpredicted.filter(({ reason }) => reason !== 'before-up');
  expect(packetsOf(others), `frames from ${from} that are unpredicted (${left})`).toBeLessThanOrEqual(totals.packets * allowed.share);
}

export function directionFrom(lag: ResultDocument['lags'][number], side: SideId): Direction {
  const found = lag.directions.find((direction) => direction.from === side);
  if (found === undefined) throw new Error(`no direction from side ${side}`);
  return found;
}
