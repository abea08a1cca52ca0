/**
 * Eras before 3.13: layer2+3 and layer3+4 on 16-bit numbers (hash-spec 1.3, read from bond_main.c at 1ff8392c32a2 and
 * commit 6b923cb7188d).
 */
import { formatHex16, formatHex32 } from '../base/addresses.ts';
import { addHash, addStep, describeAddress, describePorts, explainEthernet, type Steps } from './explain.ts';
import type { HashInput } from './hash-input.ts';
import {
  ethernetTerm,
  hasPorts,
  isCut,
  isEthernetCut,
  REASON_CUT_HEADER,
  REASON_NO_DESTINATION,
  REASON_NONE,
  seesIp,
  swap16,
  swap32,
  writeEthernetHash,
} from './linux-blocks.ts';
import { FORMULA_16_BIT_IPV6, type LinuxEra } from './linux-eras.ts';
import type { ExplainStep, HashOutput } from './policy.ts';

const TCP = 6;
const UDP = 17;

function countsPorts(input: HashInput, row: number, era: LinuxEra): boolean {
  const protocol = input.protocol[row];
  if (input.fragment[row] !== 0) return false;
  return era.formula === FORMULA_16_BIT_IPV6 ? hasPorts(protocol) : protocol === TCP || protocol === UDP;
}

/** Source port XOR destination port, as 16-bit numbers; 0 without ports. */
function portTerm(input: HashInput, row: number, era: LinuxEra): number {
  if (!countsPorts(input, row, era)) return 0;
  const ports = input.ports[row];
  return swap16((ports ^ (ports >>> 16)) & 0xffff);
}

/** Low 16 bits of source XOR destination address as big-endian numbers. */
function ipv4Term(input: HashInput, row: number): number {
  return swap32(input.src[row * 4] ^ input.dst[row * 4]) & 0xffff;
}

/** Words 1..3 of both IPv6 addresses XORed; word 0 does not count. */
function ipv6Term(input: HashInput, row: number): number {
  const at = row * 4;
  const { src, dst } = input;
  return (src[at + 1] ^ dst[at + 1] ^ src[at + 2] ^ dst[at + 2] ^ src[at + 3] ^ dst[at + 3]) >>> 0;
}

/** All three shifts apply to the value before folding. */
function foldBytes(word: number): number {
  return (word ^ (word >>> 24) ^ (word >>> 16) ^ (word >>> 8)) >>> 0;
}

/** 4 or 6 where the era hashes the IP header, 0 where it falls back to the MACs, -1 where the snap length hides it. */
function hashedVersion(input: HashInput, row: number, era: LinuxEra): number {
  const ip = seesIp(input, row);
  if (ip !== 1) return era.formula !== FORMULA_16_BIT_IPV6 && input.etherType[row] === 0x86dd ? 0 : ip;
  const version = input.ipVersion[row];
  return version === 6 && era.formula !== FORMULA_16_BIT_IPV6 ? 0 : version;
}

export function writeEarlyLayer23(input: HashInput, row: number, era: LinuxEra, out: HashOutput): void {
  const version = hashedVersion(input, row, era);
  if (version === 0) {
    writeEthernetHash(input, row, era, out);
    return;
  }
  const ethernet = ethernetTerm(input, row, era);
  if (version > 0) out.hash[row] = version === 4 ? ipv4Term(input, row) ^ ethernet : foldBytes(ipv6Term(input, row)) ^ ethernet;
  else out.hash[row] = ethernet;
  const cut = version < 0 || isEthernetCut(input, row);
  out.reason[row] = input.noDstMac[row] !== 0 ? REASON_NO_DESTINATION : cut ? REASON_CUT_HEADER : REASON_NONE;
}

export function writeEarlyLayer34(input: HashInput, row: number, era: LinuxEra, out: HashOutput): void {
  const version = hashedVersion(input, row, era);
  if (version === 0) {
    writeEthernetHash(input, row, era, out);
    return;
  }
  if (version < 0) {
    out.hash[row] = 0;
    out.reason[row] = REASON_CUT_HEADER;
    return;
  }
  const ports = portTerm(input, row, era);
  out.hash[row] = version === 4 ? ports ^ ipv4Term(input, row) : foldBytes(ports ^ ipv6Term(input, row));
  out.reason[row] = countsPorts(input, row, era) && isCut(input.portsStatus[row]) ? REASON_CUT_HEADER : REASON_NONE;
}

export function explainEarly(input: HashInput, row: number, era: LinuxEra, portPolicy: boolean): readonly ExplainStep[] {
  const steps: Steps = [];
  const version = hashedVersion(input, row, era);
  if (version <= 0) return addHash(steps, explainEthernet(steps, input, row, era));
  const ethernet = portPolicy ? 0 : explainEthernet(steps, input, row, era);
  let ports = 0;
  if (portPolicy && countsPorts(input, row, era)) {
    ports = portTerm(input, row, era);
    addStep(steps, 'ports', describePorts(input.ports[row], input.protocol[row]));
    addStep(steps, 'ports XORed, 16 bits', formatHex16(ports));
  } else if (portPolicy) {
    addStep(steps, 'ports', 'none (0)');
  }
  addStep(steps, 'source address', describeAddress(input.src, row, version));
  addStep(steps, 'destination address', describeAddress(input.dst, row, version));
  if (version === 4) {
    const address = ipv4Term(input, row);
    addStep(steps, 'addresses XORed, low 16 bits', formatHex16(address));
    const hash = address ^ (portPolicy ? ports : ethernet);
    addStep(steps, portPolicy ? '^ ports' : '^ MAC bytes', formatHex32(hash));
    return addHash(steps, hash);
  }
  let word = ipv6Term(input, row);
  addStep(steps, 'words 1 to 3 of both addresses XORed', formatHex32(word));
  if (portPolicy) {
    word = (word ^ ports) >>> 0;
    addStep(steps, '^ ports', formatHex32(word));
  }
  word = foldBytes(word);
  addStep(steps, 'w ^ w >> 24 ^ w >> 16 ^ w >> 8', formatHex32(word));
  if (!portPolicy) {
    word = (word ^ ethernet) >>> 0;
    addStep(steps, '^ MAC bytes', formatHex32(word));
  }
  return addHash(steps, word);
}
