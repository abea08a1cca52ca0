/** The main job on real bonds: what the policies say, the wire shows, through loss, return and re-enslaving. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eraForKernel } from '../../src/hash/kernel-version.ts';
import { capinfosPackets, hasCapinfos } from '../support/capinfos.ts';
import {
  directionFrom,
  documentOf,
  expectAgreement,
  expectEveryFrameCounted,
  hashingSides,
  LINUX_RUNS,
  listLinuxRuns,
  trueOptions,
  type Allowed,
  type LinuxRun,
} from '../support/linux-runs.ts';

/** What the captures of a run cannot tell: local sockets' hashes, quoted headers behind 96 bytes, tags in injected frames. */
function allowedFor({ name }: LinuxRun): Allowed {
  if (name.includes('encap34')) return { reasons: ['socket-hash', 'in-frame-tag', 'before-up'], share: 0.7 };
  if (name.includes('snaplen96')) return { reasons: ['cut-header', 'in-frame-tag', 'before-up'], share: 0.03 };
  return { reasons: ['in-frame-tag', 'before-up'], share: 0.04 };
}

/** Once all members of a run are up, none of its frames can be from before that. A member enslaved again comes up once more. */
async function expectNothingLeftOnceUp(run: LinuxRun): Promise<void> {
  const steady = run.truth.phases.find((phase) => phase.name === 'steady');
  if (steady === undefined || run.name.includes('reenslave')) return;
  const from = { kind: 'absolute', seconds: Math.ceil(steady.t), nanos: 0 } as const;
  const { lags } = await documentOf(run.members, { ...trueOptions(run.truth), from });
  for (const side of hashingSides(run.truth)) {
    const direction = directionFrom(lags[0], side);
    expect(direction.unpredicted.filter(({ reason }) => reason === 'before-up')).toEqual([]);
    expectAgreement(direction, allowedFor(run));
  }
}

const membersText = (names: readonly string[]): string => [...names].sort().join(' ');

const runs = listLinuxRuns();
const single = runs.filter((run) => run.truth.bonds === undefined);
if (runs.length === 0) console.log(`skipped: the captures of real kernels are not here (${LINUX_RUNS})`);

describe.skipIf(runs.length === 0)('captures of real kernels, with the true policies, kernels and orders', () => {
  it.each(single.map((run) => [run.name, run] as const))('%s agrees in both directions', async (_name, run) => {
    const document = await documentOf(run.members, trueOptions(run.truth));
    expect(document.errors).toEqual([]);
    expect(document.lags).toHaveLength(1);
    expectEveryFrameCounted(document);
    if (hasCapinfos) expect(document.inputs.map(({ packets }) => packets)).toEqual(capinfosPackets(run.members));
    for (const side of hashingSides(run.truth)) {
      const direction = directionFrom(document.lags[0], side);
      expect(direction.totals.packets).toBeGreaterThan(0);
      expect(direction.policy).toMatchObject({ source: 'option', id: side === 'a' ? run.truth.policy : run.truth.switch.policy });
      expectAgreement(direction, allowedFor(run));
    }
    await expectNothingLeftOnceUp(run);
    const variant = eraForKernel(run.truth.kernel)?.variant;
    for (const kernel of [{ variant }, { kernel: variant }, { kernel: run.truth.kernel.replace(/^(\d+\.\d+).*/, '$1') }]) {
      const other = await documentOf(run.members, trueOptions(run.truth, kernel));
      expect(other, JSON.stringify(kernel)).toEqual(document);
    }
  });

  it.each(
    runs
      .filter((run) => existsSync(run.path('host-bond0-after.txt')) && hashingSides(run.truth).includes('a'))
      .map((run) => [run.name, run] as const),
  )('%s agrees on side a given only the captures and the state text', async (_name, run) => {
    const texts = ['host-bond0-after.txt', 'host-bond1-after.txt'].map((file) => run.path(file)).filter((path) => existsSync(path));
    const document = await documentOf([...run.members, ...texts]);
    expect(document.errors).toEqual([]);
    expectEveryFrameCounted(document);
    const bonds = run.truth.bonds ?? [run.truth];
    expect(document.lags).toHaveLength(bonds.length);
    for (const lag of document.lags) {
      const direction = directionFrom(lag, 'a');
      const bond = bonds.find(({ slaves_in_enslave_order: members }) => members.includes(direction.policy.members[0]));
      expect(direction.policy).toMatchObject({ id: bond?.policy, source: 'state' });
      expectAgreement(direction, allowedFor(run));
    }
  });

  const hashed = runs.filter(
    ({ name, truth }) =>
      truth.bonds === undefined && /layer2-n|layer23-n|layer34-n|vlansrcmac|xor/.test(name) && !/reenslave|linkdown|loss/.test(name),
  );
  it.each(hashed.map((run) => [run.name, run] as const))(
    '%s does not agree with a policy that its sender did not use',
    async (_name, run) => {
      const { slaves_in_enslave_order: members, policy: used, bond_mac: mac } = run.truth;
      for (const policy of ['layer2', 'vlan+srcmac']) {
        if (policy === used) continue;
        const { lags } = await documentOf(run.members, { local: [mac], sides: { a: { policy, members, kernel: run.truth.kernel } } });
        const { agreement, totals, transition } = directionFrom(lags[0], 'a');
        expect(agreement.packets.match, policy).toBeLessThan(agreement.packets.total * 0.85);
        expect(agreement.packets.total + transition.packets, policy).toBeGreaterThan(totals.packets * 0.8);
        expect(transition.packets, policy).toBeLessThanOrEqual(totals.packets * 0.05);
      }
    },
  );

  const twoBonds = runs.find((run) => run.truth.bonds !== undefined);
  it.runIf(twoBonds)('two bonds in one set of captures are two LAGs', async () => {
    if (twoBonds?.truth.bonds === undefined) return;
    const { members: files, truth } = twoBonds;
    const whole = await documentOf(files, { local: [truth.bond_mac] });
    expectEveryFrameCounted(whole);
    const names = whole.lags.map((lag) => membersText(lag.members.map(({ name }) => name)));
    expect(names.sort()).toEqual((truth.bonds ?? []).map((bond) => membersText(bond.slaves_in_enslave_order)).sort());
    for (const bond of truth.bonds ?? []) {
      const lag = whole.lags.find(({ members }) => members.some(({ name }) => name === bond.slaves_in_enslave_order[0]));
      const own = await documentOf(files, { ...trueOptions(truth, undefined, bond), lag: lag?.id });
      expect(own.lags.map(({ id }) => id)).toEqual([lag?.id]);
      expectEveryFrameCounted(own);
      for (const side of ['a', 'b'] as const) expectAgreement(directionFrom(own.lags[0], side), allowedFor(twoBonds));
    }
    const one = await documentOf(files, { local: [truth.bond_mac], oneLag: true });
    expect(one.lags).toHaveLength(1);
    expectEveryFrameCounted(one);
  });
});
