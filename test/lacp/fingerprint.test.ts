import { describe, expect, it } from 'vitest';
import { findChassisPair, findMaker } from '../../src/lacp/fingerprint.ts';
import type { LacpPort } from '../../src/lacp/lacpdu.ts';

const port = (systemPriority: number, portPriority: number, key: number): LacpPort => ({
  systemPriority,
  system: '02:00:00:00:00:0a',
  systemNumber: 0x02000000000a,
  key,
  portPriority,
  port: 1,
  state: 0x3f,
});

describe('the likely maker of an end', () => {
  it.each([
    [65534, 65535, 5, '02:11:22:33:44:55', 'Open vSwitch'],
    [65535, 255, 15, '02:11:22:33:44:55', 'a Linux bond'],
    [65535, 255, 0, '02:11:22:33:44:55', 'teamd'],
    [127, 127, 3, '02:11:22:33:44:55', 'Junos'],
    [32768, 32768, 1, 'aa:bb:cc:00:01:00', 'Cisco IOS on Linux (IOL)'],
    [32768, 32768, 1, '44:4c:a8:00:01:00', 'Arista'],
    [65535, 255, 15, '00:0e:83:16:f5:10', 'a Linux bond'],
  ])('by %i, %i, key %i, %s is %s', (systemPriority, portPriority, key, mac, maker) => {
    expect(findMaker([port(systemPriority, portPriority, key)], [mac])?.maker).toBe(maker);
  });

  it('is not guessed from what is typical of nobody', () => {
    expect(findMaker([port(100, 7, 3)], ['02:11:22:33:44:55'])).toBeNull();
    expect(findMaker([], [])).toBeNull();
  });
});

describe('two chassis behind one system', () => {
  const sign = (member: string, number: number, mac: string, chassis: string | null = null) => ({
    member,
    system: 's',
    port: number,
    mac,
    chassis,
  });

  it('are seen by port ranges and addresses that agree, or by LLDP', () => {
    const pair = [
      sign('eth0', 0x1001, '44:4c:a8:00:00:01'),
      sign('eth1', 0x1002, '44:4c:a8:00:00:02'),
      sign('eth2', 0x2001, '28:99:3a:00:00:01'),
    ];
    expect(findChassisPair(pair)?.groups).toEqual([['eth0', 'eth1'], ['eth2']]);
    expect(findChassisPair([sign('eth0', 1, 'a', 'leaf-1'), sign('eth1', 2, 'a', 'leaf-2')])?.why).toBe(
      'LLDP or CDP names leaf-1 and leaf-2',
    );
  });

  it('are seen by port numbers of two blocks under an identifier that belongs to no port', () => {
    const shared = (member: string, number: number) => ({
      member,
      system: '02:00:5e:00:aa:01',
      port: number,
      mac: '44:4c:a8:00:00:01',
      chassis: null,
    });
    expect(findChassisPair([shared('eth0', 4097), shared('eth1', 8193), shared('eth2', 4098)])?.groups).toEqual([
      ['eth0', 'eth2'],
      ['eth1'],
    ]);
    expect(findChassisPair([shared('eth0', 4097), shared('eth1', 4098)])).toBeNull();
  });

  it('are not seen where only one sign speaks for it, or LLDP against it', () => {
    expect(findChassisPair([sign('eth0', 0x101, '44:4c:a8:00:00:01'), sign('eth1', 0x201, '44:4c:a8:00:00:02')])).toBeNull();
    expect(findChassisPair([sign('eth0', 1, '44:4c:a8:00:00:01'), sign('eth1', 2, '28:99:3a:00:00:02')])).toBeNull();
    expect(
      findChassisPair([sign('eth0', 0x1001, '44:4c:a8:00:00:01', 'leaf'), sign('eth1', 0x2001, '28:99:3a:00:00:02', 'leaf')]),
    ).toBeNull();
  });
});
