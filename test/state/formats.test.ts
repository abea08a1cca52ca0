import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { STATE_IMPORTERS } from '../../src/state/registry.ts';
import type { LagFacts, MemberFacts, StateFacts } from '../../src/state/state-facts.ts';
import { FIXTURES, importOne, importText, mutations, readText } from './support.ts';

const files = readdirSync(FIXTURES).filter((name) => name.endsWith('.txt'));

function fixture(name: string): readonly StateFacts[] {
  return importText(readText(FIXTURES, `${name}.txt`)).facts;
}

function lagOf(name: string, lag?: string): LagFacts {
  const found = fixture(name)
    .flatMap((facts) => facts.lags)
    .find((item) => lag === undefined || item.name === lag);
  if (found === undefined) throw new Error(`no such LAG in ${name}`);
  return found;
}

function member(lag: LagFacts, name: string): MemberFacts | undefined {
  return lag.members.find((item) => item.name === name);
}

describe('fixtures of state texts', () => {
  for (const file of files) {
    const id = file.split('--')[0];
    const text = readText(FIXTURES, file);

    it(`${file} is read by ${id}, every line of it`, () => {
      const { facts } = importText(text);
      expect([...new Set(facts.map((item) => item.format))]).toEqual([id]);
      expect(facts.flatMap((item) => item.unknownLines)).toEqual([]);
    });

    it(`${file} stays the same under mutations`, () => {
      const plain = importText(text).facts.map(({ lags, interfaces, systemPolicy }) => ({ lags, interfaces, systemPolicy }));
      for (const [name, mutate] of Object.entries(mutations)) {
        // A command typed at a prompt is not typed again between colour codes or after another prompt.
        if (id === 'bond-commands' && name === 'prompt above and below') continue;
        const mutated = importText(mutate(text)).facts.map(({ lags, interfaces, systemPolicy }) => ({ lags, interfaces, systemPolicy }));
        expect(mutated, name).toEqual(plain);
      }
    });
  }

  it('has a format id only once', () => {
    const ids = STATE_IMPORTERS.map((importer) => importer.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('ping', () => {
  it('tells which requests were not answered', () => {
    const { facts } = importText(readText(FIXTURES, 'ping--outage.txt'));
    expect(facts[0].events?.map(({ message, time }) => [message, time])).toEqual([
      ['icmp_seq 3 to 5 not answered (Destination Host Unreachable), answered again from 6 on', '1795235257.390203'],
      ['icmp_seq 8 not answered (no answer), answered again from 9 on', '1795235258.891652'],
    ]);
    expect(facts[0].unknownLines).toEqual([]);
  });

  it('is read in a column of a table, too', () => {
    const text = readText(FIXTURES, 'ping--outage.txt').replaceAll(/$/gm, ' | # what the other end shows');
    expect(importText(text).facts[0].events).toHaveLength(2);
  });
});

describe('switches', () => {
  it('reads flags, protocols and continued lines of the IOS summary', () => {
    const po4 = lagOf('port-channel-summary--ios', 'Po4');
    expect(po4).toMatchObject({ mode: '802.3ad', protocol: 'LACP', flags: 'SU', linkUp: true });
    expect(po4.members.map((item) => [item.name, item.flags, item.active])).toEqual([
      ['Te1/1/1', 'P', true],
      ['Te1/1/2', 'P', true],
      ['Te2/1/1', 'P', true],
      ['Te2/1/2', 's', false],
    ]);
    expect(lagOf('port-channel-summary--ios', 'Po7')).toMatchObject({ mode: 'static', linkUp: false });
    expect(lagOf('port-channel-summary--ios', 'Po9')).toMatchObject({ protocol: 'PAgP' });
  });

  it('reads the tables of NX-OS and EOS', () => {
    expect(lagOf('port-channel-summary--nxos', 'Po10').members.map((item) => item.active)).toEqual([true, true, false, true]);
    expect(lagOf('port-channel-summary--nxos', 'Po20').members).toEqual([]);
    expect(lagOf('port-channel-summary--eos', 'Po5')).toMatchObject({ mode: '802.3ad', flags: 'U' });
    expect(member(lagOf('port-channel-summary--eos', 'Po6'), 'Et7/1')).toMatchObject({ active: false, flags: 'G-' });
  });

  it('gives IOS methods a policy id, and NX-OS none', () => {
    expect(fixture('port-channel-load-balance--ios')[0].systemPolicy).toEqual({ policy: 'cisco-src-dst-mac', policyText: 'src-dst-mac' });
    expect(fixture('port-channel-load-balance--nxos')[0].systemPolicy).toEqual({ policy: undefined, policyText: 'source-dest-ip' });
  });

  it('makes buckets of the load masks', () => {
    const lag = lagOf('port-channel-detail--ios');
    expect(lag.members.map((item) => item.loadMask)).toEqual([0x55, 0xaa]);
    expect(lag.buckets?.map((item) => item.member)).toEqual([
      'Te1/1/1',
      'Te1/1/2',
      'Te1/1/1',
      'Te1/1/2',
      'Te1/1/1',
      'Te1/1/2',
      'Te1/1/1',
      'Te1/1/2',
    ]);
  });

  it('reads partners in every layout of show lacp neighbor', () => {
    expect(member(lagOf('cisco-lacp-neighbor--ios', 'Po4'), 'Te1/1/2')?.partner).toEqual({
      portPriority: 255,
      system: 'bc:24:11:7a:31:c4',
      key: 15,
      port: 2,
      state: 0x3f,
    });
    expect(member(lagOf('cisco-lacp-neighbor--ios-old', 'Po2'), 'Gi1/0/1')?.partner).toEqual({
      systemPriority: 65535,
      system: 'a0:36:9f:f2:55:27',
      port: 1,
      portPriority: 255,
      key: 9,
      state: 0x3d,
    });
    expect(member(lagOf('cisco-lacp-neighbor--nxos', 'port-channel10'), 'Eth1/10')?.partner).toMatchObject({
      system: 'a0:36:9f:f2:05:07',
      state: 0x3d,
      key: 15,
    });
    expect(member(lagOf('cisco-lacp-neighbor--internal', 'Po1'), 'Gi0/1')).toMatchObject({
      active: false,
      actor: { port: 2, state: 7, key: 1 },
    });
    expect(member(lagOf('eos-lacp-neighbor--peer', 'Port-Channel5'), 'Et6/1')).toMatchObject({
      active: true,
      partner: { systemPriority: 65535, system: 'bc:24:11:7a:31:c4', port: 2, state: 0x3f, key: 15, portPriority: 255 },
    });
    expect(member(lagOf('eos-lacp-neighbor--port-channel'), 'Ethernet6/1')).toMatchObject({
      active: false,
      lacpStatus: 'waiting for LACP response',
    });
  });

  it('reads show interfaces and a running configuration', () => {
    expect(lagOf('show-interfaces--ios')).toMatchObject({
      name: 'Port-channel4',
      mac: '00:19:e8:a4:3b:02',
      speedMbps: 2000,
      counters: { rxPackets: 1205, txBytes: 288714 },
    });
    expect(lagOf('switch-config--ios')).toMatchObject({
      name: 'Port-channel4',
      mode: '802.3ad',
      lacpActive: false,
      lacpRate: 'fast',
      configured: true,
    });
    expect(fixture('switch-config--ios')[0].systemPolicy?.policy).toBe('cisco-src-dst-ip');
  });
});

describe('hypervisors and hosts', () => {
  it('reads ESXi teaming and adapters', () => {
    expect(lagOf('esxcli-failover--iphash')).toMatchObject({
      name: 'vSwitch1',
      policy: 'esxi-ip-hash',
      members: [{ name: 'vmnic2' }, { name: 'vmnic3' }],
    });
    const nics = fixture('esxcli-nic-list--7')[0].interfaces;
    expect(nics).toMatchObject([
      { name: 'vmnic0', linkUp: false, mac: '00:50:56:4a:10:b6' },
      { name: 'vmnic2', linkUp: true, speedMbps: 25000 },
    ]);
  });

  it('reads ethtool, an unknown speed included', () => {
    expect(fixture('ethtool--settings').flatMap((facts) => facts.interfaces)).toMatchObject([
      { name: 'eno1', speedMbps: 10000, duplex: 'full', linkUp: true },
      { name: 'eno2', permanentMac: 'a0:36:9f:f2:55:27' },
      { name: 'eno2', driver: 'ixgbe' },
    ]);
    expect(fixture('ethtool--virtio')[0].interfaces[0].speedMbps).toBeUndefined();
  });

  it('takes events and findings from kernel logs of both generations', () => {
    const [facts] = fixture('kernel-log--dmesg');
    expect(facts.notes?.map((note) => note.id)).toEqual(['bond/no-link-speed', 'lacp/no-partner', 'bond/failover']);
    expect(facts.events?.map((event) => [event.time, event.member])).toContainEqual(['731.220101', 'enp0s5']);
    const [old] = fixture('kernel-log--syslog-old');
    expect(old.events?.map((event) => event.member)).toEqual(['eth1', 'eth0', 'eth1']);
  });

  it('names the usual mistakes of an interfaces file', () => {
    const notes = fixture('ifupdown--mixed')[0].notes ?? [];
    expect(notes.map((note) => [note.id, note.member ?? note.lag])).toEqual([
      ['config/mixed-slaves-and-master', 'bond0'],
      ['config/slave-not-auto', 'eno1'],
      ['config/address-on-manual', 'bond0'],
      ['config/default-policy', 'bond0'],
      ['config/missing-miimon', 'bond0'],
      ['ovs/ignored-key', 'bond1'],
      ['config/slave-not-auto', 'enp1s0'],
      ['config/bridge-ovs-mix', 'enp1s0'],
    ]);
    expect(lagOf('ifupdown--mixed', 'bond1')).toMatchObject({
      policy: 'ovs-balance-slb',
      lacpRate: 'fast',
      lacpActive: true,
      bridge: 'vmbr1',
    });
  });

  it('reads the other configuration syntaxes', () => {
    expect(lagOf('ifcfg--centos')).toMatchObject({
      mode: 'active-backup',
      primaryMember: 'eth1',
      failOverMac: 'active',
      miiMonitorMs: 100,
      members: [{ name: 'eth1' }, { name: 'eth2' }],
    });
    expect(lagOf('netplan--lacp', 'bond0')).toMatchObject({
      policy: 'layer3+4',
      lacpRate: 'fast',
      miiMonitorMs: 100,
      members: [{ name: 'eno1' }, { name: 'eno2' }],
    });
    expect(lagOf('netplan--lacp', 'bond1')).toMatchObject({
      mode: 'active-backup',
      arpIntervalMs: 400,
      arpTargets: ['192.0.2.1'],
      members: [{ name: 'eno3' }, { name: 'eno4' }],
    });
    expect(lagOf('networkmanager--bond')).toMatchObject({ policy: 'encap3+4', members: [{ name: 'eno1' }, { name: 'eno2' }] });
    expect(lagOf('systemd-networkd--bond')).toMatchObject({
      policy: 'layer2+3',
      lacpRate: 'fast',
      miiMonitorMs: 100,
      members: [{ name: 'eno1' }, { name: 'eno2' }],
    });
    expect(lagOf('bond-commands--both', 'bond0')).toMatchObject({ mode: 'balance-xor', policy: 'layer3+4' });
    expect(lagOf('bond-commands--both', 'bond1')).toMatchObject({ policy: 'ovs-balance-tcp', lacpRate: 'fast', tag: 109, bridge: 'br0' });
  });

  it('reads the words of old Open vSwitch and refuses an absurd load', () => {
    const [facts] = fixture('ovs-bond-show--2.5');
    expect(facts.lags[0]).toMatchObject({ activeMember: 'eno1', buckets: [{ bucket: 17, loadKilobytes: 41 }, { bucket: 219 }] });
    expect(facts.lags[0].buckets?.[1].loadKilobytes).toBeUndefined();
    expect(facts.notes?.map((note) => note.id)).toEqual(['ovs/absurd-load']);
  });
});

describe('several outputs in one text', () => {
  it('keeps them apart, with host and command', () => {
    const text = ['port-channel-summary--ios', 'port-channel-load-balance--ios', 'cisco-lacp-neighbor--ios']
      .map((name) => readText(FIXTURES, `${name}.txt`))
      .join('\n');
    expect(importText(text).facts.map((facts) => [facts.format, facts.host, facts.command])).toEqual([
      ['port-channel-summary', 'dist-a', 'show etherchannel summary'],
      ['port-channel-load-balance', 'dist-a', 'show etherchannel load-balance'],
      ['cisco-lacp-neighbor', 'dist-a', 'show lacp neighbor'],
    ]);
  });

  it('ends a cut document at the next command', () => {
    const json = '[{"ifindex":2,"ifname":"eth0","flags":["UP"]},{"ifindex":3,"ifna';
    const { facts } = importText(
      `root@a:~# ip -j link\n${json}\nroot@a:~# ovs-appctl bond/list\nbond\ttype\trecircID\tmembers\nbond0\tbalance-slb\t-1\teth0, eth1\n`,
    );
    expect(facts.map((item) => item.format)).toEqual(['ip-link-json', 'ovs-bond-list']);
    expect(facts[0].interfaces.map((item) => item.name)).toEqual(['eth0']);
  });

  it('refuses a text that nobody understands, and quotes its first line harmlessly', () => {
    expect(() => importOne('nothing\u0007 "to" see')).toThrow('its first line is "nothing\\u0007 \\"to\\" see"');
    expect(() => importOne(' \n\t\n')).toThrow('the text is empty');
  });
});
