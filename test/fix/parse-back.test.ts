import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/fix/change.ts';
import { FIX_SYNTAXES, writeFixes } from '../../src/fix/registry.ts';
import type { FixTarget } from '../../src/fix/target.ts';
import { importState } from '../../src/state/import-state.ts';
import type { LagFacts, StateFacts } from '../../src/state/state-facts.ts';

/** Every fix is read back by the importer of its syntax and must say what was asked for. */

const HOST: FixTarget = { system: 'linux', bond: 'bond0', members: ['enp0s4', 'enp0s5'], options: { mode: '802.3ad', miimon: '100' } };
const BACKUP: FixTarget = { ...HOST, options: { mode: 'active-backup', miimon: '100', xmit_hash_policy: 'layer2' } };
const OVS: FixTarget = {
  system: 'ovs',
  bond: 'bond0',
  bridge: 'vmbr1',
  members: ['enp0s4', 'enp0s5'],
  options: { bond_mode: 'balance-tcp', lacp: 'active' },
};
const SWITCH: FixTarget = { system: 'switch', bond: null, group: 10, members: ['Ethernet1/1', 'Ethernet1/2'] };

function factsOf(text: string): readonly StateFacts[] {
  const state = importState(text);
  if (!('facts' in state)) throw new Error(`${state.reason}\n${text}`);
  expect(
    state.facts
      .flatMap((facts) => facts.unknownLines.map((line) => line.text))
      .filter((line) => !/^(configure|feature lacp|end$)/.test(line)),
    text,
  ).toEqual([]);
  return state.facts;
}

function lagOf(text: string): LagFacts {
  const lags = factsOf(text).flatMap((facts) => facts.lags);
  expect(lags.length, text).toBe(1);
  return lags[0];
}

/** nmcli commands have no importer of their own: what they write into a profile is handed to that of keyfiles. */
function keyfileOf(text: string, target: FixTarget): string {
  const options = new Map(Object.entries(target.options ?? {}));
  const members = [...target.members];
  for (const line of text.split('\n')) {
    const added = / \+bond\.options (\w+)=(\S+)$/.exec(line);
    if (added !== null) options.set(added[1], added[2]);
    const all = / bond\.options (\S+)$/.exec(line);
    if (all !== null) for (const word of all[1].split(',')) options.set(word.split('=')[0], word.split('=')[1]);
    const gone = / -bond\.options (\w+)$/.exec(line);
    if (gone !== null) options.delete(gone[1]);
    const member = / type ethernet con-name \S+ ifname (\S+) master bond0$/.exec(line);
    if (member !== null && !members.includes(member[1])) members.push(member[1]);
  }
  const ports = members.map((name) => `[connection]\nid=${name}\ntype=ethernet\ninterface-name=${name}\nmaster=bond0\nslave-type=bond\n`);
  return `[connection]\nid=bond0\ntype=bond\ninterface-name=bond0\n[bond]\n${[...options].map(([name, value]) => `${name}=${value}`).join('\n')}\n${ports.join('')}`;
}

/** Commands change a bond that is there. */
function commandsOf(text: string, { bond, members, options }: FixTarget): string {
  if (/^ip link add|^ovs-vsctl/.test(text)) return text;
  const words = Object.entries(options ?? {}).map(([name, value]) => ` ${name} ${value}`);
  return `ip link add ${bond} type bond${words.join('')}\n${members.map((name) => `ip link set ${name} master ${bond}\n`).join('')}${text}`;
}

function readBack(syntax: string, text: string, target: FixTarget): LagFacts {
  if (syntax === 'iproute2') return lagOf(commandsOf(text, target));
  return lagOf(syntax === 'networkmanager' ? keyfileOf(text, target) : text);
}

interface Case {
  readonly change: Change;
  readonly target: FixTarget;
  readonly expected: Partial<LagFacts>;
  /** Syntaxes that can express it. */
  readonly syntaxes: string;
}

