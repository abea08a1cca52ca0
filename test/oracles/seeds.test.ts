import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openInputs } from '../../src/cli/input-arguments.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeCheck } from '../../src/pipeline/analyze-check.ts';
import { importState } from '../../src/state/import-state.ts';
import type { LagFacts, StateFacts } from '../../src/state/state-facts.ts';
import { SHARED } from '../support/lacp-runs.ts';

/** Notes of people who built such LAGs, with the outputs they pasted: prose, several outputs in one text, arrows by hand. */
const SEEDS = join(SHARED, 'seeds');
const seeds = existsSync(SEEDS) ? readdirSync(SEEDS) : [];
const hint = seeds.length > 0 ? '' : ' (skipped: the texts are not here)';
const pathOf = (number: string): string => join(SEEDS, seeds.find((name) => name.startsWith(number)) ?? number);

function read(number: string): readonly StateFacts[] {
  const imported = importState(readFileSync(pathOf(number), 'utf8'));
  return 'code' in imported ? [] : imported.facts;
}

const lagsOf = (facts: readonly StateFacts[], format: string): LagFacts[] =>
  facts.filter((one) => one.format === format).flatMap(({ lags }) => lags);
const outputs = (number: string): string[] => read(number).map(({ format, firstLine }) => `${format} ${firstLine}`);

describe.skipIf(seeds.length === 0)(`texts of users${hint}`, () => {
  it('000: every output is found, at its line', () => {
    expect(outputs('000')).toEqual([
      'ifupdown 61',
      'ifupdown 90',
      'proc-net-bonding 177',
      'ifupdown 318',
      'ifupdown 418',
      'ifupdown 486',
      'ifupdown 568',
      'ifupdown 665',
      'ovs-bond-show 744',
      'ovs-lacp-show 774',
      'ovs-vsctl-show 841',
      'ovs-vsctl-list 860',
      'ovs-vsctl-list 888',
      'ifupdown 936',
      'bond-commands 1021',
      'ifupdown 1065',
      'ovs-vsctl-show 1103',
      'ovs-vsctl-list 1120',
      'ovs-vsctl-list 1150',
      'kernel-log 1199',
      'bond-commands 1250',
    ]);
  });

  it('000: LACP of /proc and of Open vSwitch is up, with the same partner', () => {
    const facts = read('000');
    const [proc] = lagsOf(facts, 'proc-net-bonding');
    expect(proc).toMatchObject({ mode: '802.3ad', policy: 'layer3+4', partnerSystem: 'de:ce:ff:fb:88:4f' });
    expect(proc.members.map(({ name, actor, partner }) => [name, actor?.state, partner?.state])).toEqual([
      ['enp0s4', 63, 63],
      ['enp0s5', 63, 63],
    ]);
    const [show] = lagsOf(facts, 'ovs-lacp-show');
    expect(show.partnerSystem).toBe('de:ce:ff:fb:88:4f');
    expect(show.members.map(({ lacpStatus }) => lacpStatus)).toEqual(['current attached', 'current attached']);
  });

  it('000: what its author could not see is found', async () => {
    const { findings } = await analyzeCheck(openInputs([{ path: pathOf('000') }]), DEFAULT_ANALYSIS_OPTIONS, {});
    const ids = new Set(findings.map(({ id }) => id));
    for (const id of ['bond/no-link-speed', 'ovs/ignored-key', 'config/default-policy', 'config/address-on-manual'])
      expect(ids).toContain(id);
    for (const { title, detail } of findings) expect(`${title} ${detail}`).not.toMatch(/\{\w+\}|undefined|NaN/);
  });

  it('001: the outage of the ping is told', () => {
    const [ping] = read('001');
    expect(ping.format).toBe('ping');
    expect(ping.events?.map(({ message }) => message)).toEqual([
      'icmp_seq 14 to 17 not answered (Destination Host Unreachable), answered again from 18 on',
    ]);
  });

  it('002: prose about teaming holds no output, and that is said', () => {
    const imported = importState(readFileSync(pathOf('002'), 'utf8'));
    expect(imported).toMatchObject({ code: 'unrecognized-text' });
  });

  it('003: host and switch are found, in order', async () => {
    expect(outputs('003')).toEqual([
      'switch-config 7',
      'ifupdown 25',
      'proc-net-bonding 57',
      'port-channel-summary 134',
      'port-channel-load-balance 149',
      'ping 161',
      'ping 171',
      'ip-link 182',
      'ip-link 191',
    ]);
    const facts = read('003');
    const [proc] = lagsOf(facts, 'proc-net-bonding');
    expect(proc).toMatchObject({ mode: '802.3ad', policy: 'layer2+3', partnerSystem: 'aa:bb:cc:00:01:00' });
    expect(proc.members.map(({ name, actor, partner }) => [name, actor?.state, partner?.state])).toEqual([
      ['enp0s8', 61, 61],
      ['enp0s9', 61, 61],
    ]);
    const [channel] = lagsOf(facts, 'port-channel-summary');
    expect([channel.flags, ...channel.members.map(({ name, flags }) => `${name} ${flags}`)]).toEqual(['SU', 'Et0/0 P', 'Et0/1 P']);
    const { findings } = await analyzeCheck(openInputs([{ path: pathOf('003') }]), DEFAULT_ANALYSIS_OPTIONS, {});
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('004: Open vSwitch against Arista, with the discards of the full member', () => {
    expect(outputs('004')).toEqual([
      'switch-config 33',
      'switch-config 43',
      'show-interfaces 111',
      'ovs-bond-list 137',
      'ovs-bond-show 140',
    ]);
    const facts = read('004');
    const [channel] = lagsOf(facts, 'show-interfaces');
    expect(channel.members.map(({ name }) => name)).toEqual(['Ethernet7/1', 'Ethernet8/1']);
    expect(channel.outputDiscards).toBe(1235);
    expect(lagsOf(facts, 'ovs-bond-show')[0].members.map(({ name }) => name)).toEqual(['ens20f0np0', 'ens20f1np1']);
  });
});
