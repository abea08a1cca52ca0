import { readdirSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LagFacts, StateFacts } from '../../src/state/state-facts.ts';
import { CAPTURES, haveCaptures, importOne, listFolders, mutations, readJson, readText, sorted } from './support.ts';

const OVS = `${CAPTURES}/ovs`;

interface OvsConfig {
  readonly bond_mode: string;
  readonly datapath: string;
  readonly lacp: Readonly<Record<Side, string>>;
  readonly basis: Readonly<Record<Side, number>>;
  readonly switch_has_bond: boolean;
  readonly host_bond_config: Readonly<Record<string, string>>;
  readonly members: readonly Readonly<Record<`${Side}` | `${Side}_ofport` | `${Side}_mac`, string>>[];
}
type Side = 'host' | 'switch';

const FORMATS: Readonly<Record<string, string>> = {
  'bond-show': 'ovs-bond-show',
  'bond-list': 'ovs-bond-list',
  'lacp-show': 'ovs-lacp-show',
  'lacp-stats': 'ovs-lacp-stats',
  'lacp-show-stats': 'ovs-lacp-stats',
  'vsctl-show': 'ovs-vsctl-show',
  'vsctl-list-port': 'ovs-vsctl-list',
  'vsctl-list-interface': 'ovs-vsctl-list',
  'vsctl-list-bridge': 'ovs-vsctl-list',
  'bridge-dump-flows': 'ovs-bridge-flows',
  'dpif-netdev-bond-show': 'ovs-dpif-netdev-bond-show',
  'dpif-show': 'ovs-dpif-show',
  fdb: 'ovs-fdb-show',
  lldp: 'ovs-vsctl-list',
};

function textOf(run: string, file: string): string {
  return file.endsWith('.gz')
    ? new TextDecoder().decode(gunzipSync(new Uint8Array(readFileSync(`${OVS}/${run}/snapshots/${file}`))))
    : readText(OVS, run, 'snapshots', file);
}

function firstLag(facts: StateFacts): LagFacts {
  const [lag] = facts.lags;
  if (lag === undefined) throw new Error('no bond in the text');
  return lag;
}

const runs = listFolders(OVS);