const LINUX = 'iproute2 ifupdown2 ifupdown netplan networkmanager systemd-networkd ifcfg';
const CASES: readonly Case[] = [
  { change: { kind: 'set-policy', policy: 'layer3+4' }, target: HOST, expected: { mode: '802.3ad', policy: 'layer3+4' }, syntaxes: LINUX },
  { change: { kind: 'set-policy', policy: 'encap3+4' }, target: HOST, expected: { policy: 'encap3+4' }, syntaxes: LINUX },
  {
    change: { kind: 'set-policy', policy: 'vlan+srcmac' },
    target: HOST,
    expected: { policy: 'vlan+srcmac' },
    syntaxes: 'iproute2 ifupdown networkmanager ifcfg',
  },
  { change: { kind: 'set-policy', policy: 'ovs-balance-tcp' }, target: HOST, expected: {}, syntaxes: '' },
  {
    change: { kind: 'set-mode', mode: '802.3ad' },
    target: { ...BACKUP, options: { mode: 'active-backup', arp_interval: '400', arp_ip_target: '10.0.0.1' } },
    expected: { mode: '802.3ad', miiMonitorMs: 100 },
    syntaxes: LINUX,
  },
  {
    change: { kind: 'set-mode', mode: 'active-backup' },
    target: HOST,
    expected: { mode: 'active-backup', miiMonitorMs: 100 },
    syntaxes: LINUX,
  },
  { change: { kind: 'set-lacp-rate', rate: 'fast' }, target: HOST, expected: { mode: '802.3ad', lacpRate: 'fast' }, syntaxes: LINUX },
  { change: { kind: 'set-lacp-rate', rate: 'slow' }, target: HOST, expected: { lacpRate: 'slow' }, syntaxes: LINUX },
  {
    change: { kind: 'set-lacp-activity', active: true },
    target: HOST,
    expected: { lacpActive: true },
    syntaxes: 'iproute2 networkmanager ifcfg',
  },
  {
    change: { kind: 'set-link-monitor', intervalMs: 100 },
    target: { ...HOST, options: { mode: '802.3ad' } },
    expected: { miiMonitorMs: 100 },
    syntaxes: LINUX,
  },
  {
    change: { kind: 'set-link-monitor', intervalMs: 500 },
    target: HOST,
    expected: { miiMonitorMs: 500 },
    syntaxes: LINUX.replace('ifupdown2 ', ''),
  },
  {
    change: { kind: 'set-arp-monitor', intervalMs: 400, targets: ['10.0.0.1'], validate: 'all' },
    target: BACKUP,
    expected: { mode: 'active-backup', arpIntervalMs: 400, arpTargets: ['10.0.0.1'] },
    syntaxes: LINUX.replace('ifupdown2 ', ''),
  },
  {
    change: { kind: 'set-arp-monitor', intervalMs: 400, targets: ['10.0.0.1', '10.0.0.2', 'x; reboot'] },
    target: BACKUP,
    expected: { arpIntervalMs: 400, arpTargets: ['10.0.0.1', '10.0.0.2'] },
    syntaxes: LINUX.replace('ifupdown2 ', '').replace('networkmanager ', ''),
  },
  { change: { kind: 'set-arp-monitor', intervalMs: 400, targets: ['10.0.0.1'] }, target: HOST, expected: {}, syntaxes: '' },
  {
    change: { kind: 'set-fail-over-mac', policy: 'active' },
    target: BACKUP,
    expected: { failOverMac: 'active' },
    syntaxes: LINUX.replace('ifupdown2 ', ''),
  },
  {
    change: { kind: 'set-primary', member: 'enp0s4', reselect: 'failure' },
    target: BACKUP,
    expected: { primaryMember: 'enp0s4', primaryReselect: 'failure' },
    syntaxes: LINUX.replace('systemd-networkd ', ''),
  },
  {
    change: { kind: 'set-min-links', count: 2 },
    target: HOST,
    expected: { minLinks: 2 },
    syntaxes: 'iproute2 ifupdown2 netplan networkmanager systemd-networkd ifcfg',
  },
  {
    change: { kind: 'set-ad-select', select: 'bandwidth' },
    target: HOST,
    expected: { adSelect: 'bandwidth' },
    syntaxes: LINUX.replace('ifupdown2 ', ''),
  },
  {
    change: { kind: 'create-lag', protocol: 'lacp', lacpRate: 'fast', policy: 'layer3+4' },
    target: { ...HOST, options: {} },
    expected: { mode: '802.3ad', lacpRate: 'fast', policy: 'layer3+4', miiMonitorMs: 100 },
    syntaxes: LINUX,
  },
  {
    change: { kind: 'create-lag', protocol: 'static', policy: 'layer2+3' },
    target: { ...HOST, options: {} },
    expected: { mode: 'balance-xor', policy: 'layer2+3' },
    syntaxes: LINUX,
  },
  // Open vSwitch
  {
    change: { kind: 'set-policy', policy: 'ovs-balance-slb' },
    target: OVS,
    expected: { mode: 'ovs-balance-slb' },
    syntaxes: 'ifupdown2 ifupdown netplan ovs',
  },
  {
    change: { kind: 'set-policy', policy: 'ovs-active-backup' },
    target: OVS,
    expected: { mode: 'ovs-active-backup' },
    syntaxes: 'ifupdown2 ifupdown netplan ovs',
  },
  {
    change: { kind: 'set-policy', policy: 'ovs-balance-tcp' },
    target: { ...OVS, options: {} },
    expected: { mode: 'ovs-balance-tcp', lacpActive: true },
    syntaxes: 'ifupdown2 ifupdown netplan ovs',
  },
  {
    change: { kind: 'set-lacp-rate', rate: 'fast' },
    target: OVS,
    expected: { lacpRate: 'fast' },
    syntaxes: 'ifupdown2 ifupdown netplan ovs',
  },
  {
    change: { kind: 'set-lacp-activity', active: true },
    target: { ...OVS, options: { bond_mode: 'balance-tcp', lacp: 'passive' } },
    expected: { lacpActive: true },
    syntaxes: 'ifupdown2 ifupdown netplan ovs',
  },
  {
    change: { kind: 'set-rebalance-interval', intervalMs: 10000 },
    target: OVS,
    expected: { rebalanceIntervalMs: 10000 },
    syntaxes: 'ifupdown2 ifupdown netplan ovs',
  },
  { change: { kind: 'set-hash-basis', basis: 7 }, target: OVS, expected: { hashBasis: 7 }, syntaxes: 'ifupdown2 ifupdown netplan ovs' },
  { change: { kind: 'set-hash-basis', basis: 0x80000000 }, target: OVS, expected: {}, syntaxes: '' },
  { change: { kind: 'set-lb-output', on: true }, target: OVS, expected: { lbOutput: true }, syntaxes: 'ifupdown2 ifupdown netplan ovs' },
  {
    change: { kind: 'set-lacp-fallback', on: true },
    target: OVS,
    expected: { lacpFallbackToActiveBackup: true },
    syntaxes: 'ifupdown2 ifupdown netplan ovs',
  },
  {
    change: { kind: 'create-lag', protocol: 'lacp', lacpRate: 'fast' },
    target: { ...OVS, options: {} },
    expected: { mode: 'ovs-balance-tcp', lacpActive: true, lacpRate: 'fast' },
    syntaxes: 'ifupdown2 ifupdown netplan ovs',
  },
];

