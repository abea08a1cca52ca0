/** Builders for the steps of a worked-out hash: what enters, then one line per operation, the last one the hash. */
import { formatHex16, formatHex32, formatIpv4, formatIpv6, formatMac } from '../base/addresses.ts';
import type { HashInput } from './hash-input.ts';
import { dropsLowestBit, etherTypeTerm, foldAddress, swap16 } from './linux-blocks.ts';
import { ETHER_NONE, ETHER_SWAPPED, type LinuxEra } from './linux-eras.ts';
import type { ExplainStep } from './policy.ts';

export type Steps = ExplainStep[];

export function addStep(steps: Steps, label: string, value: string): void {
  steps.push({ label, value });
}

export function addHash(steps: Steps, hash: number): readonly ExplainStep[] {
  steps.push({ label: 'hash', value: formatHex32(hash) });
  return steps;
}

export function describeSourceMac(input: HashInput, row: number): string {
  return formatMac(input.srcMacHi[row], input.srcMacLo[row]);
}

export function describeDestinationMac(input: HashInput, row: number): string {
  return input.noDstMac[row] !== 0 ? 'not recorded' : formatMac(input.dstMacHi[row], input.dstMacLo[row]);
}

/** Text of the address in row `row` of a four-word column. */
export function describeAddress(words: Uint32Array, row: number, version: number): string {
  return version === 6 ? formatIpv6(words, row * 4) : formatIpv4(words[row * 4]);
}

/** Four port bytes as on the wire: "40000 -> 80 (9c 40 00 50)", or the SPI. */
export function describePorts(ports: number, protocol: number): string {
  const bytes = [0, 8, 16, 24].map((shift) => ((ports >>> shift) & 0xff).toString(16).padStart(2, '0')).join(' ');
  if (protocol === 50 || protocol === 51) return `SPI, bytes ${bytes}`;
  return `${swap16(ports & 0xffff)} > ${swap16(ports >>> 16)}, bytes ${bytes}`;
}

/** Adds the steps of the Ethernet term and returns it. */
export function explainEthernet(steps: Steps, input: HashInput, row: number, era: LinuxEra): number {
  const dst = input.dstMacLo[row] & 0xff;
  const src = input.srcMacLo[row] & 0xff;
  addStep(steps, 'source MAC', describeSourceMac(input, row));
  addStep(steps, 'destination MAC', describeDestinationMac(input, row));
  let value = dst ^ src;
  addStep(steps, 'last bytes XORed', `0x${hex2(src)} ^ 0x${hex2(dst)} = ${formatHex32(value)}`);
  if (era.etherType === ETHER_NONE) return value;
  const etherType = input.etherType[row];
  const term = etherTypeTerm(etherType, era);
  if (era.etherType === ETHER_SWAPPED) addStep(steps, 'EtherType, bytes swapped', `${formatHex16(etherType)} -> ${formatHex16(term)}`);
  else addStep(steps, 'EtherType', formatHex16(term));
  value ^= term;
  addStep(steps, '^ EtherType', formatHex32(value));
  return value >>> 0;
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, '0');
}

/** Adds the steps that fold two addresses into a word and returns it. */
export function explainAddresses(steps: Steps, src: Uint32Array, dst: Uint32Array, row: number, version: number, of: string): number {
  const srcWord = foldAddress(src, row) >>> 0;
  const dstWord = foldAddress(dst, row) >>> 0;
  const how = version === 6 ? 'four little-endian words XORed' : 'little-endian word';
  addStep(steps, `${of}source address`, describeAddress(src, row, version));
  addStep(steps, `${of}source, ${how}`, formatHex32(srcWord));
  addStep(steps, `${of}destination address`, describeAddress(dst, row, version));
  addStep(steps, `${of}destination, ${how}`, formatHex32(dstWord));
  const value = (srcWord ^ dstWord) >>> 0;
  addStep(steps, 'addresses XORed', formatHex32(value));
  return value;
}

/** Adds the fold and shift of the era and returns the hash. */
export function explainFinish(steps: Steps, start: number, era: LinuxEra, portPolicy: boolean): number {
  let hash = start >>> 0;
  hash = (hash ^ (hash >>> 16)) >>> 0;
  addStep(steps, 'h ^= h >> 16', formatHex32(hash));
  hash = (hash ^ (hash >>> 8)) >>> 0;
  addStep(steps, 'h ^= h >> 8', formatHex32(hash));
  if (dropsLowestBit(era, portPolicy)) {
    hash >>>= 1;
    addStep(steps, 'h >>= 1', formatHex32(hash));
  }
  return hash;
}
