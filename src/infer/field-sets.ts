/**
 * Columns over flows that are no sender's rule: what kind of frame it is, and which flows share which header fields.
 * Written as policies, so that they are computed with the hashes, chunk by chunk.
 */
import type { HashInput } from '../hash/hash-input.ts';
import { HEADERS_OK, PORTS_OK, QUOTED_NONE } from '../hash/hash-input.ts';
import { ovsBalanceTcp } from '../hash/ovs-balance-tcp.ts';
import type { HashPolicy } from '../hash/policy.ts';

const TCP = 6;
const UDP = 17;
const ICMP = 1;
const ICMPV6 = 58;

/** Bit of a kind: frames of everyday traffic, whose treatment by every known sender is measured. */
export const KIND_ORDINARY = 1;

const L4_TCP_UDP = 0;
const L4_OTHER_PORTS = 1;
const L4_ECHO = 2;
const L4_QUOTES = 3;
const L4_NO_PORTS = 4;

function l4Of(input: HashInput, row: number): number {
  if (input.quoted[row] !== QUOTED_NONE) return L4_QUOTES;
  const protocol = input.upperProtocol[row];
  if (protocol === ICMP || protocol === ICMPV6) return input.icmp[row] >>> 16 !== 0 ? L4_ECHO : L4_NO_PORTS;
  if (input.portsStatus[row] !== PORTS_OK) return L4_NO_PORTS;
  return protocol === TCP || protocol === UDP ? L4_TCP_UDP : L4_OTHER_PORTS;
}

/** Flows of one kind may be treated apart by a sender as a whole: what one of them shows is no independent news of the next. */
function kindOf(input: HashInput, row: number): number {
  const version = input.ipVersion[row];
  const tags = Math.min(input.tagCount[row], 2);
  const group = (input.dstMacHi[row] >>> 8) & 1;
  const l4 = l4Of(input, row);
  const extended = input.upperProtocol[row] !== input.protocol[row] ? 1 : 0;
  const ordinary =
    version !== 0 &&
    tags < 2 &&
    group === 0 &&
    (l4 === L4_TCP_UDP || l4 === L4_ECHO) &&
    input.fragment[row] === 0 &&
    extended === 0 &&
    input.encapsulated[row] === 0;
  const bits = [
    [ordinary ? KIND_ORDINARY : 0, 1],
    [version, 3],
    [l4, 3],
    [tags, 2],
    [group, 1],
    [extended, 1],
    [input.fragment[row], 2],
    [input.encapsulated[row] !== 0 ? 1 : 0, 1],
    // Without IP, the EtherType is the kind.
    [version === 0 ? input.innerEtherType[row] : 0, 16],
  ] as const;
  let kind = 0;
  let shift = 0;
  for (const [value, width] of bits) {
    kind |= value << shift;
    shift += width;
  }
  return kind >>> 0;
}

const PRIME = 0x01000193;

function mix(hash: number, word: number): number {
  const h = Math.imul(hash ^ word, PRIME);
  return Math.imul(h ^ (h >>> 15), 0x85ebca6b);
}

function mixWords(hash: number, column: Uint32Array, row: number): number {
  let h = hash;
  for (let w = 4 * row; w < 4 * row + 4; w++) h = mix(h, column[w]);
  return h;
}

function source(input: HashInput, row: number): number {
  return mix(mix(mix(0x811c9dc5, input.srcMacHi[row]), input.srcMacLo[row]), input.outerTci[row] & 0xfff);
}

/** What a bridge without a LAG goes by, and the far end of a sender that balances what it receives. */
function destination(input: HashInput, row: number): number {
  return mix(mix(mix(0x811c9dc5, input.dstMacHi[row]), input.dstMacLo[row]), input.outerTci[row] & 0xfff);
}

function pair(input: HashInput, row: number): number {
  return mix(mix(mix(source(input, row), input.dstMacHi[row]), input.dstMacLo[row]), input.etherType[row]);
}

function addresses(input: HashInput, row: number): number {
  return mixWords(mixWords(pair(input, row), input.src, row), input.dst, row);
}

function column(id: string, value: (input: HashInput, row: number) => number): HashPolicy {
  return {
    id,
    title: id,
    family: 'other',
    selector: 'none',
    variants: [],
    defaultVariant: '',
    fields: [],
    hash(input, _context, out) {
      for (let row = 0; row < input.length; row++) {
        out.hash[row] = value(input, row);
        out.reason[row] = 0;
      }
    },
    explain: () => [],
  };
}

export const FRAME_KIND = column('kind', kindOf);

const ARP_REPLY = 2;

/** The source address, IP or in an ARP message; 0 where there is none. */
export const SOURCE_ADDRESS = column('source address', (input, row) => {
  const isArp = input.arpOpcode[row] !== 0;
  if (input.ipVersion[row] === 0 && !isArp) return 0;
  return (mixWords(input.ipVersion[row] === 6 ? 6 : 4, input.src, row) | 1) >>> 0;
});

/** 1 for ARP replies, else 0. */
export const ARP_REPLIES = column('ARP reply', (input, row) => (input.arpOpcode[row] === ARP_REPLY ? 1 : 0));

/**
 * Two words that are the same wherever a packet is seen: addresses, protocol and ports, no field that a router rewrites. 0
 * in the first where it has no ports of its own.
 */
export const PACKET_IDENTITY: readonly HashPolicy[] = [0x811c9dc5, 0x9e3779b9].map((seed) =>
  column('packet identity', (input, row) => {
    const l4 = l4Of(input, row);
    const isPlain =
      (l4 === L4_TCP_UDP || l4 === L4_OTHER_PORTS) &&
      input.headers[row] === HEADERS_OK &&
      input.fragment[row] === 0 &&
      input.encapsulated[row] === 0;
    if (!isPlain) return 0;
    const ends = mixWords(mixWords(mix(seed, input.upperProtocol[row]), input.src, row), input.dst, row);
    return (mix(ends, input.ports[row]) | 1) >>> 0;
  }),
);

/** Id of the set that Open vSwitch's kernel datapath hashes with a key of its own (ovs-bonds 6), as other switches do. */
export const FIVE_TUPLE = '5-tuple';

/** Equal where Open vSwitch's hash of addresses, protocol and ports is, whatever is made of it then. */
function fiveTuple(): HashPolicy {
  return {
    ...column(FIVE_TUPLE, () => 0),
    hash(input, context, out) {
      ovsBalanceTcp.hash(input, { ...context, variant: 'portable/lb-output', basis: 0 }, out);
      out.reason.fill(0, 0, input.length);
    },
  };
}

/** Sets of fields, small to large, by which a sender that nobody described may place its frames. */
export const FIELD_SETS: readonly HashPolicy[] = [
  column('source MAC', source),
  column('destination MAC', destination),
  column('MAC pair', pair),
  column('IP addresses', addresses),
  fiveTuple(),
];
