import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCommand } from './measure.ts';

/** Something to stand beside lacpviz. */
export interface Tool {
  readonly name: string;
  /** What it does with the file, so that nobody compares a count with a flow table unawares. */
  readonly does: string;
  readonly available: boolean;
  /** Runs per case: fewer for slow ones. */
  readonly runs: number;
  /** Only on the small capture: minutes on the others. */
  readonly smallOnly?: boolean;
  command(path: string): readonly string[];
}

const node = process.execPath;

export function listTools(): readonly Tool[] {
  return [
    {
      name: 'dd',
      does: 'reads the file in 1 MiB blocks: the limit',
      available: hasCommand('dd'),
      runs: 3,
      command: (path) => ['dd', `if=${path}`, 'of=/dev/null', 'bs=1M'],
    },
    {
      name: 'node, reads only',
      does: 'reads the file in 64 KiB blocks and forgets it',
      available: true,
      runs: 3,
      command: (path) => [node, 'bench/loops/read-only.mjs', path],
    },
    {
      name: 'capinfos -c',
      does: 'counts frames',
      available: hasCommand('capinfos'),
      runs: 3,
      command: (path) => ['capinfos', '-c', path],
    },
    {
      name: 'tcpdump --count',
      does: 'counts frames',
      available: hasCommand('tcpdump'),
      runs: 1,
      command: (path) => ['tcpdump', '-r', path, '--count'],
    },
    {
      name: 'nfpcapd -r',
      does: 'builds flows and writes them (nfdump)',
      available: hasCommand('nfpcapd'),
      runs: 1,
      command: (path) => ['nfpcapd', '-r', path, '-w', mkdtempSync(join(tmpdir(), 'nfpcapd-'))],
    },
    {
      name: 'pcap-parser',
      does: 'walks records, decodes nothing',
      available: true,
      runs: 1,
      command: (path) => [node, 'bench/loops/pcap-parser.mjs', path],
    },
    {
      name: 'tshark -z conv,ip',
      does: 'dissects everything, counts conversations',
      available: hasCommand('tshark'),
      runs: 1,
      smallOnly: true,
      command: (path) => ['tshark', '-n', '-q', '-z', 'conv,ip', '-r', path],
    },
  ];
}
