import { describe, expect, it } from 'vitest';
import type { LagFacts, StateFacts } from '../../src/state/state-facts.ts';
import type { RunConfig } from './support.ts';
import { bondsOf, CAPTURES, haveCaptures, importOne, importText, listFolders, mutations, readJson, readText, sorted } from './support.ts';

const LINUX = `${CAPTURES}/linux`;
const runs = listFolders(LINUX);

function theLag(facts: StateFacts, name?: string): LagFacts {
  const lag = facts.lags.find((item) => name === undefined || item.name === name);
  if (lag === undefined) throw new Error('no such bond');
  return lag;
}

const withoutBond = new Set(['k6.1-team-l4-n3']);

describe.skipIf(!haveCaptures)('state texts of the Linux captures', () => {
  for (const run of runs.filter((name) => !withoutBond.has(name))) {
    const config = readJson<RunConfig>(LINUX, run, 'config.json');
    const files = config.files;

    it(`${run}: /proc/net/bonding tells what was configured`, () => {
      for (const bond of bondsOf(config)) {
        const facts = importOne(readText(LINUX, run, `host-${bond.name}-before.txt`));
        expect(facts.format).toBe('proc-net-bonding');
        expect(facts.kernel).toBe(config.kernel);
        expect(facts.unknownLines).toEqual([]);
        const lag = theLag(facts);
        expect(lag.mode).toBe(config.mode);
        expect(lag.policy ?? null).toBe(bond.policy);
        expect(lag.membersInHashOrder).toBe(true);
        expect(lag.members.map((member) => member.name)).toEqual(bond.slaves_in_enslave_order);
        for (const member of lag.members) expect(member.permanentMac).toBe(config.slave_permanent_macs[member.name]);
        if (config.mode === '802.3ad') {
          expect(lag.system).toBe(bond.bond_mac);
          expect(lag.lacpRate).toBe(config.lacp_rate);
          for (const member of lag.members) {
            expect(member.actor?.system).toBe(bond.bond_mac);
            expect(member.actor?.state).toBeTypeOf('number');
            expect(member.partner?.port).toBeTypeOf('number');
          }
        }
      }
    });

    it(`${run}: every other /proc text is read without unknown lines`, () => {
      for (const file of files.filter((name) => /-bond\d+-.*\.txt$/.test(name))) {
        const facts = importOne(readText(LINUX, run, file));
        expect(facts.format, file).toBe('proc-net-bonding');
        expect(facts.unknownLines, file).toEqual([]);
      }
    });

    it(`${run}: ip link says the same in text and JSON`, () => {
      const json = importOne(readText(LINUX, run, 'host-ip-d-j-link.json'));
      expect(json.format).toBe('ip-link-json');
      for (const bond of bondsOf(config)) {
        const lag = theLag(json, bond.name);
        expect(lag.mode).toBe(config.mode);
        expect(lag.policy ?? null).toBe(bond.policy);
        expect(lag.mac).toBe(bond.bond_mac);
        expect(lag.membersInHashOrder).toBe(false);
        expect(sorted(lag.members.map((member) => member.name))).toEqual(sorted(bond.slaves_in_enslave_order));
        for (const member of lag.members) {
          expect(member.permanentMac).toBe(config.slave_permanent_macs[member.name]);
          expect(json.interfaces.find((item) => item.name === member.name)?.ifIndex).toBe(member.ifIndex);
        }
      }
      if (!files.includes('host-ip-d-link.txt')) return;
      const text = importOne(readText(LINUX, run, 'host-ip-d-link.txt'));
      expect(text.format).toBe('ip-link');
      expect(text.unknownLines).toEqual([]);
      const strip = (facts: StateFacts) => JSON.parse(JSON.stringify(facts.lags)) as unknown;
      expect(strip(text)).toEqual(strip(json));
      expect(text.interfaces.map((item) => [item.ifIndex, item.name, item.mac, item.master])).toEqual(
        json.interfaces.map((item) => [item.ifIndex, item.name, item.mac, item.master]),
      );
    });

    it(`${run}: ip -s link gives counters`, () => {
      for (const file of files.filter((name) => /-ip-s-link-/.test(name))) {
        const facts = importOne(readText(LINUX, run, file));
        expect(facts.format, file).toBe('ip-link');
        expect(facts.unknownLines, file).toEqual([]);
        for (const lag of facts.lags) for (const member of lag.members) expect(member.counters?.rxPackets, file).toBeTypeOf('number');
      }
    });
  }

  for (const [name, mutate] of Object.entries(mutations)) {
    it(`stays the same with: ${name}`, () => {
      for (const run of ['k6.1-split-aggregator-n3', 'k6.1-activebackup-failover-n2', 'k5.10-layer23-n3']) {
        for (const file of ['host-bond0-after.txt', 'host-ip-d-link.txt', 'host-ip-s-link-after.txt', 'host-ip-d-j-link.json']) {
          if (file.endsWith('.json') && name === 'colour codes') continue;
          const original = readText(LINUX, run, file);
          const plain = importOne(original);
          const mutated = importOne(mutate(original));
          expect(mutated.lags, `${run} ${file}`).toEqual(plain.lags);
          expect(mutated.interfaces, `${run} ${file}`).toEqual(plain.interfaces);
          expect(mutated.unknownLines, `${run} ${file}`).toEqual([]);
        }
      }
    });
  }

  it('reads what is left of a text that was cut anywhere', () => {
    const text = readText(LINUX, 'k6.1-split-aggregator-n3', 'host-bond0-after.txt');
    for (let length = 120; length < text.length; length += 37) expect(importOne(text.slice(0, length)).format).toBe('proc-net-bonding');
    const json = readText(LINUX, 'k6.1-split-aggregator-n3', 'host-ip-d-j-link.json');
    expect(importOne(json.slice(0, json.length - 3000)).interfaces.length).toBeGreaterThan(5);
  });
});

