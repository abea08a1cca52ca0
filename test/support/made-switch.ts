/**
 * Switches of many makes drawn from a seed, for measuring what is learned of them: XOR folds, CRCs, Toeplitz and keyed hashes
 * over whole fields or parts of them, and members by remainder or by a table of buckets. Written from the textbook forms, bit by
 * bit, and shares nothing with the solver.
 */
import { seeded, type Random } from './generated-switch.ts';
import { siphash24 } from './siphash.ts';
import { mirrored, textbookCrc, type TextbookCrc } from './textbook-crc.ts';
import type { MadeFlow } from './made-traffic.ts';

export const HASHES = ['xor', 'crc8', 'crc16', 'crc32', 'toeplitz', 'siphash', 'murmur'] as const;
export type MadeHash = (typeof HASHES)[number];
/** Whole fields; the same part of both addresses and of both ports; one bit of the last byte of some fields left out; bits of any byte. */
export const MASKS = ['whole', 'low-8', 'low-16', 'every-other', 'network', 'single-bits', 'random'] as const;
export type MadeMask = (typeof MASKS)[number];
/** `remainder`: hash modulo members; a number: so many buckets, each with a member at random, all members as often as can be. */
export type MadeMap = 'remainder' | 'blocks' | number;

export interface MadeSwitch {
  readonly title: string;
  place(flow: MadeFlow): number;
}

type KeyPart = 'srcMac' | 'dstMac' | 'vlan' | 'src' | 'dst' | 'protocol' | 'srcPort' | 'dstPort';
const KEYS: readonly (readonly KeyPart[])[] = [
  ['src', 'dst', 'srcPort', 'dstPort'],
  ['src', 'dst', 'protocol', 'srcPort', 'dstPort'],
  ['src', 'dst', 'srcPort', 'dstPort', 'protocol'],
  ['srcMac', 'dstMac', 'src', 'dst', 'protocol', 'srcPort', 'dstPort'],
  ['dstMac', 'srcMac', 'vlan', 'src', 'dst', 'srcPort', 'dstPort'],
];

const below = (random: Random, n: number): number => Math.floor(random() * n);
const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)];

function bytesOf(flow: MadeFlow, part: KeyPart): number[] {
  switch (part) {
    case 'srcMac':
    case 'dstMac':
      return flow[part].split(':').map((byte) => Number.parseInt(byte, 16));
    case 'src':
    case 'dst':
      return addressBytes(flow[part]);
    case 'protocol':
      return [flow.protocol];
    default:
      return [flow[part] >> 8, flow[part] & 0xff];
  }
}

function addressBytes(text: string): number[] {
  if (!text.includes(':')) return text.split('.').map(Number);
  const [head, tail = ''] = text.split('::');
  const groups = (half: string): number[] => (half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16)));
  const [front, back] = [groups(head), groups(tail)];
  const all = [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back];
  return all.flatMap((group) => [group >> 8, group & 0xff]);
}

function maskOf(random: Random, mask: MadeMask, part: KeyPart): (byte: number, fromEnd: number) => number {
  const isAddress = part === 'src' || part === 'dst';
  const isPort = part === 'srcPort' || part === 'dstPort';
  if (mask === 'low-8' && isAddress) return (byte, fromEnd) => (fromEnd < 1 ? byte : 0);
  if (mask === 'low-16' && isAddress) return (byte, fromEnd) => (fromEnd < 2 ? byte : 0);
  if (mask === 'every-other' && isPort) return (byte) => byte & 0x55;
  if (mask === 'network' && isAddress) return (byte, fromEnd) => (fromEnd < 1 ? byte & 0xf8 : byte);
  if (mask === 'single-bits' && (isAddress || isPort)) {
    const out = random() < 0.6 ? 1 << below(random, 8) : 0;
    return (byte, fromEnd) => (fromEnd < 1 ? byte & ~out : byte);
  }
  if (mask === 'random') {
    const bits = Array.from({ length: 16 }, () => (random() < 0.7 ? 0xff : below(random, 256)));
    return (byte, fromEnd) => byte & bits[fromEnd];
  }
  return (byte) => byte;
}

function toeplitz(bytes: readonly number[], key: readonly number[]): number {
  let sum = 0;
  bytes.forEach((byte, n) => {
    for (let bit = 0; bit < 8; bit++) {
      if (((byte >> (7 - bit)) & 1) === 0) continue;
      let window = 0;
      for (let b = 0; b < 32; b++) window = (window << 1) | key[n * 8 + bit + b];
      sum ^= window;
    }
  });
  return sum >>> 0;
}

