import { execFileSync } from 'node:child_process';

export function hasTshark(): boolean {
  try {
    execFileSync('tshark', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const OPTIONS = [
  '-o',
  'ip.defragment:FALSE',
  '-o',
  'ipv6.defragment:FALSE',
  '-o',
  'tcp.desegment_tcp_streams:FALSE',
  '-o',
  'tcp.reassemble_out_of_order:FALSE',
  '-d',
  'udp.port==8472,vxlan',
];

/** Every occurrence of each field in each frame, outermost first: `rows[frame][field]`. */
export function tsharkFields<F extends string>(path: string, fields: readonly F[]): Record<F, string[]>[] {
  const text = execFileSync(
    'tshark',
    [
      '-r',
      path,
      '-n',
      ...OPTIONS,
      '-T',
      'fields',
      '-E',
      'separator=/t',
      '-E',
      'occurrence=a',
      '-E',
      'aggregator=,',
      ...fields.flatMap((field) => ['-e', field]),
    ],
    { maxBuffer: 1 << 28, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const cells = line.split('\t');
      return Object.fromEntries(
        fields.map((field, i) => [field, cells[i] === '' || cells[i] === undefined ? [] : cells[i].split(',')]),
      ) as Record<F, string[]>;
    });
}