describe('/proc/net/bonding', () => {
  it('takes the old version string of the driver for no kernel', () => {
    const facts = importOne(
      'Ethernet Channel Bonding Driver: v3.7.1 (April 27, 2011)\n\nBonding Mode: load balancing (round-robin)\nMII Status: up\n',
    );
    expect(facts.kernel).toBeUndefined();
    expect(theLag(facts).mode).toBe('balance-rr');
  });

  it('takes several bonds from one text, with the names of the prompt and of head', () => {
    const bond =
      'Ethernet Channel Bonding Driver: v6.1.0-56-amd64\n\nBonding Mode: load balancing (xor)\nTransmit Hash Policy: layer2 (0)\nMII Status: up\n\nSlave Interface: eth0\nMII Status: up\n';
    const text = `# cat /proc/net/bonding/bond7\n${bond}root@a:~# head -100 /proc/net/bonding/*\n==> /proc/net/bonding/bond8 <==\n${bond}\n==> /proc/net/bonding/bond9 <==\n${bond}`;
    const { facts } = importText(text);
    expect(facts.map((item) => item.lags[0].name)).toEqual(['bond7', 'bond8', 'bond9']);
    expect(facts[1].host).toBe('a');
  });

  it('reads a bond that has no active aggregator, an ARP monitor and unknown speeds', () => {
    const facts = importOne(
      [
        'Ethernet Channel Bonding Driver: v6.8.0-45-generic',
        '',
        'Bonding Mode: IEEE 802.3ad Dynamic link aggregation',
        'Transmit Hash Policy: encap3+4 (4)',
        'MII Status: down',
        'MII Polling Interval (ms): 0',
        'ARP Polling Interval (ms): 400',
        'ARP Missed Max: 2',
        'ARP IP target/s (n.n.n.n form): 192.0.2.1, 192.0.2.2',
        '',
        '802.3ad info',
        'LACP active: off',
        'LACP rate: slow',
        'bond bond5 has no active aggregator',
        '',
        'Slave Interface: eth7',
        'MII Status: up',
        'Speed: Unknown',
        'Duplex: Unknown',
        'Link Failure Count: 3',
        'Permanent HW addr: 02:00:00:00:00:07',
        'Actor Churn State: churned',
      ].join('\n'),
    );
    expect(facts.unknownLines).toEqual([]);
    expect(facts.kernel).toBe('6.8.0-45-generic');
    expect(theLag(facts)).toMatchObject({
      name: 'bond5',
      policy: 'encap3+4',
      lacpActive: false,
      linkUp: false,
      arpIntervalMs: 400,
      arpTargets: ['192.0.2.1', '192.0.2.2'],
    });
    expect(facts.notes?.map((note) => note.id)).toEqual(['bond/no-link-speed', 'bond/link-failures', 'bond/churned']);
  });
});

describe('ip link', () => {
  it('reads links on one line each (ip -o), and a bond without details', () => {
    const facts = importOne(
      [
        '3: enp0s8: <BROADCAST,MULTICAST,SLAVE,UP,LOWER_UP> mtu 1500 qdisc fq_codel master bond0 state UP mode DEFAULT group default qlen 1000\\    link/ether 08:00:27:04:dd:bd brd ff:ff:ff:ff:ff:ff permaddr 08:00:27:3a:18:93',
        '5: bond0: <BROADCAST,MULTICAST,MASTER,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000\\    link/ether 08:00:27:04:dd:bd brd ff:ff:ff:ff:ff:ff',
      ].join('\n'),
    );
    expect(facts.unknownLines).toEqual([]);
    expect(facts.lags).toMatchObject([
      { name: 'bond0', mac: '08:00:27:04:dd:bd', members: [{ name: 'enp0s8', permanentMac: '08:00:27:3a:18:93', ifIndex: 3 }] },
    ]);
  });
});
