import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { joinStateTexts, portKey } from '../../src/state/join-texts.ts';
import type { StateText } from '../../src/state/join-texts.ts';
import { CAPTURES, FIXTURES, haveCaptures, haveSeeds, importText, readText, SEEDS, sorted } from './support.ts';

function texts(path: string, ...parts: string[]): StateText[] {
  return importText(readText(...parts)).facts.map((facts) => ({ path, facts }));
}

describe.skipIf(!haveCaptures)('outputs of one system', () => {
  const snapshot = (run: string, pattern: RegExp) =>
    readdirSync(`${CAPTURES}/ovs/${run}/snapshots`)
      .filter((file) => pattern.test(file) && file.endsWith('.txt'))
      .flatMap((file) => {
        const text = readText(CAPTURES, 'ovs', run, 'snapshots', file);
        return text.trim() === '' ? [] : texts(file, CAPTURES, 'ovs', run, 'snapshots', file);
      });

  it('gives every bucket of an Open vSwitch bond the name of its member, and members their addresses', () => {
    const lags = joinStateTexts(snapshot('tcp3', /after\.host\./)).flatMap(({ facts }) => facts.lags);
    expect(lags).toHaveLength(1);
    expect(lags[0]).toMatchObject({
      name: 'bond0',
      policy: 'ovs-balance-tcp',
      hashBasis: 0,
      lbOutput: false,
      lacpRate: 'fast',
      rebalanceIntervalMs: 0,
      datapathType: 'netdev',
      bridge: 'br-host',
    });
    expect(lags[0].buckets).toHaveLength(256);
    expect(lags[0].buckets?.every((bucket) => /^eno[123]$/.test(bucket.member ?? ''))).toBe(true);
    expect(
      lags[0].members.every((member) => member.mac !== undefined && member.openflowPort !== undefined && member.actor !== undefined),
    ).toBe(true);
  });

  it('does so for lb-output by datapath ports', () => {
    const [lag] = joinStateTexts(snapshot('tcp3-lb', /after\.host\./)).flatMap(({ facts }) => facts.lags);
    expect(lag).toMatchObject({ lbOutput: true, hashBasis: 777 });
    expect(lag.buckets?.every((bucket) => bucket.member !== undefined)).toBe(true);
  });

  it('keeps the two ends apart', () => {
    const lags = joinStateTexts(snapshot('tcp2', /after\.(?:host|switch)\.(?!bridge|dpif)/)).flatMap(({ facts }) => facts.lags);
    expect(sorted(lags.map((lag) => `${lag.name} ${sorted(lag.members.map((member) => member.name)).join(' ')}`))).toEqual([
      'bond0 eno1 eno2',
      'lag1 swp1 swp2',
    ]);
  });

  it('leaves bucket tables alone that may belong to either end', () => {
    const lags = joinStateTexts(snapshot('tcp2', /after\.(?:host|switch)\.(?:bond-show|bridge)/)).flatMap(({ facts }) => facts.lags);
    expect(lags.filter((lag) => lag.name === null)).toHaveLength(2);
    expect(lags.filter((lag) => lag.name !== null).every((lag) => (lag.buckets ?? []).length === 0)).toBe(true);
  });

  it('joins /proc and ip link of one bond: hash order and kernel of the one, interface indices of the other', () => {
    const run = `${CAPTURES}/linux/k6.1-layer23-n3`;
    const joined = joinStateTexts([...texts('ip', run, 'host-ip-d-link.txt'), ...texts('proc', run, 'host-bond0-before.txt')]);
    const lags = joined.flatMap(({ facts }) => facts.lags);
    expect(lags).toHaveLength(1);
    expect(lags[0].membersInHashOrder).toBe(true);
    expect(lags[0].members.map((member) => member.name)).toEqual(['enp0s6', 'enp0s4', 'enp0s5']);
    expect(lags[0].members.every((member) => member.ifIndex !== undefined && member.actor?.port !== undefined)).toBe(true);
    expect(joined[0].facts.kernel).toBe('6.1.0-56-amd64');
  });

  it('does not join the two ends of a Linux LAG', () => {
    const run = `${CAPTURES}/linux/k6.1-layer23-n3`;
    const lags = joinStateTexts([...texts('a', run, 'host-bond0-before.txt'), ...texts('b', run, 'switch-bond0-before.txt')]).flatMap(
      ({ facts }) => facts.lags,
    );
    expect(lags).toHaveLength(2);
  });
});

