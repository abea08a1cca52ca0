/**
 * Addresses replaced one for one. Common prefixes stay common: a byte is changed by an amount that was drawn for the bytes
 * before it (`apart`), or for its place (`alike`: then the XOR of two addresses stays whole, which hashes go by where the
 * number of members is no power of two). The last byte undoes what the others changed, so the XOR of all bytes of an
 * address, by which hashes that fold addresses choose among 2, 4 … 128 members, is that of the original. What was drawn is
 * kept nowhere.
 *
 * Kept as they are: groups and broadcast, 0/8, 127/8, ::, ::1, the prefixes that tell private from public (10/8, 172/16s,
 * 192/16s, 169/16s, fe80::/64), the group and local bit, the third and the last byte of a MAC address. Ordinary first
 * octets of IPv4 are exchanged among each other.
 */

/** Octets of IPv4 addresses that are no ordinary first one. */
const SPECIAL_FIRST = new Set([0, 10, 127, 169, 172, 192]);
/** Of these the second octet is kept, too. */
const SPECIAL_SECOND = new Set([169, 172, 192]);
const FIRST_GROUP = 224;
/** Of the first five bytes of a MAC address. */
const LOCAL_BIT = 0x02_0000_0000;

/** Replaces addresses, each alike wherever it stands; those with a common prefix keep one. */
export class AddressMap {
  readonly #random: () => number;
  readonly #isAlike: boolean;
  readonly #changes = new Map<string, number>();
  readonly #firstOctets: Uint8Array;
  /** First two and first five bytes of station addresses, local bit cleared, and what they become. */
  readonly #prefixes = new Map<number, number>();
  readonly #vendors = new Map<number, number>();
  /** What a search has changed further, by the original's key. */
  readonly #variants = new Map<string, number>();
  readonly #owners = new Map<string, string>();

