import * as key from '../../src/decoder/flow-key.ts';

/** A layer of a key row in words: the bits of the descriptor by name, and the words behind it. */
export interface ParsedLayer {
  readonly kind: string;
  readonly descriptor: number;
  readonly protocol?: number;
  readonly fragment?: 'none' | 'first' | 'later';
  readonly src?: string;
  readonly dst?: string;
  readonly flowLabel?: number;
  readonly nextHeader?: number;
  /** TCP and the like: [source port, destination port]; ESP and AH: the SPI in both halves. */
  readonly ports?: readonly [number, number];
  readonly icmp?: { readonly type: number; readonly code: number; readonly id: number };
  readonly opcode?: number;
  readonly etherType?: number;
  readonly id?: number;
  readonly tags?: readonly { readonly tpid: number; readonly tci: number }[];
  readonly labels?: readonly number[];
  readonly words?: readonly number[];
  readonly flags: readonly string[];
}

export interface ParsedKey {
  readonly words: number;
  readonly dst: string;
  readonly src: string;
  readonly etherType: number;
  readonly hint: number;
  readonly tags: readonly { readonly tpid: number; readonly tci: number }[];
  readonly flags: readonly string[];
  readonly layers: readonly ParsedLayer[];
}

const IP_FLAGS: readonly (readonly [number, string])[] = [
  [key.IP_INVALID, 'invalid'],
  [key.IP_CUT, 'cut'],
  [key.IP_SHORT, 'short'],
  [key.IP_CHAIN_CUT, 'chain-cut'],
  [key.IP_BAD_VERSION, 'bad-version'],
  [key.L4_CUT, 'l4-cut'],
  [key.L4_PADDING, 'padding'],
  [key.L4_ABSENT, 'absent'],
  [key.L4_SHORT, 'l4-short'],
  [key.L4_QUOTED, 'quotes'],
];

/** Reads a key row strictly: throws where its length and its layers do not agree. */
export function parseKey(keys: Uint32Array, start: number): ParsedKey {
  const head = keys[start];
  const words = head & key.HEAD_LENGTH_MASK;
  const end = start + words;
  const tagCount = (head >>> key.HEAD_TAGS_SHIFT) & key.HEAD_TAGS_MASK;
  const flags: string[] = [];
  if ((head & key.HEAD_CUT) !== 0) flags.push('cut');
  if ((head & key.HEAD_NO_DESTINATION) !== 0) flags.push('no-destination');
  if ((head & key.HEAD_LLC) !== 0) flags.push('llc');
  const layers: ParsedLayer[] = [];
  let at = start + key.FIRST_TAG_WORD + tagCount;
  if (at > end) throw new Error(`a row of ${words} words cannot hold ${tagCount} tags`);
  while (at < end) {
    const next = at + parseLayer(keys, at, layers);
    if (next > end) throw new Error(`layer ${layers.at(-1)!.kind} goes beyond the end of its row of ${words} words`);
    at = next;
  }
  if (layers.length > key.MAX_LAYERS) throw new Error(`${layers.length} layers`);
  return {
    words,
    dst: macAt(keys, start + 1, false),
    src: macAt(keys, start + 1, true),
    etherType: head >>> key.HEAD_ETHERTYPE_SHIFT,
    hint: (head >>> key.HEAD_HINT_SHIFT) & key.HEAD_HINT_MASK,
    tags: tagsAt(keys, start + key.FIRST_TAG_WORD, tagCount),
    flags,
    layers,
  };
}

