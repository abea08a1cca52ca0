/** teamd: every frame of a real run, hashed by the fields that each end was configured with. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { teamd } from '../../src/hash/teamd.ts';
import { emptyScore, scoreCapture } from '../support/score-capture.ts';

const root = new URL('../../../shared/captures/linux/k6.1-team-l4-n3/', import.meta.url);

interface Config {
  readonly host_side_macs: Readonly<Record<string, string>>;
  readonly switch_side_macs: Readonly<Record<string, string>>;
  readonly switch: { readonly port_of: Readonly<Record<string, string>> };
  readonly team: { readonly host_ports_in_enable_order: readonly string[]; readonly switch_ports_in_enable_order: readonly string[] };
  readonly phases: readonly { readonly name: string; readonly t: number }[];
}

describe.skipIf(!existsSync(root))('teamd (../shared/captures/linux/k6.1-team-l4-n3)', () => {
  const config = existsSync(root) ? (JSON.parse(readFileSync(new URL('config.json', root), 'utf8')) as Config) : null;
  for (const [side, variant] of [
    ['host', 'ip,tcp,udp'],
    ['switch', 'l4'],
  ] as const) {
    it(`${side}, tx_hash ${variant}`, () => {
      if (config === null) return;
      const { team } = config;
      const order = side === 'host' ? team.host_ports_in_enable_order : team.switch_ports_in_enable_order;
      const prefixes = Object.values(side === 'host' ? config.host_side_macs : config.switch_side_macs);
      const score = emptyScore();
      for (const name of team.host_ports_in_enable_order) {
        scoreCapture(
          {
            path: new URL(`host-${name}.pcap`, root).pathname,
            index: order.indexOf(side === 'host' ? name : config.switch.port_of[name]),
            policy: teamd,
            context: { variant, basis: 0, memberCount: order.length },
            isSender: (mac) => prefixes.some((prefix) => mac.startsWith(prefix)),
            from: config.phases.find((phase) => phase.name === 'steady')?.t ?? 0,
            to: config.phases.find((phase) => phase.name === 'traffic-end')?.t ?? Number.MAX_VALUE,
          },
          score,
        );
      }
      expect(score.checked).toBeGreaterThan(500);
      // The team ports send router solicitations of their own, which are not hashed.
      const misses = score.misses.filter((miss) => !miss.includes('"icmp":{"type":133,'));
      expect(misses).toEqual([]);
      expect(score.inFrame).toBeLessThan(score.checked / 20);
    });
  }
});
