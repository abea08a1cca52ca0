import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The files of /proc and /sys that tell of a bond, below a folder of their own. */
export interface FakeHost {
  readonly root: string;
  write(path: string, text: string): void;
  /** A network device: its files below /sys/class/net, a symbolic link as on a real host. */
  device(name: string, files: Readonly<Record<string, string>>, uppers?: readonly string[]): void;
  remove(): void;
}

export function makeFakeHost(): FakeHost {
  const root = mkdtempSync(join(tmpdir(), 'lacpviz-host-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  return {
    root,
    write,
    device(name, files, uppers = []) {
      const home = `sys/devices/${name}`;
      for (const [file, text] of Object.entries(files)) write(`${home}/${file}`, `${text}\n`);
      for (const upper of uppers) symlinkSync(`../${upper}`, join(root, home, `upper_${upper}`));
      mkdirSync(join(root, 'sys/class/net'), { recursive: true });
      symlinkSync(`../../devices/${name}`, join(root, 'sys/class/net', name));
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** /proc/net/bonding text of an 802.3ad bond, the second member without speed. */
export function bondText(members: readonly string[], policy = 'layer3+4 (1)', version = 'v6.1.0-18-amd64'): string {
  const head = `Ethernet Channel Bonding Driver: ${version}

Bonding Mode: IEEE 802.3ad Dynamic link aggregation
Transmit Hash Policy: ${policy}
MII Status: up
MII Polling Interval (ms): 100
Up Delay (ms): 0
Down Delay (ms): 0

802.3ad info
LACP active: on
LACP rate: fast
Min links: 0
Aggregator selection policy (ad_select): stable
`;
  const sections = members.map(
    (name, i) => `
Slave Interface: ${name}
MII Status: ${i === 0 ? 'up' : 'down'}
Speed: ${i === 0 ? '10000 Mbps' : 'Unknown'}
Duplex: ${i === 0 ? 'full' : 'Unknown'}
Link Failure Count: 0
Permanent HW addr: 02:00:5e:00:00:1${i}
Slave queue ID: 0
`,
  );
  return head + sections.join('');
}
