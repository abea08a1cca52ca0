import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openInputs } from '../../src/cli/input-arguments.ts';
import { analyzeCheck } from '../../src/pipeline/analyze-check.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import type { Finding } from '../../src/report/document.ts';
import { splitIsoTime } from '../../src/report/iso-time.ts';
import { listRuns, memberCaptures, runFile, SHARED } from '../support/lacp-runs.ts';

/** Faults that were made, and what has to be found: id, members, and the second of 2026-11-21 (UTC, epoch) it began, within `within`. */
interface Expected {
  readonly id: string;
  readonly members: readonly string[];
  readonly at?: number;
  readonly within?: number;
}

const FAULTS: Readonly<Record<string, readonly Expected[]>> = {
  'k6.1-nolacp-n2': [{ id: 'lacp/no-partner', members: ['enp0s4', 'enp0s5'] }],
  'k6.1-staticlag-n2': [
    { id: 'lacp/no-partner', members: ['enp0s4', 'enp0s5'] },
    { id: 'bond/one-way-member', members: ['enp0s5'] },
  ],
  'k6.1-split-aggregator-n3': [{ id: 'lacp/split-partner', members: ['enp0s6'] }],
  'k6.1-lldp-split-n3': [{ id: 'lacp/split-partner', members: ['p1p2'] }],
  'k6.1-lacpdu-oneway-loss-n2': [
    { id: 'lacp/expired', members: ['enp0s5'], at: 1795230640.72, within: 1.5 },
    { id: 'lacp/defaulted', members: ['enp0s5'], at: 1795230640.72, within: 1.5 },
    { id: 'bond/failover', members: ['enp0s5'], at: 1795230643.7, within: 1.5 },
  ],
  'k6.1-linkdown-return-layer23-n3': [{ id: 'bond/failover', members: ['enp0s6'], at: 1795231299.75, within: 1.5 }],
  'k6.1-activebackup-failover-n2': [{ id: 'bond/failover', members: ['enp0s4'], at: 1795230623.73, within: 1.5 }],
  'k6.1-reenslave-layer34-n3': [{ id: 'bond/failover', members: ['enp0s4'], at: 1795231254.14, within: 1.5 }],
  'k6.1-ab-channels-n2': [{ id: 'bond/ends-disagree-active', members: ['eth1', 'eth2'], at: 1795235269.4, within: 1.5 }],
  'k6.12-keysplit-n4': [{ id: 'lacp/key-mismatch', members: ['eth4', 'eth5'] }],
  'k6.12-speedmix-stable-n4': [{ id: 'lacp/key-mismatch', members: ['eno1', 'eno2'] }],
  'k6.12-passive-both-n2': [
    { id: 'lacp/both-passive', members: ['eno1', 'eno2'] },
    { id: 'lacp/flap', members: ['eno1'] },
    { id: 'lacp/flap', members: ['eno2'] },
  ],
  'nolacp-peer': [{ id: 'lacp/no-partner', members: ['eno1', 'eno2'] }],
  'nolacp-fallback': [{ id: 'lacp/no-partner', members: ['eno1', 'eno2'] }],
  'passive-both': [
    { id: 'lacp/no-pdus', members: ['enp60s0', 'enp95s0'] },
    { id: 'capture/empty', members: ['enp60s0'] },
  ],
  'tcp3-flap': [
    { id: 'lacp/expired', members: ['eno3'] },
    { id: 'lacp/defaulted', members: ['eno3'] },
    { id: 'bond/failover', members: ['eno2'] },
    { id: 'bond/failover', members: ['eno3'] },
  ],
};

/** The `info` findings a run must have. */
const INFORMATION: Readonly<Record<string, readonly string[]>> = { 'tcp2-natural': ['balance/one-member', 'ovs/frozen-map'] };

const hint = existsSync(join(SHARED, 'captures')) ? '' : ' (skipped: the captures are not here)';

