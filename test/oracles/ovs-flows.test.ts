import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzeFiles } from '../../src/node.ts';

/** Captures of real Open vSwitch bonds, beside the repository; absent elsewhere. */
const RUNS = join(import.meta.dirname, '../../../shared/captures/ovs');
const present = existsSync(RUNS);

function captures(run: string): string[] {
  return readdirSync(join(RUNS, run))
    .filter((name) => name.endsWith('.pcap'))
    .map((name) => join(RUNS, run, name));
}

/** What the running Open vSwitch said of its own bond after the traffic. */
function ownTables(run: string): string[] {
  const folder = join(RUNS, run, 'snapshots');
  const wanted = /^01-after\.host\.(bond-show|bridge-dump-flows|vsctl-list-interface|dpif-netdev-bond-show|dpif-show|lacp-show)/;
  return readdirSync(folder)
    .filter((name) => wanted.test(name) && !name.endsWith('.gz'))
    .map((name) => join(folder, name));
}

describe.skipIf(!present)('Open vSwitch senders (captures beside the repository)', () => {
  describe('with its own bucket table, every frame of a known bucket is on the member of the table', () => {
    it.for(['tcp2', 'tcp3', 'tcp5', 'tcp2-basis', 'tcp3-lb', 'tcp2-natural', 'crc-tcp2', 'passive-slow', 'mlag4', 'slb2', 'slb3-migrate'])(
      '%s',
      async (run) => {
        const { document } = await analyzeFiles([...captures(run), ...ownTables(run)]);
        const [direction] = document.lags[0].directions;
        expect(direction.policy.id).toMatch(/^ovs-balance-(tcp|slb)$/);
        expect(direction.policy.source).toBe('state');
        const { match, total } = direction.agreement.packets;
        expect(match).toBe(total);
        expect(total).toBeGreaterThan(0.9 * direction.totals.packets);
      },
    );
  });

  describe('from the captures alone', () => {
    it.for([
      ['tcp2', 'ovs-balance-tcp', 'portable'],
      ['tcp3', 'ovs-balance-tcp', 'portable'],
      ['crc-tcp2', 'ovs-balance-tcp', 'crc'],
      ['tcp3-lb', 'ovs-balance-tcp', 'portable/lb-output'],
      ['slb2', 'ovs-balance-slb', 'portable'],
      ['slb3-migrate', 'ovs-balance-slb', 'portable'],
    ] as const)('%s is %s, %s', async ([run, policy, variant]) => {
      const { document } = await analyzeFiles(captures(run));
      for (const direction of document.lags[0].directions) {
        expect(direction.policy).toMatchObject({ id: policy, variant, source: 'inferred' });
        expect(direction.agreement.packets.match).toBe(direction.agreement.packets.total);
        expect(direction.agreement.packets.total).toBeGreaterThan(0.7 * direction.totals.packets);
      }
    });

    it('a kernel datapath refutes every bucket function: nothing is predicted', async () => {
      const { document } = await analyzeFiles(captures('k-tcp2'));
      for (const direction of document.lags[0].directions) {
        expect(direction.policy.id).toBeNull();
        expect(direction.unpredicted).toEqual([
          { reason: 'unknown-policy', packets: direction.totals.packets, bytes: direction.totals.bytes },
        ]);
      }
    });

    it('a lost member shows as a change of the map', async () => {
      const { document } = await analyzeFiles(captures('tcp3-flap'));
      const direction = document.lags[0].directions.find((d) => d.policy.id === 'ovs-balance-tcp');
      expect(direction?.epochs.some((epoch) => epoch.why === 'map-changed')).toBe(true);
    });
  });
});