describe('fixes for hosts, read back', () => {
  for (const { change, target, expected, syntaxes } of CASES) {
    it(`${JSON.stringify(change)} in ${target.options?.mode ?? target.system}`, () => {
      const fixes = writeFixes(change, target);
      expect(fixes.map((fix) => fix.syntax).join(' ')).toBe(syntaxes);
      for (const { syntax, text, verify } of fixes) {
        expect(readBack(syntax, text, target), `${syntax}\n${text}`).toMatchObject({ ...expected, name: 'bond0' });
        expect(verify).toMatch(/bond0/);
        expect(text).not.toMatch(/undefined|null|[ \t]$/m);
        expect(text.endsWith('\n')).toBe(false);
      }
    });
  }

  it('the members are those of the target, and come and go', () => {
    for (const target of [HOST, OVS]) {
      for (const syntax of FIX_SYNTAXES.filter(({ systems }) => systems.includes(target.system))) {
        const [created] = writeFixes({ kind: 'create-lag', protocol: 'lacp' }, { ...target, options: {} }, syntax.id);
        expect(
          readBack(syntax.id, created.text, { ...target, options: {} }).members.map((member) => member.name),
          created.text,
        ).toEqual(['enp0s4', 'enp0s5']);
      }
    }
    for (const syntax of ['ifupdown2', 'ifupdown', 'netplan', 'networkmanager']) {
      const [added] = writeFixes({ kind: 'add-members', members: ['enp0s6'] }, HOST, syntax);
      expect(
        readBack(syntax, added.text, HOST).members.map((member) => member.name),
        added.text,
      ).toEqual(['enp0s4', 'enp0s5', 'enp0s6']);
    }
    for (const syntax of ['ifupdown2', 'ifupdown', 'netplan']) {
      const [removed] = writeFixes({ kind: 'remove-members', members: ['enp0s4'] }, HOST, syntax);
      expect(
        readBack(syntax, removed.text, HOST).members.map((member) => member.name),
        removed.text,
      ).toEqual(['enp0s5']);
    }
    for (const syntax of ['iproute2', 'systemd-networkd', 'ifcfg']) {
      const [added] = writeFixes({ kind: 'add-members', members: ['enp0s6'] }, HOST, syntax);
      expect(
        lagOf(added.text).members.map((member) => member.name),
        added.text,
      ).toEqual(['enp0s6']);
    }
  });

  it('the configuration written leaves nothing to complain of', () => {
    for (const target of [HOST, OVS]) {
      for (const { syntax, text } of writeFixes(
        { kind: 'create-lag', protocol: 'lacp', ...(target === HOST && { policy: 'layer3+4' }) },
        { ...target, options: {} },
      )) {
        if (syntax === 'networkmanager') continue;
        expect(
          factsOf(text).flatMap((facts) => facts.notes ?? []),
          `${syntax}\n${text}`,
        ).toEqual([]);
      }
    }
  });
});

