/** Every data frame of the steady runs of real kernels against the member that the formulas give. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eraForKernel } from '../../src/hash/kernel-version.ts';
import { findPolicy } from '../../src/hash/registry.ts';
import { emptyScore, scoreCapture, type Score } from '../support/score-capture.ts';

const root = new URL('../../../shared/captures/linux/', import.meta.url);
const HASHING_MODES = ['802.3ad', 'balance-xor'];
/** Runs in which the members in use are not all members, or change. */
const NOT_STEADY = /split|speedmix|staticlag|nolacp|keysplit|linkdown|reenslave|loss|failover|sll2/;

interface Config {
  readonly kernel: string;
  readonly mode: string;
  readonly policy: string | null;
  readonly slaves_in_enslave_order: readonly string[];
  readonly host_side_macs: Readonly<Record<string, string>>;
  readonly switch_side_macs?: Readonly<Record<string, string>>;
  readonly switch: {
    readonly bond_mode: string | null;
    readonly policy: string | null;
    readonly port_of?: Readonly<Record<string, string>>;
    readonly slaves_in_enslave_order: readonly string[];
  };
  readonly phases: readonly { readonly name: string; readonly t: number }[];
}

function scoreSide(run: string, config: Config, side: 'host' | 'switch'): Score | null {
  const isHost = side === 'host';
  const policyId = isHost ? config.policy : config.switch.policy;
  const mode = isHost ? config.mode : config.switch.bond_mode;
  const macs = isHost ? config.host_side_macs : config.switch_side_macs;
  if (policyId === null || mode === null || !HASHING_MODES.includes(mode) || macs === undefined) return null;
  const policy = findPolicy(policyId);
  const era = eraForKernel(config.kernel);
  if (policy === null || era === null) return null;
  const prefixes = Object.values(macs).filter((mac) => typeof mac === 'string');
  const order = isHost ? config.slaves_in_enslave_order : config.switch.slaves_in_enslave_order;
  const score = emptyScore();
  const steady = config.phases.find((phase) => phase.name === 'steady')?.t ?? 0;
  const end = config.phases.find((phase) => phase.name === 'traffic-end')?.t ?? Number.MAX_VALUE;
  for (const name of config.slaves_in_enslave_order) {
    const file = new URL(`${run}/host-${name}.pcap`, root);
    if (!existsSync(file)) return null;
    scoreCapture(
      {
        path: file.pathname,
        index: order.indexOf(isHost ? name : (config.switch.port_of?.[name] ?? '')),
        policy,
        context: { variant: era.variant, basis: 0, memberCount: order.length },
        isSender: (mac) => prefixes.some((prefix) => mac.startsWith(prefix)),
        from: steady,
        to: end,
      },
      score,
    );
  }
  return score;
}

const runs = existsSync(root) ? readdirSync(root).filter((run) => !NOT_STEADY.test(run)) : [];

describe.skipIf(runs.length === 0)('captures of real kernels (../shared/captures/linux)', () => {
  for (const run of runs) {
    const config = JSON.parse(readFileSync(new URL(`${run}/config.json`, root), 'utf8')) as Config;
    for (const side of ['host', 'switch'] as const) {
      const score = scoreSide(run, config, side);
      if (score === null || score.checked === 0) continue;
      it(`${run} ${side}: ${score.checked} frames`, () => {
        // Crafted frames carry tags in their bytes; a wrong formula would need that excuse for half of all.
        expect(score.inFrame).toBeLessThan(score.checked / 20);
        expect(score.agreed + score.inFrame, score.misses.join('\n')).toBe(score.checked);
      });
    }
  }
});
