/** Traffic for made switches, from a seed: with what misleads in real networks. */
import type { FlowFieldsInput } from '../../src/flows/flow-field-types.ts';
import type { Random } from './generated-switch.ts';

export interface MadeFlow {
  readonly srcMac: string;
  readonly dstMac: string;
  readonly vlan: number;
  readonly src: string;
  readonly dst: string;
  readonly protocol: number;
  /** False for ICMP and ESP. */
  readonly ports: boolean;
  readonly srcPort: number;
  readonly dstPort: number;
}

/**
 * `wild`: every address, MAC and port at random. `hosts`: some clients and servers of two subnets. `few`: few of them. `decoy`: each
 * client has a MAC, a VLAN and ports of its own, so that they tell the address. `mixed`: IPv4 and IPv6, TCP, UDP, ICMP and ESP.
 */
export const TRAFFIC = ['wild', 'hosts', 'few', 'decoy', 'mixed'] as const;
export type MadeTraffic = (typeof TRAFFIC)[number];

const below = (random: Random, n: number): number => Math.floor(random() * n);
const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)];
const SERVICES = [22, 53, 80, 443, 445, 3306, 5432, 8080, 9100];

interface Host {
  readonly mac: string;
  readonly ip: string;
  readonly ip6: string;
  readonly vlan: number;
  readonly port: number;
}

/** Draws one flow after the other. */
export function makeTraffic(random: Random, kind: MadeTraffic): () => MadeFlow {
  const mac = (): string => ['02', ...Array.from({ length: 5 }, () => below(random, 256).toString(16).padStart(2, '0'))].join(':');
  const hosts = (count: number): Host[] => {
    const net = [below(random, 256), below(random, 256)];
    const macs = Array.from({ length: kind === 'decoy' ? count : 6 }, mac);
    return Array.from({ length: count }, (_, i) => {
      const host = 1 + below(random, 250);
      return {
        mac: kind === 'decoy' ? macs[i] : pick(random, macs),
        ip: `10.${net[0]}.${net[1]}.${host}`,
        ip6: `2001:db8:${net[0].toString(16)}:${net[1].toString(16)}::${host.toString(16)}`,
        vlan: 100 + below(random, kind === 'decoy' ? 64 : 4),
        port: 20_000 + 64 * host,
      };
    });
  };
  const clients = hosts(kind === 'few' ? 6 : 60);
  const servers = hosts(kind === 'few' ? 3 : 25);
  const vlans = [10, 20, 130, 999];
  return () => {
    const client = pick(random, clients);
    const server = pick(random, servers);
    const wild = kind === 'wild';
    const ip = (): string => [1 + below(random, 220), below(random, 256), below(random, 256), below(random, 256)].join('.');
    const isIpv6 = kind === 'mixed' && random() < 0.4;
    const protocol = kind === 'mixed' && random() < 0.3 ? pick(random, [isIpv6 ? 58 : 1, 50]) : random() < 0.8 ? 6 : 17;
    const ports = protocol === 6 || protocol === 17;
    return {
      srcMac: wild ? mac() : client.mac,
      dstMac: wild ? mac() : server.mac,
      vlan: kind === 'decoy' ? client.vlan : pick(random, vlans),
      src: wild ? ip() : isIpv6 ? client.ip6 : client.ip,
      dst: wild ? ip() : isIpv6 ? server.ip6 : server.ip,
      protocol,
      ports,
      srcPort: !ports ? 0 : kind === 'decoy' ? client.port + below(random, 64) : 1024 + below(random, 64512),
      dstPort: !ports ? 0 : wild ? below(random, 65536) : pick(random, SERVICES),
    };
  };
}

export function fieldsOfMade(flow: MadeFlow): FlowFieldsInput {
  const { vlan, ports, srcPort, dstPort, ...rest } = flow;
  return { ...rest, tcis: [vlan], ...(ports ? { srcPort, dstPort } : {}) };
}
