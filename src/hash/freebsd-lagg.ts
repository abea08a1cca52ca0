import { formatHex32 } from '../base/addresses.ts';
import { addHash, addStep, describeAddress, describeDestinationMac, describeSourceMac, type Steps } from './explain.ts';
import { HEADERS_CUT, PORTS_CUT, type HashInput } from './hash-input.ts';
import { REASON_CUT_HEADER, REASON_HIDDEN_INPUT, REASON_NO_DESTINATION, REASON_NONE } from './linux-blocks.ts';
import { reasonCode, type HashPolicy } from './policy.ts';

const KEYED = reasonCode('keyed-hash');
const FNV_PRIME = 0x01000193;
const FNV_START = 0x811c9dc5;

/** FNV-1 over the `count` lowest bytes of a word, lowest first. */
function addBytes(hash: number, word: number, count: number): number {
  let h = hash;
  for (let byte = 0; byte < count; byte++) h = Math.imul(h, FNV_PRIME) ^ ((word >>> (byte * 8)) & 0xff);
  return h;
}

/** The same for all four bytes. */
function addWord(hash: number, word: number): number {
  let h = Math.imul(hash, FNV_PRIME) ^ (word & 0xff);
  h = Math.imul(h, FNV_PRIME) ^ ((word >>> 8) & 0xff);
  h = Math.imul(h, FNV_PRIME) ^ ((word >>> 16) & 0xff);
  return Math.imul(h, FNV_PRIME) ^ (word >>> 24);
}

/** The bytes of a MAC (bytes 0..1 and 2..5 as numbers), in order. */
function addMac(hash: number, hi: number, lo: number): number {
  let h = Math.imul(hash, FNV_PRIME) ^ (hi >>> 8);
  h = Math.imul(h, FNV_PRIME) ^ (hi & 0xff);
  h = Math.imul(h, FNV_PRIME) ^ (lo >>> 24);
  h = Math.imul(h, FNV_PRIME) ^ ((lo >>> 16) & 0xff);
  h = Math.imul(h, FNV_PRIME) ^ ((lo >>> 8) & 0xff);
  return Math.imul(h, FNV_PRIME) ^ (lo & 0xff);
}

/** The key that lagg draws for a random 32-bit seed. */
export function laggKey(seed: number): number {
  return addWord(FNV_START, seed) >>> 0;
}

function countsPorts(input: HashInput, row: number): boolean {
  const protocol = input.protocol[row];
  return input.ipVersion[row] === 4 && (protocol === 6 || protocol === 17 || protocol === 132);
}

/** Layers of `lagghash`. */
const L2 = 1;
const L3 = 2;
const L4 = 4;

const LAYERS: ReadonlyMap<string, number> = new Map([
  ['l2,l3,l4', L2 | L3 | L4],
  ['l3,l4', L3 | L4],
  ['l2,l3', L2 | L3],
  ['l2', L2],
  ['l3', L3],
  ['l4', L4],
]);

function layersOf(variant: string): number {
  return LAYERS.get(variant) ?? L2 | L3 | L4;
}

/** `uipc_mbufhash.c`: MACs, VLAN tag, addresses, then ports (IPv4, fragments or not) or the IPv6 flow label. Hot path. */
function hashRow(input: HashInput, row: number, key: number, layers: number): number {
  let h = key;
  if ((layers & L2) !== 0) {
    h = addMac(h, input.srcMacHi[row], input.srcMacLo[row]);
    h = addMac(h, input.dstMacHi[row], input.dstMacLo[row]);
  }
  if ((layers & L2) !== 0 && input.tagCount[row] > 0) {
    const tci = input.outerTci[row];
    // A tag beside the frame counts in machine order, one in the frame as it was sent.
    h = addBytes(h, input.tagInFrame[row] !== 0 ? ((tci & 0xff) << 8) | (tci >>> 8) : tci, 2);
  }
  const version = input.ipVersion[row];
  if (version === 0 || input.tagCount[row] > 1) return h >>> 0;
  const at = row * 4;
  const words = (layers & L3) === 0 ? 0 : version === 6 ? 4 : 1;
  for (let word = 0; word < words; word++) h = addWord(h, input.src[at + word]);
  for (let word = 0; word < words; word++) h = addWord(h, input.dst[at + word]);
  if ((layers & L4) === 0) return h >>> 0;
  if (version === 6) {
    const label = input.flowLabel[row];
    h = addWord(h, (((label >>> 16) & 0xff) << 8) | (((label >>> 8) & 0xff) << 16) | ((label & 0xff) << 24));
  } else if (countsPorts(input, row)) {
    h = addWord(h, input.ports[row]);
  }
  return h >>> 0;
}

/**
 * FNV-1 from a key that is drawn anew at each creation, so nothing is predicted without it. A known key is given as
 * `basis`; with 2, 4 or 8 members its low 1, 2 or 3 bits suffice.
 */
export const freebsdLagg: HashPolicy = {
  id: 'freebsd-lagg',
  title: 'FreeBSD lagg (TrueNAS, pfSense, OPNsense)',
  family: 'freebsd',
  selector: 'modulo',
  variants: [...LAYERS.keys()].map((id) => ({
    id,
    title: `lagghash ${id}${id === 'l2,l3,l4' ? ' (default)' : ''}`,
    source: { system: 'FreeBSD', versions: 'current', confidence: 'read', reference: 'sys/kern/uipc_mbufhash.c at 03ccfdd2ecf3' },
  })),
  defaultVariant: 'l2,l3,l4',
  fields: ['source MAC', 'destination MAC', 'VLAN tag', 'IP addresses', 'ports', 'IPv6 flow label'],
  hash(input, context, out) {
    const key = context.basis;
    const layers = layersOf(context.variant);
    for (let row = 0; row < input.length; row++) {
      out.hash[row] = hashRow(input, row, key, layers);
      const ports = (layers & L4) !== 0 && countsPorts(input, row);
      const cut = (input.headers[row] === HEADERS_CUT && layers !== L2) || (ports && input.portsStatus[row] === PORTS_CUT);
      if (key === 0) out.reason[row] = KEYED;
      else if ((layers & L2) !== 0 && input.noDstMac[row] !== 0) out.reason[row] = REASON_NO_DESTINATION;
      else if (cut) out.reason[row] = REASON_CUT_HEADER;
      // Of a later fragment payload bytes are taken for ports.
      else out.reason[row] = ports && input.fragment[row] === 2 ? REASON_HIDDEN_INPUT : REASON_NONE;
    }
  },
  explain(input, row, context) {
    const steps: Steps = [];
    const layers = layersOf(context.variant);
    if ((layers & L2) !== 0) {
      addStep(steps, 'source MAC', describeSourceMac(input, row));
      addStep(steps, 'destination MAC', describeDestinationMac(input, row));
    }
    if ((layers & L3) !== 0 && input.ipVersion[row] !== 0) {
      addStep(steps, 'source address', describeAddress(input.src, row, input.ipVersion[row]));
      addStep(steps, 'destination address', describeAddress(input.dst, row, input.ipVersion[row]));
    }
    addStep(steps, 'key', context.basis === 0 ? 'random per lagg, unknown' : formatHex32(context.basis));
    addStep(steps, 'FNV-1 over all bytes', 'h = h * 0x01000193 ^ byte');
    return addHash(steps, hashRow(input, row, context.basis, layers));
  },
};
