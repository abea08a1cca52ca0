import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHostBond } from '../../src/cli/recipe-host.ts';
import { bondText, makeFakeHost, type FakeHost } from './fake-host.ts';

let host: FakeHost;
let bare: FakeHost;

beforeAll(() => {
  bare = makeFakeHost();
  host = makeFakeHost();
  host.write('proc/net/bonding/bond0', bondText(['enp0s5', 'enp0s4']));
  host.write('proc/net/bonding/bond1', bondText(['enp0s6'], 'encap3+4 (4)'));
  host.write(
    'proc/net/bonding/backup',
    bondText(['enp0s7']).replace('IEEE 802.3ad Dynamic link aggregation', 'fault-tolerance (active-backup)'),
  );
  host.write('proc/net/bonding/odd', 'something else\n');
  host.write('proc/sys/kernel/osrelease', '6.1.0-18-amd64\n');
  host.device('bond0', { address: '02:00:5E:00:00:10', uevent: 'DEVTYPE=bond', flags: '0x1443', type: '1' }, ['bond0.108']);
  host.device('bond0.108', { uevent: 'DEVTYPE=vlan', flags: '0x1003', type: '1' }, ['bond0.108.5', 'vmbr0']);
  host.device('bond0.108.5', { uevent: 'DEVTYPE=vlan', flags: '0x1003', type: '1' });
  host.device('vmbr0', { uevent: 'DEVTYPE=bridge', flags: '0x1003', type: '1' });
  host.device('enp0s4', { speed: '25000', type: '1', flags: '0x1803', uevent: 'INTERFACE=enp0s4' });
  host.device('enp0s5', { speed: '10000', type: '1', flags: '0x1803' });
  host.device('vxlan42', { uevent: 'DEVTYPE=vxlan\nINTERFACE=vxlan42', flags: '0x1003', type: '1' });
  host.device('gre0', { flags: '0x80', type: '778' });
  host.device('gretap0', { flags: '0x1002', type: '1' });
});
afterAll(() => {
  host.remove();
  bare.remove();
});

describe('--iface', () => {
  it('reads the bond: members in the order of enslaving, addresses, what lies above', () => {
    expect(readHostBond('bond0', host.root)).toEqual({
      name: 'bond0',
      members: [
        { name: 'enp0s5', permanentMac: '02:00:5e:00:00:10', speedMbps: 10000, linkUp: true },
        { name: 'enp0s4', permanentMac: '02:00:5e:00:00:11', speedMbps: 25000, linkUp: false },
      ],
      mac: '02:00:5e:00:00:10',
      mode: '802.3ad',
      policy: 'layer3+4',
      lacpRate: 'fast',
      kernel: '6.1.0-18-amd64',
      vlans: ['bond0.108'],
      stackedVlans: ['bond0.108.5'],
      tunnels: ['vxlan42'],
      bridge: 'vmbr0',
    });
  });

  it('does without /sys', () => {
    expect(readHostBond('bond1', host.root)).toMatchObject({
      policy: 'encap3+4',
      mac: null,
      vlans: [],
      bridge: null,
      members: [{ name: 'enp0s6' }],
    });
    expect(readHostBond('backup', host.root)).toMatchObject({ mode: 'active-backup', policy: 'active-backup', lacpRate: null });
  });

  it('names the bonds that exist where there is no such bond, and ends with 3', () => {
    const failure = (name: string, root: string): unknown => {
      try {
        return readHostBond(name, root);
      } catch (error) {
        return error;
      }
    };
    expect(failure('bond7', host.root)).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/no such bond\. Bonds of this host: backup, bond0, bond1, odd$/),
    });
    expect(failure('enp0s4', host.root)).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('It is a member of bond0: --iface bond0.'),
    });
    expect(failure('odd', host.root)).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('is not what the bonding driver prints'),
    });
    expect(failure('bond0', bare.root)).toMatchObject({ exitCode: 3, message: expect.stringContaining('no Linux bond') });
    for (const name of ['', '..', '../bond0', 'a b']) expect(failure(name, host.root)).toMatchObject({ exitCode: 2 });
  });
});