async function check(paths: readonly string[]): Promise<readonly Finding[]> {
  return (await analyzeCheck(openInputs(paths.map((path) => ({ path }))), DEFAULT_ANALYSIS_OPTIONS, {})).findings;
}

function expectFindings(run: string, findings: readonly Finding[]): void {
  const expected = FAULTS[run] ?? [];
  for (const { id, members, at, within } of expected) {
    const found = findings.find(
      (finding) =>
        finding.id === id && members.every((name) => finding.members.includes(name)) && finding.members.length === members.length,
    );
    expect(found, `${id} ${members.join(' ')} among ${findings.map((f) => `${f.id} ${f.members.join(' ')}`).join('; ')}`).toBeDefined();
    // Nothing shows frames of captures without any.
    if (run !== 'passive-both') expect(found?.evidence.length, `frames as evidence of ${id}`).toBeGreaterThan(0);
    if (at !== undefined) {
      const since = splitIsoTime(found?.since ?? '');
      expect(Math.abs((since?.seconds ?? 0) + (since?.nanos ?? 0) / 1e9 - at), `${id} since ${found?.since}`).toBeLessThanOrEqual(
        within ?? 1,
      );
    }
  }
  // What a text says of the fault that was made is no other fault.
  const others = findings.filter(
    ({ id, severity }) => severity !== 'info' && !expected.some((one) => one.id === id) && !(expected.length > 0 && id === 'bond/churned'),
  );
  expect(others.map(({ id, members }) => `${id} ${members.join(' ')}`)).toEqual([]);
  for (const { title, detail } of findings) expect(`${title} ${detail}`).not.toMatch(/\{\w+\}|undefined|NaN/);
  for (const id of INFORMATION[run] ?? []) expect(findings.map((finding) => finding.id)).toContain(id);
}

describe.each(['linux', 'ovs'] as const)(`findings of %s runs${hint}`, (kind) => {
  const runs = listRuns(kind);
  it.skipIf(runs.length === 0).each(runs)('%s', { timeout: 30_000 }, async (run) => {
    expectFindings(run, await check(memberCaptures(kind, run)));
  });
});

describe(`findings with state text${hint}`, () => {
  const runs = listRuns('linux');
  it.skipIf(runs.length === 0).each(runs)('%s', { timeout: 30_000 }, async (run) => {
    const texts = readdirSync(runFile('linux', run, '.')).filter((file) => /^host-bond\d+-after\.txt$/.test(file));
    const findings = await check([...memberCaptures('linux', run), ...texts.map((file) => runFile('linux', run, file))]);
    expectFindings(run, findings);
    if (run === 'k6.1-lldp-split-n3') {
      expect(findings[0].detail).toContain('LLDP names the same switch on both, tor-b12, and aggregated port 6 against 5.');
      expect(findings[0].evidence.map(({ note }) => note)).toContain('LLDP on p1p2: tor-b12 xe-0-0-2, aggregated port 6');
    }
    if (run === 'k6.12-keysplit-n4') expect(findings[0].side).toBe('b');
    if (run === 'k6.12-speedmix-stable-n4')
      expect(new Set(findings.filter(({ severity }) => severity === 'error').map(({ side }) => side))).toEqual(new Set(['a', 'b']));
    if (run === 'k6.1-lacpdu-oneway-loss-n2') expect(findings[0]).toMatchObject({ id: 'lacp/expired', side: 'a' });
  });

  it.skipIf(listRuns('ovs').length === 0)('passive at both ends, as lacp/show says', async () => {
    const show = readdirSync(runFile('ovs', 'passive-both', 'snapshots')).filter((file) => file.endsWith('host.lacp-show.txt'));
    const findings = await check([
      ...memberCaptures('ovs', 'passive-both'),
      ...show.map((file) => runFile('ovs', 'passive-both', `snapshots/${file}`)),
    ]);
    expect(findings.map(({ id }) => id)).toEqual(['lacp/both-passive', 'capture/empty', 'capture/empty']);
  });
});