describe('switch outputs', () => {
  it('knows ports by their short and long names', () => {
    expect(portKey('Et0/0')).toBe(portKey('Ethernet0/0'));
    expect(portKey('Port-channel1')).toBe(portKey('Po1'));
    expect(portKey('eno1')).toBe('eno1');
    expect(portKey('eth1')).toBe(portKey('eth1'));
    expect(portKey('Gi1/0/1')).not.toBe(portKey('Te1/0/1'));
  });

  it('gives the load-balance method of a switch to its LAGs, and joins the partners', () => {
    const all = [
      'port-channel-summary--ios',
      'port-channel-load-balance--ios',
      'cisco-lacp-neighbor--ios',
      'port-channel-detail--ios',
    ].flatMap((name) => texts(name, FIXTURES, `${name}.txt`));
    const lag = joinStateTexts(all)
      .flatMap(({ facts }) => facts.lags)
      .find((item) => item.name === 'Po4');
    expect(lag).toMatchObject({ policy: 'cisco-src-dst-mac', partnerSystem: 'bc:24:11:7a:31:c4' });
    expect(lag?.members.find((member) => member.name === 'Te1/1/1')).toMatchObject({ loadMask: 0x55, flags: 'P', partner: { port: 1 } });
  });
});

describe.skipIf(!haveSeeds)('notes of users', () => {
  it('are read output by output, whatever language stands between', () => {
    const formats = (name: string) => {
      const file = readdirSync(SEEDS).find((item) => item.startsWith(name));
      return [...new Set(importText(readText(SEEDS, file ?? '')).facts.map((facts) => facts.format))];
    };
    expect(formats('000')).toEqual([
      'ifupdown',
      'proc-net-bonding',
      'ovs-bond-show',
      'ovs-lacp-show',
      'ovs-vsctl-show',
      'ovs-vsctl-list',
      'bond-commands',
      'kernel-log',
    ]);
    expect(formats('003')).toEqual([
      'switch-config',
      'ifupdown',
      'proc-net-bonding',
      'port-channel-summary',
      'port-channel-load-balance',
      'ping',
      'ip-link',
    ]);
    expect(formats('004')).toEqual(['switch-config', 'show-interfaces', 'ovs-bond-list', 'ovs-bond-show']);
  });

  it('with lost indentation give both ends of the bond', () => {
    const file = readdirSync(SEEDS).find((item) => item.startsWith('003')) ?? '';
    const lags = joinStateTexts(texts('notes', SEEDS, file)).flatMap(({ facts }) => facts.lags);
    const bond = lags.find((lag) => lag.name === 'bond0');
    expect(bond).toMatchObject({ policy: 'layer2+3', membersInHashOrder: true, partnerSystem: 'aa:bb:cc:00:01:00' });
    expect(bond?.members.map((member) => [member.name, member.permanentMac, member.partner?.port, member.counters?.rxPackets])).toEqual([
      ['enp0s8', '08:00:27:04:dd:bd', 1, 1108],
      ['enp0s9', '08:00:27:3a:18:93', 2, 268],
    ]);
    expect(lags.find((lag) => portKey(lag.name ?? '') === 'po1')).toMatchObject({
      policy: 'cisco-src-dst-ip',
      mode: '802.3ad',
      flags: 'SU',
    });
  });
});