/** MurmurHash3, 32 bits, of whole words. */
function murmur(bytes: readonly number[], seed: number): number {
  let h = seed;
  const padded = [...bytes, 0, 0, 0].slice(0, Math.ceil(bytes.length / 4) * 4);
  for (let i = 0; i < padded.length; i += 4) {
    let k = padded[i] | (padded[i + 1] << 8) | (padded[i + 2] << 16) | (padded[i + 3] << 24);
    k = Math.imul(k, 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    h ^= Math.imul(k, 0x1b873593);
    h = Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64;
  }
  h ^= bytes.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function hashOf(random: Random, hash: MadeHash): { title: string; width: number; of: (bytes: readonly number[]) => number } {
  const seed = below(random, 2 ** 32);
  const reflected = random() < 0.5;
  const crcOf = (width: TextbookCrc['width'], polynomial: number) => ({
    title: `CRC-${width} 0x${polynomial.toString(16)}${reflected ? ' reflected' : ''}`,
    width,
    of: (bytes: readonly number[]) => textbookCrc({ width, polynomial, reflected, initial: mirrored(seed, width) }, bytes),
  });
  switch (hash) {
    case 'xor': {
      const width = pick(random, [8, 16]);
      return {
        title: `XOR of ${width}-bit words`,
        width,
        of: (bytes) => bytes.reduceRight((sum, byte, i) => sum ^ (byte << (((bytes.length - 1 - i) * 8) % width)), seed & (2 ** width - 1)),
      };
    }
    case 'crc8':
      return crcOf(8, pick(random, [0x07, 0x31]));
    case 'crc16':
      return crcOf(16, pick(random, [0x1021, 0x8005, 0x3d65, 0x8bb7]));
    case 'crc32':
      return crcOf(32, pick(random, [0x04c11db7, 0x1edc6f41, 0x741b8cd7]));
    case 'toeplitz': {
      const key = Array.from({ length: 600 }, () => below(random, 2));
      return { title: 'Toeplitz', width: 32, of: (bytes) => toeplitz(bytes, key) };
    }
    case 'siphash':
      return { title: 'SipHash', width: 32, of: (bytes) => siphash24(bytes, seed) };
    case 'murmur':
      return { title: 'murmur', width: 32, of: (bytes) => murmur(bytes, seed) };
  }
}

function mapOf(random: Random, map: MadeMap, width: number, members: number): (hash: number) => number {
  const names = shuffled(
    random,
    Array.from({ length: members }, (_, m) => m),
  );
  if (map === 'remainder') return (hash) => names[hash % members];
  if (map === 'blocks') return (hash) => names[Math.floor((hash * members) / 2 ** width)];
  const table = shuffled(
    random,
    Array.from({ length: map }, (_, bucket) => bucket % members),
  );
  const shift = below(random, 1 + Math.min(8, width - Math.log2(map)));
  return (hash) => table[Math.floor(hash / 2 ** shift) % map];
}

function shuffled<T>(random: Random, list: T[]): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = below(random, i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

export interface MadeForm {
  readonly hash: MadeHash;
  readonly mask: MadeMask;
  readonly map: MadeMap;
}

/** A switch of a form: its key, seed, polynomial, bits and table drawn from `seed`. Frames without ports are hashed without them. */
export function makeSwitch({ hash, mask, map }: MadeForm, members: number, seed: number): MadeSwitch {
  const random = seeded(seed);
  const key = pick(random, KEYS);
  const masks = new Map(key.map((part) => [part, maskOf(random, mask, part)]));
  const made = hashOf(random, hash);
  const place = mapOf(random, map, made.width, members);
  return {
    title: `${made.title} over ${key.join(', ')} (${mask}), ${map === 'remainder' ? `modulo ${members}` : `${map}${map === 'blocks' ? '' : ' buckets'} on ${members}`}`,
    place(flow) {
      const bytes: number[] = [];
      for (const part of key) {
        if (!flow.ports && (part === 'srcPort' || part === 'dstPort')) continue;
        const all = bytesOf(flow, part);
        const masked = masks.get(part);
        for (let i = 0; i < all.length; i++) bytes.push(masked?.(all[i], all.length - 1 - i) ?? all[i]);
      }
      return place(made.of(bytes));
    },
  };
}