function parseLayer(keys: Uint32Array, at: number, layers: ParsedLayer[]): number {
  const descriptor = keys[at];
  switch (descriptor & key.LAYER_KIND_MASK) {
    case key.LAYER_IPV4:
    case key.LAYER_IPV6:
    case key.LAYER_AFTER_AH:
      return parseIp(keys, at, layers);
    case key.LAYER_ARP: {
      const cut = (descriptor & key.ARP_CUT) !== 0;
      const flags = [...(cut ? ['cut'] : []), ...((descriptor & key.ARP_OTHER) !== 0 ? ['other'] : [])];
      const addresses = cut ? {} : { src: ipv4(keys[at + 1]), dst: ipv4(keys[at + 2]) };
      layers.push({ kind: 'arp', descriptor, opcode: descriptor >>> 16, flags, ...addresses });
      return cut ? 1 : 3;
    }
    case key.LAYER_GRE: {
      const hasKey = (descriptor & key.GRE_KEY) !== 0;
      const flags = [];
      if ((descriptor & key.GRE_CUT) !== 0) flags.push('cut');
      if ((descriptor & key.GRE_OPAQUE) !== 0) flags.push('opaque');
      if ((descriptor & key.GRE_SHORT) !== 0) flags.push('short');
      layers.push({ kind: 'gre', descriptor, etherType: descriptor >>> 16, id: hasKey ? keys[at + 1] : undefined, flags });
      return hasKey ? 2 : 1;
    }
    case key.LAYER_ETHERNET: {
      if ((descriptor & key.ETHERNET_CUT) !== 0) {
        layers.push({ kind: 'ethernet', descriptor, flags: [(descriptor & key.ETHERNET_SHORT) !== 0 ? 'short' : 'cut'] });
        return 1;
      }
      const count = (descriptor >>> key.ETHERNET_TAGS_SHIFT) & 7;
      layers.push({
        kind: 'ethernet',
        descriptor,
        dst: macAt(keys, at + 1, false),
        src: macAt(keys, at + 1, true),
        etherType: descriptor >>> 16,
        tags: tagsAt(keys, at + 4, count),
        flags: [],
      });
      return 4 + count;
    }
    case key.LAYER_VXLAN:
    case key.LAYER_GENEVE:
      layers.push({ kind: (descriptor & 0xff) === key.LAYER_VXLAN ? 'vxlan' : 'geneve', descriptor, id: descriptor >>> 8, flags: [] });
      return 1;
    case key.LAYER_ROCE:
      layers.push({ kind: 'roce', descriptor, id: descriptor >>> 8, flags: [] });
      return 1;
    case key.LAYER_GTP:
      layers.push({ kind: 'gtp', descriptor, id: keys[at + 1], flags: [] });
      return 2;
    case key.LAYER_MPLS: {
      const count = (descriptor >>> 8) & 15;
      const labels = Array.from(keys.subarray(at + 1, at + 1 + count), (word) => word >>> 4);
      layers.push({ kind: 'mpls', descriptor, labels, flags: (descriptor & key.MPLS_CUT) !== 0 ? ['cut'] : [] });
      return 1 + count;
    }
    case key.LAYER_PPPOE: {
      const flags = [];
      if ((descriptor & key.PPPOE_CUT) !== 0) flags.push('cut');
      if ((descriptor & key.PPPOE_SHORT) !== 0) flags.push('short');
      layers.push({ kind: 'pppoe', descriptor, id: descriptor >>> 16, protocol: keys[at + 1], flags });
      return 2;
    }
    case key.LAYER_QUOTED: {
      const flags = [];
      if ((descriptor & key.QUOTED_BYTES_CUT) !== 0) flags.push('cut');
      if ((descriptor & key.QUOTED_BYTES_SHORT) !== 0) flags.push('short');
      layers.push({ kind: 'quoted', descriptor, flags });
      return 1;
    }
    case key.LAYER_LLC: {
      const isSnap = descriptor >>> 8 === 0x03aaaa;
      layers.push({ kind: 'llc', descriptor, words: isSnap ? [keys[at + 1], keys[at + 2]] : [], flags: [] });
      return isSnap ? 3 : 1;
    }
    default:
      throw new Error(`unknown layer kind ${descriptor & key.LAYER_KIND_MASK}`);
  }
}

