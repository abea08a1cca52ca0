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
});
