import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/fix/change.ts';
import { FIX_SYNTAX_IDS, FIX_SYNTAXES, writeFixes } from '../../src/fix/registry.ts';
import { targetOfLag, type FixTarget } from '../../src/fix/target.ts';
import { importState } from '../../src/state/import-state.ts';

const HOST: FixTarget = {
  system: 'linux',
  bond: 'bond0',
  members: ['enp0s4', 'enp0s5'],
  options: { mode: '802.3ad', miimon: '100', xmit_hash_policy: 'layer2' },
};

function textOf(change: Change, target: FixTarget, syntax: string): string {
  const [fix] = writeFixes(change, target, syntax);
  expect(fix, `${syntax}: ${change.kind}`).toBeDefined();
  return fix.text;
}

describe('fixes, word by word', () => {
  it('the thirteen syntaxes of the interface', () => {
    expect(FIX_SYNTAX_IDS).toEqual([
      'iproute2',
      'ifupdown2',
      'ifupdown',
      'netplan',
      'networkmanager',
      'systemd-networkd',
      'ifcfg',
      'ovs',
      'cisco-ios',
      'cisco-nxos',
      'arista-eos',
      'junos',
      'esxi',
    ]);
  });

  it('a transmit policy', () => {
    const change: Change = { kind: 'set-policy', policy: 'layer3+4' };
    expect(Object.fromEntries(writeFixes(change, HOST).map((fix) => [fix.syntax, fix.text]))).toEqual({
      iproute2: 'ip link set dev bond0 type bond xmit_hash_policy layer3+4',
      ifupdown2: `# /etc/network/interfaces
# in the stanza of bond0: set these lines, keep the others
auto bond0
iface bond0 inet manual
    bond-slaves enp0s4 enp0s5
    bond-mode 802.3ad
    bond-xmit-hash-policy layer3+4
# then: ifreload -a`,
      ifupdown: `# /etc/network/interfaces
# in the stanza of bond0: set these lines, keep the others
auto bond0
iface bond0 inet manual
    bond-slaves enp0s4 enp0s5
    bond-mode 802.3ad
    bond-xmit-hash-policy layer3+4
# then: ifdown bond0 && ifup bond0`,
      netplan: `# the file in /etc/netplan that defines the bond: set these keys, keep the others
network:
  version: 2
  bonds:
    bond0:
      interfaces: [enp0s4, enp0s5]
      parameters:
        mode: 802.3ad
        transmit-hash-policy: layer3+4
# then: netplan try`,
      networkmanager: `bond=$(nmcli -g GENERAL.CONNECTION device show bond0)
nmcli connection modify "$bond" +bond.options xmit_hash_policy=layer3+4
nmcli connection up "$bond"`,
      'systemd-networkd': `# the .netdev file of bond0 in /etc/systemd/network: set these keys, keep the others
[NetDev]
Name=bond0
Kind=bond

[Bond]
Mode=802.3ad
TransmitHashPolicy=layer3+4
# then: networkctl delete bond0 && networkctl reload`,
      ifcfg: `# /etc/sysconfig/network-scripts/ifcfg-bond0
DEVICE=bond0
BONDING_OPTS="mode=802.3ad miimon=100 xmit_hash_policy=layer3+4"
# then: ifdown bond0; ifup bond0`,
    });
  });

  it('options that the driver takes only while the bond is down, or without members', () => {
    expect(textOf({ kind: 'set-lacp-rate', rate: 'fast' }, HOST, 'iproute2')).toBe(`ip link set dev bond0 down
ip link set dev bond0 type bond lacp_rate fast
ip link set dev bond0 up`);
    expect(textOf({ kind: 'set-mode', mode: '802.3ad' }, { ...HOST, options: {} }, 'iproute2')).toBe(`ip link set dev bond0 down
ip link set dev enp0s4 nomaster
ip link set dev enp0s5 nomaster
ip link set dev bond0 type bond mode 802.3ad miimon 100
ip link set dev enp0s4 down
ip link set dev enp0s4 master bond0
ip link set dev enp0s5 down
ip link set dev enp0s5 master bond0
ip link set dev bond0 up`);
  });

  it('speeds of network cards that tell none', () => {
    const change: Change = { kind: 'set-speed', members: ['enp0s4'], speedMbps: 1000, duplex: 'full' };
    expect(textOf(change, HOST, 'iproute2')).toBe('ethtool -s enp0s4 speed 1000 duplex full autoneg off');
    expect(textOf(change, HOST, 'ifupdown2')).toContain('    link-speed 1000\n    link-duplex full\n');
    expect(textOf(change, HOST, 'systemd-networkd')).toContain('BitsPerSecond=1000M\nDuplex=full');
    expect(writeFixes(change, HOST, 'netplan')).toEqual([]);
  });

  it('Open vSwitch', () => {
    const target: FixTarget = {
      system: 'ovs',
      bond: 'bond0',
      bridge: 'vmbr1',
      members: ['enp0s4', 'enp0s5'],
      options: { bond_mode: 'balance-tcp', lacp: 'active' },
    };
    expect(textOf({ kind: 'set-lacp-rate', rate: 'fast' }, target, 'ovs')).toBe('ovs-vsctl set port bond0 other_config:lacp-time=fast');
    expect(textOf({ kind: 'remove-ignored-key', key: 'xmit_hash_policy' }, target, 'ovs')).toBe(
      'ovs-vsctl remove port bond0 other_config xmit_hash_policy',
    );
    expect(textOf({ kind: 'create-lag', protocol: 'lacp' }, target, 'ovs')).toBe(
      'ovs-vsctl add-bond vmbr1 bond0 enp0s4 enp0s5 bond_mode=balance-tcp lacp=active',
    );
    expect(textOf({ kind: 'set-lacp-rate', rate: 'fast' }, target, 'ifupdown2')).toContain(`iface bond0 inet manual
    ovs_type OVSBond
    ovs_bridge vmbr1
    ovs_bonds enp0s4 enp0s5
    ovs_options bond_mode=balance-tcp lacp=active other_config:lacp-time=fast
`);
  });

  it('switches: all ports leave a static channel before the first joins with LACP', () => {
    const target: FixTarget = { system: 'switch', bond: null, group: 10, members: ['Ethernet1/1', 'Ethernet1/2'] };
    expect(textOf({ kind: 'set-mode', mode: '802.3ad' }, target, 'cisco-nxos')).toBe(`configure terminal
feature lacp
interface Ethernet1/1
 no channel-group
interface Ethernet1/2
 no channel-group
interface Ethernet1/1
 channel-group 10 mode active
interface Ethernet1/2
 channel-group 10 mode active
end`);
  });

  it('ESXi', () => {
    const target: FixTarget = { system: 'esxi', bond: 'vSwitch0', members: ['vmnic0', 'vmnic1'] };
    expect(textOf({ kind: 'set-policy', policy: 'esxi-ip-hash' }, target, 'esxi')).toBe(
      'esxcli network vswitch standard policy failover set -v vSwitch0 -l iphash',
    );
    expect(textOf({ kind: 'remove-members', members: ['vmnic1'] }, target, 'esxi')).toBe(
      'esxcli network vswitch standard policy failover set -v vSwitch0 -a vmnic0',
    );
    expect(writeFixes({ kind: 'set-mode', mode: '802.3ad' }, target)).toEqual([]);
  });

  it('keeps the options that a state text shows', () => {
    const state = importState(
      'DEVICE=bond0\nBONDING_OPTS="mode=802.3ad miimon=100 lacp_rate=1 xmit_hash_policy=layer2+3"\nDEVICE=eth1\nMASTER=bond0\nDEVICE=eth2\nMASTER=bond0\n',
    );
    if (!('facts' in state)) throw new Error(state.reason);
    const target = targetOfLag(state.facts[0].lags[0], 'linux');
    expect(target.members).toEqual(['eth1', 'eth2']);
    expect(textOf({ kind: 'set-policy', policy: 'layer3+4' }, target, 'ifcfg')).toContain(
      'BONDING_OPTS="mode=802.3ad miimon=100 lacp_rate=fast xmit_hash_policy=layer3+4"',
    );
  });
});