describe('fixes for switches, read back', () => {
  const CISCO = ['cisco-ios', 'cisco-nxos', 'arista-eos'];
  const textOf = (change: Change, syntax: string, target = SWITCH): string => {
    const [fix] = writeFixes(change, target, syntax);
    expect(fix, `${syntax} ${change.kind}`).toBeDefined();
    return fix.text;
  };

  it('LACP, active or passive, fast or slow, and static', () => {
    for (const syntax of CISCO) {
      const lacp = lagOf(textOf({ kind: 'create-lag', protocol: 'lacp', lacpRate: 'fast' }, syntax));
      expect(lacp).toMatchObject({ name: 'Port-channel10', mode: '802.3ad', lacpActive: true, lacpRate: 'fast' });
      expect(lacp.members.map((member) => member.name)).toEqual(SWITCH.members);
      expect(lagOf(textOf({ kind: 'set-mode', mode: '802.3ad' }, syntax))).toMatchObject({ mode: '802.3ad', lacpActive: true });
      expect(lagOf(textOf({ kind: 'set-lacp-activity', active: false }, syntax))).toMatchObject({ mode: '802.3ad', lacpActive: false });
      expect(lagOf(textOf({ kind: 'create-lag', protocol: 'static' }, syntax))).toMatchObject({ mode: 'static' });
      expect(textOf({ kind: 'set-lacp-rate', rate: 'slow' }, syntax)).toMatch(/^ lacp (rate|timer) normal$/m);
      expect(lagOf(textOf({ kind: 'add-members', members: ['Ethernet1/3'] }, syntax)).members.map((member) => member.name)).toEqual([
        'Ethernet1/3',
      ]);
    }
  });

  it('the method of load balancing', () => {
    for (const policy of ['cisco-src-mac', 'cisco-dst-ip', 'cisco-src-dst-ip', 'cisco-src-dst-port']) {
      expect(factsOf(textOf({ kind: 'set-policy', policy }, 'cisco-ios'))[0].systemPolicy?.policy).toBe(policy);
    }
    expect(factsOf(textOf({ kind: 'set-switch-hash', fields: 'ip-and-ports' }, 'cisco-nxos'))[0].systemPolicy?.policyText).toBe(
      'src-dst ip-l4port',
    );
    expect(textOf({ kind: 'set-switch-hash', fields: 'ip-and-ports' }, 'arista-eos')).toContain(
      'trident fields ip source-ip destination-ip source-port destination-port',
    );
    expect(writeFixes({ kind: 'set-policy', policy: 'layer3+4' }, SWITCH)).toEqual([]);
  });

  it('Junos', () => {
    const target = { ...SWITCH, members: ['xe-0/0/1', 'xe-0/0/2'] };
    expect(textOf({ kind: 'create-lag', protocol: 'lacp', lacpRate: 'fast' }, 'junos', target).split('\n')).toEqual([
      'configure',
      'set interfaces xe-0/0/1 ether-options 802.3ad ae10',
      'set interfaces xe-0/0/2 ether-options 802.3ad ae10',
      'set interfaces ae10 aggregated-ether-options lacp active',
      'set interfaces ae10 aggregated-ether-options lacp periodic fast',
      'commit and-quit',
    ]);
    expect(textOf({ kind: 'set-lacp-activity', active: true }, 'junos', target)).toContain('ae10 aggregated-ether-options lacp active');
  });

  it('ports that are not known are left to fill in', () => {
    const target: FixTarget = { system: 'switch', bond: null, members: ['enp0s4', 'enp0s5'] };
    for (const { text } of writeFixes({ kind: 'set-mode', mode: '802.3ad' }, { ...target, members: ['enp0s4'] }))
      expect(text).toMatch(/<number>/);
    expect(textOf({ kind: 'set-lacp-rate', rate: 'fast' }, 'cisco-ios', target)).toContain('interface <port to enp0s4>\n lacp rate fast');
  });
});