function parseIp(keys: Uint32Array, at: number, layers: ParsedLayer[]): number {
  const descriptor = keys[at];
  const kindCode = descriptor & key.LAYER_KIND_MASK;
  const isIpv4 = kindCode === key.LAYER_IPV4;
  const isIpv6 = kindCode === key.LAYER_IPV6;
  const flags = IP_FLAGS.filter(([bit]) => (descriptor & bit) !== 0).map(([, name]) => name);
  if ((descriptor & key.IP_ATOMIC) !== 0) flags.push(isIpv4 ? 'bad-length' : 'atomic');
  if (isIpv6 && (keys[at + 1] & key.IPV6_INFO_BAD_LENGTH) !== 0) flags.push('bad-length');
  const missing = (descriptor & (key.IP_CUT | key.IP_SHORT)) !== 0;
  let words = isIpv6 ? 2 : 1;
  let addresses: { src?: string; dst?: string } = { src: undefined, dst: undefined };
  if (!missing && isIpv4) {
    addresses = { src: ipv4(keys[at + 1]), dst: ipv4(keys[at + 2]) };
    words += 2;
  } else if (!missing && isIpv6) {
    addresses = { src: ipv6(keys, at + 2), dst: ipv6(keys, at + 6) };
    words += 8;
  }
  const form = (descriptor >>> key.L4_FORM_SHIFT) & key.L4_FORM_MASK;
  let ports: [number, number] | undefined;
  let icmp: ParsedLayer['icmp'];
  if (form === key.L4_PORTS) ports = portsOf(keys[at + words]);
  else if (form === key.L4_ICMP) {
    const word = keys[at + words];
    icmp = { type: word & 0xff, code: (word >>> 8) & 0xff, id: word >>> 16 };
  } else if (form !== key.L4_NONE) throw new Error(`unknown L4 form ${form}`);
  const info = isIpv6 ? { flowLabel: keys[at + 1] & 0xfffff, nextHeader: (keys[at + 1] >>> 20) & 0xff } : {};
  layers.push({
    kind: isIpv4 ? 'ipv4' : isIpv6 ? 'ipv6' : 'after-ah',
    descriptor,
    protocol: (descriptor >>> key.IP_PROTOCOL_SHIFT) & 0xff,
    fragment: (['none', 'first', 'later'] as const)[(descriptor >>> key.IP_FRAGMENT_SHIFT) & key.IP_FRAGMENT_MASK],
    flags,
    ...addresses,
    ...info,
    ports,
    icmp,
  });
  return words + (form === key.L4_NONE ? 0 : 1);
}

function portsOf(word: number): [number, number] {
  return [((word & 0xff) << 8) | ((word >>> 8) & 0xff), ((word >>> 8) & 0xff00) | (word >>> 24)];
}

function ipv4(word: number): string {
  return [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24].join('.');
}

/** All 32 digits with colons: not the short form, but one text per address. */
function ipv6(keys: Uint32Array, at: number): string {
  const groups: string[] = [];
  for (let w = 0; w < 4; w++) {
    const word = keys[at + w];
    groups.push(hex16(((word & 0xff) << 8) | ((word >>> 8) & 0xff)), hex16(((word >>> 8) & 0xff00) | (word >>> 24)));
  }
  return groups.join(':');
}

function hex16(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function macAt(keys: Uint32Array, at: number, source: boolean): string {
  const high = source ? keys[at + 1] & 0xffff : keys[at] >>> 16;
  const low = source ? keys[at + 2] : ((keys[at] << 16) | (keys[at + 1] >>> 16)) >>> 0;
  return (high.toString(16).padStart(4, '0') + low.toString(16).padStart(8, '0')).replaceAll(/..(?!$)/g, '$&:');
}

function tagsAt(keys: Uint32Array, at: number, count: number): { tpid: number; tci: number }[] {
  return Array.from(keys.subarray(at, at + count), (word) => ({ tpid: word >>> 16, tci: word & 0xffff }));
}

/** One line for people: addresses, tags, then the layers from the outermost to the innermost. */
export function describeKey(keys: Uint32Array, start: number): string {
  const row = parseKey(keys, start);
  const tags = row.tags.map((tag) => ` tag ${tag.tpid.toString(16)}:${tag.tci}`).join('');
  const layers = row.layers.map((layer) => {
    const { kind, descriptor: _, flags, ports, icmp, ...rest } = layer;
    const fields = Object.entries(rest)
      .filter(([, value]) => value !== undefined && value !== 'none')
      .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`);
    if (ports !== undefined) fields.push(`ports=${ports.join('>')}`);
    if (icmp !== undefined) fields.push(`icmp=${icmp.type}/${icmp.code}/${icmp.id}`);
    return `${kind}(${[...fields, ...flags].join(' ')})`;
  });
  const hint = ['', ' received', ' sent'][row.hint] ?? ' hint 3';
  return `${row.src} > ${row.dst}${tags} ${row.etherType.toString(16).padStart(4, '0')}${hint}${row.flags.map((flag) => ` ${flag}`).join('')} ${layers.join(' ')}`.trimEnd();
}
