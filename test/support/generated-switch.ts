/**
 * Switches made up from a seed, for tests of learning: a CRC or an XOR fold over masked header fields selects the member,
 * or a keyed function does. Written from the textbook forms, byte by byte, and shares nothing with the solver.
 */
import type { FlowFieldsInput } from '../../src/flows/flow-field-types.ts';
import { textbookCrc } from './textbook-crc.ts';

export interface GeneratedFlow {
  readonly srcMac: string;
  readonly dstMac: string;
  readonly vlan: number;
  readonly src: string;
  readonly dst: string;
  readonly protocol: number;
  readonly srcPort: number;
  readonly dstPort: number;
}

export type Random = () => number;

/** mulberry32. */
export function seeded(seed: number): Random {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const below = (random: Random, n: number): number => Math.floor(random() * n);
const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)];

/** How varied the traffic is: every address and MAC of its own, or hosts in a few subnets behind a few MACs. */
export type Variety = 'wild' | 'hosts';

export function createTraffic(random: Random, variety: Variety): () => GeneratedFlow {
  const mac = (): string => ['02', ...Array.from({ length: 5 }, () => below(random, 256).toString(16).padStart(2, '0'))].join(':');
  const hosts = (count: number): { mac: string; ip: string }[] => {
    const macs = Array.from({ length: 6 }, mac);
    const net = `10.${below(random, 256)}.${below(random, 256)}`;
    return Array.from({ length: count }, () => ({ mac: pick(random, macs), ip: `${net}.${1 + below(random, 250)}` }));
  };
  const clients = hosts(60);
  const servers = hosts(25);
  const vlans = [10, 20, 130, 999];
  return () => {
    const wild = variety === 'wild';
    const ip = (): string => [1 + below(random, 220), below(random, 256), below(random, 256), below(random, 256)].join('.');
    const client = pick(random, clients);
    const server = pick(random, servers);
    return {
      srcMac: wild ? mac() : client.mac,
      dstMac: wild ? mac() : server.mac,
      vlan: pick(random, vlans),
      src: wild ? ip() : client.ip,
      dst: wild ? ip() : server.ip,
      protocol: random() < 0.8 ? 6 : 17,
      srcPort: 1024 + below(random, 64512),
      dstPort: wild ? below(random, 65536) : pick(random, [22, 53, 80, 443, 445, 3306, 5432, 8080, 9100]),
    };
  };
}

export function fieldsOf(flow: GeneratedFlow): FlowFieldsInput {
  const { vlan, ...rest } = flow;
  return { ...rest, tcis: [vlan] };
}

/** The key a switch hashes: bytes of the fields in order. */
const FIELDS = ['srcMac', 'dstMac', 'vlan', 'src', 'dst', 'protocol', 'srcPort', 'dstPort'] as const;
type Field = (typeof FIELDS)[number];

function bytesOf(flow: GeneratedFlow, field: Field): number[] {
  switch (field) {
    case 'srcMac':
    case 'dstMac':
      return flow[field].split(':').map((byte) => Number.parseInt(byte, 16));
    case 'src':
    case 'dst':
      return flow[field].split('.').map(Number);
    case 'protocol':
      return [flow.protocol];
    default:
      return [flow[field] >> 8, flow[field] & 0xff];
  }
}

export interface GeneratedSwitch {
  readonly title: string;
  readonly fields: readonly Field[];
  /** Index of the member. */
  place(flow: GeneratedFlow): number;
}

function crc(bytes: readonly number[], width: 16 | 32, polynomial: number, seed: number): number {
  return textbookCrc({ width, polynomial, reflected: false, initial: seed }, bytes);
}

/** XOR of all 16-bit words, then of the two bytes. */
function fold(bytes: readonly number[], seed: number): number {
  let sum = seed & 0xffff;
  bytes.forEach((byte, i) => {
    sum ^= i % 2 === 0 ? byte << 8 : byte;
  });
  return (sum ^ (sum >> 8)) & 0xff;
}

/** Not linear: multiply and rotate with a key. */
function keyed(bytes: readonly number[], key: number): number {
  let h = key >>> 0;
  for (const byte of bytes) {
    h = Math.imul(h ^ byte, 0x01000193) >>> 0;
    h = (Math.imul((h << 7) | (h >>> 25), 0x85ebca6b) ^ (h >>> 11)) >>> 0;
  }
  return (h ^ (h >>> 15)) >>> 0;
}

export type SwitchKind = 'xor' | 'crc16' | 'crc32' | 'keyed';

/** A switch with a random seed, a random choice of fields and random bits of them left out. */
export function createSwitch(random: Random, kind: SwitchKind, members: number): GeneratedSwitch {
  // Something that varies from flow to flow has to enter.
  const fields = FIELDS.filter((field) => (field === 'src' || field === 'dst' ? random() < 0.8 : random() < 0.5));
  if (!fields.includes('src') && !fields.includes('srcPort')) fields.push('src', 'dst', 'srcPort');
  const masks = new Map(fields.map((field) => [field, Array.from({ length: 6 }, () => (random() < 0.7 ? 0xff : below(random, 256)))]));
  const seed = below(random, 2 ** 32);
  const shift = kind === 'xor' ? 0 : below(random, 8);
  const polynomial = kind === 'crc16' ? pick(random, [0x1021, 0x8005, 0x3d65]) : pick(random, [0x04c11db7, 0x1edc6f41]);
  const order = Array.from({ length: members }, (_, m) => m).sort(() => random() - 0.5);
  return {
    title: `${kind} over ${fields.join(', ')} for ${members} members`,
    fields,
    place(flow) {
      const key = fields.flatMap((field) => bytesOf(flow, field).map((byte, i) => byte & (masks.get(field)?.[i] ?? 0xff)));
      const hash =
        kind === 'xor' ? fold(key, seed) : kind === 'keyed' ? keyed(key, seed) : crc(key, kind === 'crc16' ? 16 : 32, polynomial, seed);
      return order[Math.floor(hash / 2 ** shift) % members];
    },
  };
}

/** A switch that takes the whole CRC of whole fields modulo the members, with a random seed and choice of fields. */
export function createRemainderSwitch(random: Random, members: number): GeneratedSwitch {
  const fields = FIELDS.filter((field) => (field === 'src' || field === 'dst' ? random() < 0.8 : random() < 0.5));
  if (!fields.includes('src') && !fields.includes('srcPort')) fields.push('srcPort');
  const width = random() < 0.5 ? 16 : 32;
  const polynomial = width === 16 ? pick(random, [0x1021, 0x8005, 0x3d65]) : pick(random, [0x04c11db7, 0x1edc6f41]);
  const seed = below(random, 2 ** 32);
  const order = Array.from({ length: members }, (_, m) => m).sort(() => random() - 0.5);
  return {
    title: `CRC-${width} over ${fields.join(', ')} modulo ${members}`,
    fields,
    place: (flow) =>
      order[
        crc(
          fields.flatMap((field) => bytesOf(flow, field)),
          width,
          polynomial,
          seed,
        ) % members
      ],
  };
}

/** One where every member gets a fair share of this traffic. */
export function createFairSwitch(random: Random, kind: SwitchKind, members: number, flows: readonly GeneratedFlow[]): GeneratedSwitch {
  for (;;) {
    const made = createSwitch(random, kind, members);
    const counts = Array.from({ length: members }, () => 0);
    for (const flow of flows) counts[made.place(flow)]++;
    if (Math.min(...counts) > flows.length / members / 3) return made;
  }
}
