import { formatHex32 } from '../base/addresses.ts';
import { addHash, addStep, describeSourceMac, type Steps } from './explain.ts';
import type { HashInput } from './hash-input.ts';
import { isEthernetCut, REASON_CUT_HEADER, REASON_NONE, swap16, swap32 } from './linux-blocks.ts';
import { CRC, murmurMixIn, PORTABLE } from './ovs-arithmetic.ts';
import type { HashPolicy } from './policy.ts';

/** VLAN id of the outermost tag on the wire; priority bits do not count. */
function vlanOf(input: HashInput, row: number): number {
  return input.tagCount[row] === 0 ? 0 : input.outerTci[row] & 0xfff;
}

/** High word of `vlan << 48 | MAC`; the low one is that of the MAC. */
function highWord(input: HashInput, row: number): number {
  return (vlanOf(input, row) << 16) | input.srcMacHi[row];
}

/** `vlan << 48 | MAC` as two words, low one first. */
function hashWord64(input: HashInput, row: number, crc: boolean, basis: number): number {
  const family = crc ? CRC : PORTABLE;
  const low = input.srcMacLo[row] | 0;
  const high = highWord(input, row);
  return family.finish(family.add(family.add(basis, low), high), crc ? 23 : 8);
}

/** 1.10 to 2.1: three words: hash of the six MAC bytes, VLAN, basis (MurmurHash3). */
function hashThreeWords(input: HashInput, row: number, basis: number): number {
  const { add, finish } = PORTABLE;
  const first = swap16(input.srcMacHi[row]) | (swap16(input.srcMacLo[row] >>> 16) << 16);
  const last = swap32(input.srcMacLo[row]) >>> 16;
  const mac = finish(murmurMixIn(add(0, first), last), 6);
  return finish(add(add(add(mac, 0), vlanOf(input, row)), basis), 12);
}

function hashRow(input: HashInput, row: number, variant: string, basis: number): number {
  if (variant === '1.10') return hashThreeWords(input, row, basis);
  return hashWord64(input, row, variant === 'crc', basis);
}

const MEASURED = { confidence: 'measured', reference: 'ovs-appctl bond/hash of 3.1.0' } as const;

/** Source MAC and VLAN; computed in ovs-vswitchd, so alike on the userspace and the kernel datapath. */
export const ovsBalanceSlb: HashPolicy = {
  id: 'ovs-balance-slb',
  title: 'Open vSwitch balance-slb',
  family: 'ovs',
  selector: 'bucket-256',
  variants: [
    { id: 'portable', title: 'builds for baseline x86-64', source: { system: 'Open vSwitch', versions: '2.3 and later', ...MEASURED } },
    { id: 'crc', title: 'builds with SSE4.2 or arm64 CRC', source: { system: 'Open vSwitch', versions: '2.4 and later', ...MEASURED } },
    {
      id: '1.10',
      title: 'before the 64-bit word',
      source: { system: 'Open vSwitch', versions: '1.10 to 2.1', confidence: 'read', reference: 'commit c49d1dd16' },
    },
  ],
  defaultVariant: 'portable',
  depth: 'ethernet',
  fields: ['source MAC', 'VLAN id'],
  hash(input, context, out) {
    const { variant, basis } = context;
    for (let row = 0; row < input.length; row++) {
      out.hash[row] = hashRow(input, row, variant, basis);
      out.reason[row] = isEthernetCut(input, row) ? REASON_CUT_HEADER : REASON_NONE;
    }
  },
  explain(input, row, context) {
    const steps: Steps = [];
    addStep(steps, 'source MAC', describeSourceMac(input, row));
    addStep(steps, 'VLAN id', String(vlanOf(input, row)));
    addStep(steps, 'basis', String(context.basis));
    if (context.variant !== '1.10') {
      addStep(steps, 'VLAN << 48 | MAC, low word', formatHex32(input.srcMacLo[row]));
      addStep(steps, 'VLAN << 48 | MAC, high word', formatHex32(highWord(input, row)));
    }
    addStep(steps, 'words are added by', context.variant === 'crc' ? 'CRC-32C' : 'MurmurHash3 steps');
    return addHash(steps, hashRow(input, row, context.variant, context.basis));
  },
};

/** The two words that enter the hash, as if they were hashes: for searches over many bases. */
export const slbLowWord: HashPolicy = {
  ...ovsBalanceSlb,
  hash(input, _context, out) {
    for (let row = 0; row < input.length; row++) {
      out.hash[row] = input.srcMacLo[row];
      out.reason[row] = isEthernetCut(input, row) ? REASON_CUT_HEADER : REASON_NONE;
    }
  },
};
export const slbHighWord: HashPolicy = {
  ...ovsBalanceSlb,
  hash(input, _context, out) {
    for (let row = 0; row < input.length; row++) {
      out.hash[row] = highWord(input, row);
      out.reason[row] = REASON_NONE;
    }
  },
};
