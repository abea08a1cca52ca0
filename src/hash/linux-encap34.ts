import { formatHex32 } from '../base/addresses.ts';
import { addHash, addStep, explainAddresses, explainEthernet, explainFinish, type Steps } from './explain.ts';
import { DISSECT_IP, type HashInput } from './hash-input.ts';
import {
  finishHash,
  foldAddress,
  hasPorts,
  isCut,
  REASON_CUT_HEADER,
  REASON_HIDDEN_INPUT,
  REASON_KERNEL_BUG,
  REASON_NO_DESTINATION,
  REASON_NONE,
  REASON_SOCKET_HASH,
  writeEthernetHash,
} from './linux-blocks.ts';
import {
  ENCAP_CUT,
  ENCAP_ETHERNET,
  ENCAP_HIDDEN,
  ENCAP_IP,
  ENCAP_MISREAD_ARP,
  encapView,
  misreadArpAddresses,
} from './linux-encap-view.ts';
import { linuxEra, linuxVariantsFrom, NEWEST_LINUX_VARIANT, type LinuxEra } from './linux-eras.ts';
import { explainTransport } from './linux-layer34.ts';
import type { HashOutput, HashPolicy } from './policy.ts';

const TCP = 6;
const UDP = 17;
const IPV6_FRAGMENT = 44;

function transportTerm(input: HashInput, row: number, era: LinuxEra): number {
  const icmp = era.icmp ? input.innerIcmp[row] : 0;
  return icmp !== 0 ? icmp : input.innerPorts[row];
}

/** Low 16 bits of the hash that a local socket put into the IPv6 flow label (linux-bonding 1.4): label bytes f0 f1 f2 give f1 | f2 << 8. */
export function labelHash(flowLabel: number): number {
  return ((flowLabel >>> 8) & 0xff) | ((flowLabel & 0xff) << 8);
}

/**
 * Whether the packet may carry the hash of a local socket that gives another member than the formula: TCP and UDP over
 * IPv4 and inside tunnels always; plain IPv6 where the flow label cannot show that both agree.
 */
function mayCarrySocketHash(input: HashInput, row: number, hash: number, memberCount: number): boolean {
  const protocol = input.innerProtocol[row];
  if (input.encapsulated[row] !== 0) return protocol === TCP || protocol === UDP || protocol === IPV6_FRAGMENT;
  if (input.innerVersion[row] === 4) return protocol === TCP || protocol === UDP;
  const label = input.innerFlowLabel[row];
  if (label === 0) return false;
  if (memberCount <= 0 || 65536 % memberCount !== 0) return true;
  return hash % memberCount !== labelHash(label) % memberCount;
}

function writeRow(input: HashInput, row: number, era: LinuxEra, memberCount: number, out: HashOutput): void {
  const view = encapView(input, row, era);
  if (view === ENCAP_ETHERNET) {
    writeEthernetHash(input, row, era, out);
    // The socket's hash is asked for before the frame is dissected: behind a tag in the frame too.
    if (era.socketHash && input.dissect[row] === DISSECT_IP && mayCarrySocketHash(input, row, out.hash[row], memberCount))
      out.reason[row] = REASON_SOCKET_HASH;
    return;
  }
  if (view !== ENCAP_IP) {
    out.hash[row] = view === ENCAP_MISREAD_ARP ? finishHash(misreadArpAddresses(input, row), era, true) : 0;
    if (view === ENCAP_MISREAD_ARP && input.noDstMac[row] !== 0 && input.arpOpcode[row] === 2) out.reason[row] = REASON_NO_DESTINATION;
    else out.reason[row] = view === ENCAP_CUT ? REASON_CUT_HEADER : view === ENCAP_HIDDEN ? REASON_HIDDEN_INPUT : REASON_NONE;
    return;
  }
  const addresses = foldAddress(input.innerSrc, row) ^ foldAddress(input.innerDst, row);
  const transport = transportTerm(input, row, era);
  const hash = finishHash(transport ^ addresses, era, true);
  out.hash[row] = hash;
  if (era.socketHash && mayCarrySocketHash(input, row, hash, memberCount)) out.reason[row] = REASON_SOCKET_HASH;
  else if (isCut(input.innerPortsStatus[row])) out.reason[row] = REASON_CUT_HEADER;
  else out.reason[row] = era.broken && transport !== 0 ? REASON_KERNEL_BUG : REASON_NONE;
}

/**
 * xmit_hash_policy 4: layer3+4 on the innermost headers. Packets of local sockets carry a random hash that is used raw
 * (from 3.19..4.4 on), so those are `socket-hash`.
 */
export const linuxEncap34: HashPolicy = {
  reasonDependsOnMemberCount: true,
  // Only where N divides 65536 can the flow label show which member the socket's hash gives.
  memberCountClass: (memberCount) => (65536 % memberCount === 0 ? memberCount : 3),
  id: 'encap3+4',
  title: 'Linux bonding encap3+4',
  family: 'linux',
  selector: 'modulo',
  variants: linuxVariantsFrom('linux-3.13'),
  defaultVariant: NEWEST_LINUX_VARIANT,
  fields: ['inner IP addresses', 'inner ports', 'ICMP identifier'],
  hash(input, context, out) {
    const era = linuxEra(context.variant);
    for (let row = 0; row < input.length; row++) writeRow(input, row, era, context.memberCount, out);
  },
  explain(input, row, context) {
    const era = linuxEra(context.variant);
    const steps: Steps = [];
    const view = encapView(input, row, era);
    if (view === ENCAP_ETHERNET) return addHash(steps, explainEthernet(steps, input, row, era));
    if (view === ENCAP_MISREAD_ARP) {
      const start = misreadArpAddresses(input, row);
      addStep(steps, 'ARP body behind the tag, read as an IPv4 header', formatHex32(start));
      return addHash(steps, explainFinish(steps, start, era, true));
    }
    if (view !== ENCAP_IP) {
      addStep(steps, 'addresses and ports', view === ENCAP_CUT || view === ENCAP_HIDDEN ? 'not recorded' : 'none (0)');
      return addHash(steps, 0);
    }
    const of = input.encapsulated[row] !== 0 ? 'innermost ' : '';
    const addresses = explainAddresses(steps, input.innerSrc, input.innerDst, row, input.innerVersion[row], of);
    const transport = transportTerm(input, row, era) >>> 0;
    const icmp = era.icmp && input.innerIcmp[row] !== 0;
    const ports = !icmp && hasPorts(input.innerProtocol[row]) && input.innerPortsStatus[row] !== 0;
    explainTransport(steps, { icmp: icmp ? transport : -1, ports, protocol: input.innerProtocol[row], term: transport });
    const start = (transport ^ addresses) >>> 0;
    addStep(steps, 'h = transport ^ addresses', formatHex32(start));
    const hash = explainFinish(steps, start, era, true);
    if (era.socketHash && mayCarrySocketHash(input, row, hash, context.memberCount)) {
      const label = input.innerFlowLabel[row];
      const known = label !== 0 && input.encapsulated[row] === 0 ? `; its flow label gives hash mod 65536 = ${labelHash(label)}` : '';
      addStep(steps, 'socket hash', `a packet of a local socket uses the socket's own random hash instead${known}`);
    }
    return addHash(steps, hash);
  },
};