describe.skipIf(!haveCaptures)('state texts of the Open vSwitch captures', () => {
  for (const run of runs) {
    const config = haveCaptures ? readJson<OvsConfig>(OVS, run, 'config.json') : null;
    if (config === null) continue;
    const files = readdirSync(`${OVS}/${run}/snapshots`).sort();

    it(`${run}: every snapshot is recognised by the right importer, without unknown lines`, () => {
      for (const file of files) {
        const kind = file.replace(/\.txt(?:\.gz)?$/, '').split('.')[2];
        const text = textOf(run, file);
        if (text.trim() === '') continue;
        const facts = importOne(text);
        expect(facts.format, file).toBe(kind === 'dpif-dump-flows' ? 'ovs-dpif-flows' : FORMATS[kind]);
        expect(facts.unknownLines, file).toEqual([]);
      }
    });

    for (const side of ['host', 'switch'] as const) {
      const last = (kind: string) => files.filter((file) => file.includes(`.${side}.${kind}.txt`)).at(-1);
      const has = side === 'host' || config.switch_has_bond;
      const names = sorted(config.members.map((member) => member[side]));

      it.skipIf(!has || run === 'mlag4')(`${run}, ${side}: mode, members, basis and LACP are those configured`, () => {
        const show = firstLag(importOne(textOf(run, last('bond-show') as string)));
        expect(show.policy).toBe(`ovs-${config.bond_mode}`);
        expect(show.hashBasis).toBe(config.basis[side]);
        expect(sorted(show.members.map((member) => member.name))).toEqual(names);
        expect(show.lacpStatus === 'off').toBe(config.lacp[side] === 'off');
        const list = firstLag(importOne(textOf(run, last('bond-list') as string)));
        expect(list.policy).toBe(`ovs-${config.bond_mode}`);
        expect(sorted(list.members.map((member) => member.name))).toEqual(names);
        const structure = importOne(textOf(run, last('vsctl-show') as string));
        expect(structure.lags.map((lag) => sorted(lag.members.map((member) => member.name)))).toEqual([names]);
        expect(firstLag(structure).datapathType ?? 'system').toBe(config.datapath);
      });

      it.skipIf(!has || run === 'mlag4')(`${run}, ${side}: interfaces have the addresses and port numbers of the run`, () => {
        const { interfaces } = importOne(textOf(run, last('vsctl-list-interface') as string));
        for (const member of config.members) {
          const facts = interfaces.find((item) => item.name === member[side]);
          expect(facts?.mac).toBe(member[`${side}_mac`]);
          expect(String(facts?.openflowPort)).toBe(member[`${side}_ofport`]);
          expect(facts?.counters?.txPackets).toBeTypeOf('number');
        }
        const port = firstLag(importOne(textOf(run, last('vsctl-list-port') as string)));
        expect(port.mode).toBe(`ovs-${config.bond_mode}`);
        expect(port.memberUuids?.every((uuid) => interfaces.some((item) => item.uuid === uuid))).toBe(true);
      });
    }
  }

  it('reads the whole bucket table of balance-tcp, and the same from the datapath flows', () => {
    for (const run of ['tcp2', 'tcp3', 'crc-tcp2']) {
      const files = readdirSync(`${OVS}/${run}/snapshots`);
      const pick = (kind: string) => files.find((file) => file.includes(`after.host.${kind}.txt`)) as string;
      const config = readJson<OvsConfig>(OVS, run, 'config.json');
      const table = firstLag(importOne(textOf(run, pick('bridge-dump-flows')))).buckets ?? [];
      expect(table.map((bucket) => bucket.bucket)).toEqual([...Array(256).keys()]);
      const nameOf = new Map(config.members.map((member) => [Number(member.host_ofport), member.host]));
      const flows = firstLag(importOne(textOf(run, pick('dpif-dump-flows')))).buckets ?? [];
      expect(flows.length).toBeGreaterThan(50);
      expect(flows.map((bucket) => bucket.member)).toEqual(flows.map(({ bucket }) => nameOf.get(table[bucket].openflowPort ?? -1)));
    }
  });

  it('reads the bucket table of lb-output by datapath ports', () => {
    const files = readdirSync(`${OVS}/tcp3-lb/snapshots`);
    const lag = firstLag(importOne(textOf('tcp3-lb', files.find((file) => file.includes('after.host.dpif-netdev-bond-show')) as string)));
    expect(lag.buckets?.length).toBe(256);
    expect(lag.lbOutput).toBe(true);
    const ports = importOne(textOf('tcp3-lb', files.find((file) => file.includes('after.host.dpif-show')) as string)).interfaces;
    const names = new Set(lag.buckets?.map((bucket) => ports.find((item) => item.datapathPort === bucket.datapathPort)?.name));
    expect(sorted([...names].map(String))).toEqual(['eno1', 'eno2', 'eno3']);
  });

  it('reads the loads of balance-slb and the LACP states in words', () => {
    const slb = firstLag(importOne(readText(OVS, 'slb2', 'snapshots', '01-after.host.bond-show.txt')));
    expect(slb.buckets?.find((bucket) => bucket.bucket === 49)).toEqual({ bucket: 49, member: 'eno1', loadKilobytes: 223 });
    const lacp = firstLag(importOne(readText(OVS, 'tcp3-flap', 'snapshots', '04-after.host.lacp-show.txt')));
    expect(lacp.members[0].actor?.state).toBe(0x3f);
    expect(lacp.members[0].partner).toEqual({
      system: '46:8e:07:3f:ac:4c',
      systemPriority: 65534,
      port: 6,
      portPriority: 65535,
      key: 6,
      state: 0x3f,
    });
  });

  it('reads the events of the daemon log, bucket moves included', () => {
    const flap = importOne(readText(OVS, 'tcp3-flap', 'ovs-vswitchd.host.log'));
    expect(flap.format).toBe('ovs-vswitchd-log');
    expect(flap.events?.some((event) => event.member === 'eno2' && event.message.includes('link state down'))).toBe(true);
    const moves = importOne(readText(OVS, 'tcp2-rebalance', 'ovs-vswitchd.host.log')).events?.filter(
      (event) => event.bucketMove !== undefined,
    );
    expect(moves?.length).toBe(20);
  });

  for (const [name, mutate] of Object.entries(mutations)) {
    it(`stays the same with: ${name}`, () => {
      for (const kind of [
        'bond-show',
        'bond-list',
        'lacp-show',
        'lacp-stats',
        'vsctl-show',
        'vsctl-list-port',
        'vsctl-list-interface',
        'bridge-dump-flows',
      ]) {
        const original = readText(OVS, 'slb2', 'snapshots', `01-after.host.${kind}.txt`);
        const plain = importOne(original);
        const mutated = importOne(mutate(original));
        expect([mutated.format, mutated.lags, mutated.interfaces, mutated.unknownLines], kind).toEqual([
          plain.format,
          plain.lags,
          plain.interfaces,
          [],
        ]);
      }
    });
  }
});
