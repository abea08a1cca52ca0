/** Two switches behind one LACP system: what each placed, against its own table (captures beside the repository). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzeFiles } from '../../src/node.ts';
import type { Direction } from '../../src/report/document.ts';

const RUN = join(import.meta.dirname, '../../../shared/captures/ovs/mlag4');
const present = existsSync(RUN);
const hint = present ? '' : ' (skipped: the captures are not here)';

interface Config {
  readonly switch_mac_prefix: string;
  readonly second_switch: readonly string[];
  readonly members: readonly { readonly host: string; readonly switch_ofport: string; readonly peer: string }[];
}

async function switchDirection(texts: readonly string[]): Promise<{ direction: Direction; config: Config }> {
  const config = JSON.parse(readFileSync(join(RUN, 'config.json'), 'utf8')) as Config;
  const captures = readdirSync(RUN).filter((name) => name.endsWith('.pcap'));
  const { document } = await analyzeFiles([...captures, ...texts.map((name) => join('snapshots', name))].map((name) => join(RUN, name)));
  const [lag] = document.lags;
  const side = lag.sides.find(({ macs }) => macs.some((mac) => mac.startsWith(config.switch_mac_prefix)));
  const direction = lag.directions.find(({ from }) => from === side?.id);
  if (direction === undefined) throw new Error('no side of the switches');
  expect(lag.sides.every(({ macs }) => !macs.some((mac) => mac.startsWith(config.switch_mac_prefix)) || macs === side?.macs)).toBe(true);
  return { direction, config };
}

/** Bucket to captured member, as the first switch printed it; of the second one no table was printed. */
function firstTable({ members }: Config): Map<number, string> {
  const byPort = new Map(members.filter(({ peer }) => peer === 'switch').map((member) => [member.switch_ofport, member.host]));
  const text = readFileSync(join(RUN, 'snapshots/01-after.switch.bridge-dump-flows.txt'), 'utf8');
  const rules = text.matchAll(/dp_hash=(0x[0-9a-f]+|0)\/0xff,actions=output:(\d+)/g);
  return new Map(Array.from(rules, ([, bucket, port]) => [Number(bucket), byPort.get(port) ?? port]));
}

describe.skipIf(!present)(`an end of two chassis${hint}`, () => {
  it.for([
    ['from the captures alone', []],
    [
      'with the texts of both switches',
      ['01-after.switch.bond-show.txt', '01-after.switch.bridge-dump-flows.txt', '01-after.switch2.bond-show.txt'],
    ],
  ] as const)('%s: each places its frames over its own members', async ([, texts]) => {
    const { direction, config } = await switchDirection(texts);
    const { match, total } = direction.agreement.packets;
    expect(direction.policy).toMatchObject({ id: 'ovs-balance-tcp', variant: 'portable', basis: 0 });
    expect(match).toBe(total);
    expect(total).toBeGreaterThan(0.7 * direction.totals.packets);
    expect(direction.unpredicted.every(({ reason }) => reason === 'unknown-bucket')).toBe(true);
    const chassis = [...(direction.chassis ?? [])].map((row) => ({ ...row, members: [...row.members].sort() }));
    const second = [...config.second_switch].sort();
    const first = config.members.map(({ host }) => host).filter((host) => !second.includes(host));
    expect(chassis.map(({ members }) => members.join()).sort()).toEqual([first.sort().join(), second.join()].sort());
    const told = firstTable(config);
    const own = chassis.find(({ members }) => members.join() === first.join())?.buckets ?? [];
    expect(own.length).toBeGreaterThan(60);
    for (const { bucket, holds } of own) expect(holds[holds.length - 1].member, `bucket ${bucket}`).toBe(told.get(bucket));
  });
});