const CHANGES: readonly Change[] = [
  { kind: 'create-lag', protocol: 'lacp', lacpRate: 'fast' },
  { kind: 'set-mode', mode: '802.3ad' },
  { kind: 'set-lacp-rate', rate: 'fast' },
  { kind: 'set-lacp-activity', active: true },
  { kind: 'set-link-monitor', intervalMs: 100 },
];

describe('names of strangers', () => {
  it('never reach a command as they are', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 24 }),
      fc.constantFrom('a;reboot', '$(id)', '`id`', '-rf', "x'y", 'a b', 'eth0\nreboot', '../x', '<b>', 'a|b', 'a&b', 'a>b'),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...FIX_SYNTAXES),
        fc.constantFrom(...CHANGES),
        name,
        fc.array(name, { maxLength: 4 }),
        name,
        (syntax, change, bond, members, bridge) => {
          for (const system of syntax.systems) {
            const extra: Change[] = [
              { kind: 'add-members', members },
              { kind: 'remove-members', members },
              { kind: 'set-primary', member: bond },
              { kind: 'remove-ignored-key', key: bond },
            ];
            for (const each of [change, ...extra]) {
              const fix = syntax.write(each, { system, bond, members, bridge, options: {} });
              if (fix === null) continue;
              const plain = fix.text.replaceAll(
                /<number>|<port (?:\d+|to [\w.:@+-]+)>|"\$(?:bond|member)"|(?:bond|member)=\$\(nmcli -g GENERAL\.CONNECTION device show [\w.:@+-]+\)|^#.*$| && | ""/gm,
                '',
              );
              expect(plain, `${syntax.id} ${each.kind}\n${fix.text}`).toMatch(/^[\w\s.:@+,=/"[\]{}-]*$/);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('leave commands that a shell can parse', () => {
    for (const target of [HOST, { ...HOST, bond: 'x;y', members: ['$(id)', 'a b'] }]) {
      for (const change of CHANGES) {
        for (const syntax of ['iproute2', 'networkmanager']) {
          const { status, error } = spawnSync('bash', ['-n'], {
            input: textOf(change, target, syntax === 'networkmanager' ? syntax : 'iproute2'),
            encoding: 'utf8',
          });
          if (error === undefined) expect(status).toBe(0);
        }
      }
    }
  });
});