  /** `random`: 32 unsigned bits that nobody can guess. `stations`: addresses whose order is to be kept. */
  constructor(random: () => number, stations: Iterable<number> = [], changes: 'apart' | 'alike' = 'apart') {
    this.#random = random;
    this.#isAlike = changes === 'alike';
    const ordinary = Array.from({ length: FIRST_GROUP }, (_, i) => i).filter((i) => !SPECIAL_FIRST.has(i));
    this.#firstOctets = Uint8Array.from({ length: 256 }, (_, i) => i);
    const shuffled = shuffle(ordinary, random);
    ordinary.forEach((octet, i) => (this.#firstOctets[octet] = shuffled[i]));
    // First two bytes, then the fourth and fifth: addresses that begin alike still do.
    const known = new Map<number, number[]>();
    for (const vendor of new Set([...stations].map(vendorOf))) {
      const group = Math.floor(vendor / 0x1_0000);
      const vendors = known.get(group);
      if (vendors === undefined) known.set(group, [vendor]);
      else vendors.push(vendor);
    }
    const prefixes = rising(new Set([...known.keys()].map((group) => group >>> 8)));
    draw(prefixes.length, () => this.#drawPrefix()).forEach((mapped, p) => this.#prefixes.set(prefixes[p], mapped));
    for (const vendors of known.values()) {
      const mapped = draw(vendors.length, () => random() & 0xffff);
      rising(vendors).forEach((vendor, v) => this.#vendors.set(vendor, this.#withPrefix(vendor, mapped[v])));
    }
  }

  /** A MAC address of 48 bits as a number. */
  mac(mac: number): number {
    const top = Math.floor(mac / 256);
    const last = mac % 256;
    const first = Math.floor(top / 0x1_0000_0000);
    if (mac === 0) return mac;
    if ((first & 1) === 1) return this.#groupMac(mac);
    const vendor = vendorOf(mac);
    let mapped = this.#vendors.get(vendor);
    if (mapped === undefined) this.#vendors.set(vendor, (mapped = this.#withPrefix(vendor, this.#random() & 0xffff)));
    const variant = this.#variants.get(macKey(mac)) ?? 0;
    const local = (first & 2) === 0 ? 0 : LOCAL_BIT;
    return (Math.floor(mapped / 0x1_0000) * 0x1_0000 + ((mapped % 0x1_0000) ^ variant) + local) * 256 + last;
  }

  /** An IPv4 address as a little-endian word. */
  ipv4(word: number): number {
    const octets = [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff];
    const [first, second, third] = octets;
    if (first === 0 || first === 127 || first >= FIRST_GROUP) return word;
    const mapped = [
      this.#firstOctets[first],
      SPECIAL_SECOND.has(first) ? second : second ^ this.#change(this.#isAlike ? '4 second' : `4 ${first}`),
      third ^ this.#change(this.#isAlike ? '4 third' : `4 ${first} ${second}`),
    ];
    const undone = mapped.reduce((sum, octet, i) => sum ^ octet ^ octets[i], 0);
    const last = (word >>> 24) ^ undone ^ (this.#variants.get(ipv4Key(word)) ?? 0);
    return (mapped[0] | (mapped[1] << 8) | (mapped[2] << 16) | (last << 24)) >>> 0;
  }

  /** An IPv6 address of four little-endian words at `at`, written to `out` at the same place. */
  ipv6(words: Uint32Array, at: number, out: Uint32Array): void {
    const bytes = new Uint8Array(words.slice(at, at + 4).buffer);
    const mapped = bytes.slice();
    const kept = keptBytes(bytes);
    let undone = 0;
    for (let i = kept, prefix = `6 ${bytes.subarray(0, kept).join(' ')}`; i < 15; i++) {
      mapped[i] ^= this.#change(this.#isAlike ? `6 ${i}` : prefix);
      undone ^= mapped[i] ^ bytes[i];
      prefix += ` ${bytes[i]}`;
    }
    if (kept < 16) mapped[15] ^= undone ^ (this.#variants.get(ipv6Key(words, at)) ?? 0);
    out.set(new Uint32Array(mapped.buffer), at);
  }

  /** Changes what stands for an address a little, its prefix aside; `key` is one of those below. False if that stands for another one. */
  vary(key: string, variant: number): boolean {
    const before = this.variantOf(key);
    this.#variants.set(key, variant);
    if (this.claim(key)) return true;
    this.#variants.set(key, before);
    return false;
  }

  variantOf(key: string): number {
    return this.#variants.get(key) ?? 0;
  }

  /** Whether what stands for the address of `key` stands for no other one that was claimed. */
  claim(key: string): boolean {
    const [kind, ...words] = key.split(' ');
    const from = Uint32Array.from(words, Number);
    const to = new Uint32Array(4);
    if (kind === '6') this.ipv6(from, 0, to);
    const mapped = kind === '4' ? this.ipv4(from[0]) : kind === '6' ? ipv6Key(to, 0) : macKey(this.mac(Number(words[0]) * 256));
    return this.claimText(`${kind} ${mapped}`, key);
  }

  /** The same for any text that stands for another. */
  claimText(mapped: string, original: string): boolean {
    const owner = this.#owners.get(mapped);
    if (owner === undefined) this.#owners.set(mapped, original);
    return owner === undefined || owner === original;
  }

  /** Never 0: of 192.168/16 one byte alone is drawn, and with 0 every address of it would stay what it was. */
  #change(prefix: string): number {
    let change = this.#changes.get(prefix);
    if (change === undefined) this.#changes.set(prefix, (change = 1 + (this.#random() % 255)));
    return change;
  }

  /** First five bytes: two that stand for the first ones, the third, two others. */
  #withPrefix(vendor: number, rest: number): number {
    const prefix = Math.floor(vendor / 0x100_0000);
    let mapped = this.#prefixes.get(prefix);
    if (mapped === undefined) this.#prefixes.set(prefix, (mapped = this.#drawPrefix()));
    return mapped * 0x100_0000 + (Math.floor(vendor / 0x1_0000) & 0xff) * 0x1_0000 + rest;
  }

  /** Two bytes with group and local bit clear. */
  #drawPrefix(): number {
    return this.#random() & 0xfcff;
  }

  /** 33:33:ff and three bytes of an IPv6 address; other groups tell of nobody. */
  #groupMac(mac: number): number {
    if (Math.floor(mac / 0x100_0000) !== 0x3333ff) return mac;
    const middle = Math.floor(mac / 256) % 0x1_0000;
    const mapped = middle ^ (this.#change('group a') << 8) ^ this.#change('group b');
    return mac + (mapped - middle) * 256;
  }
}

/** Leading bytes of an IPv6 address that stay. */
function keptBytes(bytes: Uint8Array): number {
  if (bytes[0] === 0xff) return bytes[11] === 1 && bytes[12] === 0xff ? 13 : 16;
  if (bytes.subarray(0, 15).every((byte) => byte === 0) && bytes[15] < 2) return 16;
  return bytes[0] === 0xfe && (bytes[1] & 0xc0) === 0x80 ? 8 : 1;
}

/** Name of an address in the map's changes. `word`: as in a flow key, little-endian. */
export function ipv4Key(word: number): string {
  return `4 ${word}`;
}

/** The same of the four words from `at` on. */
export function ipv6Key(words: Uint32Array, at: number): string {
  return `6 ${words[at]} ${words[at + 1]} ${words[at + 2]} ${words[at + 3]}`;
}

/** The same for all MAC addresses of one vendor and device (first five bytes). */
export function macKey(mac: number): string {
  return `m ${vendorOf(mac)}`;
}

/** The first five bytes without the local bit: a port's address and what its owner made of it stay related. */
function vendorOf(mac: number): number {
  const top = Math.floor(mac / 256);
  return (Math.floor(top / 0x1_0000_0000) & 2) === 0 ? top : top - LOCAL_BIT;
}

function rising(values: Iterable<number>): number[] {
  return [...values].sort((x, y) => x - y);
}

/** As many different numbers, in rising order. */
function draw(count: number, one: () => number): number[] {
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(one());
  return rising(drawn);
}

function shuffle(values: readonly number[], random: () => number): number[] {
  const all = [...values];
  for (let i = all.length - 1; i > 0; i--) {
    const j = random() % (i + 1);
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all;
}
