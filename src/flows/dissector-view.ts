/**
 * What Linux's flow dissector finds in a frame, for encap2+3 and encap3+4 (hash-spec 1.5, linux-bonding 1.3): it walks
 * from the EtherType after the tags inwards, every IP header met replaces the addresses, the last transport header gives
 * ports or the ICMP word. Hot path.
 */
import {
  ETHERNET_CUT,
  ETHERNET_SHORT,
  FRAGMENT_NONE,
  GRE_CUT,
  GRE_OPAQUE,
  GRE_SHORT,
  GRE_VERSION_SHIFT,
  HEAD_CUT,
  HEAD_ETHERTYPE_SHIFT,
  HEAD_LLC,
  IP_CHAIN_CUT,
  IP_CUT,
  IP_FRAGMENT_MASK,
  IP_FRAGMENT_SHIFT,
  IP_INVALID,
  IP_PROTOCOL_SHIFT,
  IP_SHORT,
  L4_ABSENT,
  L4_CUT,
  L4_FORM_MASK,
  L4_FORM_SHIFT,
  L4_ICMP,
  L4_PADDING,
  L4_PORTS,
  LAYER_ETHERNET,
  LAYER_GRE,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_KIND_MASK,
  LAYER_PPPOE,
  PPPOE_CUT,
  PPPOE_SHORT,
} from '../decoder/flow-key.ts';
import {
  DISSECT_ARP,
  DISSECT_CUT,
  DISSECT_HIDDEN,
  DISSECT_IP,
  DISSECT_NO_ADDRESSES,
  DISSECT_PTP,
  DISSECT_REJECTED,
  PORTS_ABSENT,
  PORTS_CUT,
  PORTS_NONE,
  PORTS_OK,
  PORTS_PADDING,
  type HashInput,
} from '../hash/hash-input.ts';
import { firstLayer, l4WordAt, layerWords } from './key-layers.ts';

const PROTOCOL_IPIP = 4;
const PROTOCOL_IPV6 = 41;
const PROTOCOL_GRE = 47;

/** How the dissector takes an EtherType it meets. */
const STEP_REJECT = 0;
const STEP_FOLLOW = 1;
const STEP_ACCEPT = 2;
const STEP_CUT = 3;

function stepForEtherType(etherType: number): number {
  switch (etherType) {
    case 0x0800: // IPv4
    case 0x86dd: // IPv6
    case 0x8864: // PPPoE session
      return STEP_FOLLOW;
    case 0x0806: // ARP
    case 0x8035: // RARP
    case 0x8847: // MPLS
    case 0x8848:
    case 0x8906: // FCoE
    case 0x88f7: // PTP
      return STEP_ACCEPT;
    default:
      return STEP_REJECT;
  }
}

/** The result for a frame whose EtherType leads to no IP header. */
function dissectWithoutIp(etherType: number): number {
  switch (etherType) {
    case 0x0806:
    case 0x8035:
      return DISSECT_ARP;
    case 0x8847:
    case 0x8848:
    case 0x8906:
      return DISSECT_NO_ADDRESSES;
    case 0x88f7:
      return DISSECT_PTP;
    case 0x88ca: // TIPC
    case 0x4305: // batman-adv
    case 0x88fb: // PRP
    case 0x892f: // HSR
      return DISSECT_HIDDEN;
    default:
      return DISSECT_REJECTED;
  }
}

function clear(input: HashInput, i: number, dissect: number): void {
  const w = i * 4;
  input.dissect[i] = dissect;
  input.innerVersion[i] = 0;
  const { innerSrc, innerDst } = input;
  innerSrc[w] = innerSrc[w + 1] = innerSrc[w + 2] = innerSrc[w + 3] = 0;
  innerDst[w] = innerDst[w + 1] = innerDst[w + 2] = innerDst[w + 3] = 0;
  input.innerProtocol[i] = 0;
  input.innerPorts[i] = 0;
  input.innerPortsStatus[i] = PORTS_NONE;
  input.innerIcmp[i] = 0;
  input.innerFlowLabel[i] = 0;
  input.encapsulated[i] = 0;
}

/** Writes the columns `dissect`, `inner…` and `encapsulated` of row `i`. */
export function fillDissectorView(input: HashInput, i: number, rows: Uint32Array, start: number, end: number): void {
  const head = rows[start];
  if ((head & HEAD_CUT) !== 0) {
    clear(input, i, DISSECT_CUT);
    return;
  }
  const etherType = head >>> HEAD_ETHERTYPE_SHIFT;
  if ((head & HEAD_LLC) !== 0 || stepForEtherType(etherType) !== STEP_FOLLOW) {
    clear(input, i, (head & HEAD_LLC) !== 0 ? DISSECT_REJECTED : dissectWithoutIp(etherType));
    return;
  }
  let at = firstLayer(rows, start);
  let innermost = -1;
  let flowLabel = 0;
  let encapsulated = 0;
  let dissect = DISSECT_IP;
  while (at < end) {
    const descriptor = rows[at];
    const kind = descriptor & LAYER_KIND_MASK;
    const next = at + layerWords(rows, at);
    if (kind === LAYER_IPV4 || kind === LAYER_IPV6) {
      if ((descriptor & (IP_CUT | IP_CHAIN_CUT | IP_SHORT | IP_INVALID)) !== 0) {
        dissect = (descriptor & (IP_CUT | IP_CHAIN_CUT)) !== 0 ? DISSECT_CUT : DISSECT_REJECTED;
        break;
      }
      innermost = at;
      if (kind === LAYER_IPV6 && flowLabel === 0) flowLabel = rows[at + 1] & 0xfffff;
      if (((descriptor >>> IP_FRAGMENT_SHIFT) & IP_FRAGMENT_MASK) !== FRAGMENT_NONE) break;
      const protocol = (descriptor >>> IP_PROTOCOL_SHIFT) & 0xff;
      if (protocol !== PROTOCOL_GRE && protocol !== PROTOCOL_IPIP && protocol !== PROTOCOL_IPV6) break;
      encapsulated = 1;
    } else if (kind === LAYER_GRE) {
      const step = stepForGre(descriptor);
      if (step !== STEP_FOLLOW) {
        if (step !== STEP_ACCEPT) dissect = step === STEP_CUT ? DISSECT_CUT : DISSECT_REJECTED;
        break;
      }
      // PPTP that carries no IP packet is refused; else the row ends at the most layers a key holds.
      if (next >= end) dissect = ((descriptor >>> GRE_VERSION_SHIFT) & 7) === 1 ? DISSECT_REJECTED : DISSECT_CUT;
    } else if (kind === LAYER_ETHERNET) {
      if ((descriptor & ETHERNET_CUT) !== 0) {
        dissect = (descriptor & ETHERNET_SHORT) !== 0 ? DISSECT_REJECTED : DISSECT_CUT;
        break;
      }
      const step = stepForEtherType(descriptor >>> 16);
      if (step !== STEP_FOLLOW) {
        if (step === STEP_REJECT) dissect = DISSECT_REJECTED;
        break;
      }
      if (next >= end) dissect = DISSECT_CUT;
    } else if (kind === LAYER_PPPOE) {
      if ((descriptor & (PPPOE_CUT | PPPOE_SHORT)) !== 0) {
        dissect = (descriptor & PPPOE_SHORT) !== 0 ? DISSECT_REJECTED : DISSECT_CUT;
        break;
      }
      const protocol = rows[at + 1];
      if (protocol !== 0x0021 && protocol !== 0x0057) {
        dissect = DISSECT_REJECTED;
        break;
      }
      if (next >= end) dissect = DISSECT_CUT;
    } else {
      break;
    }
    at = next;
  }
  if (innermost < 0 && dissect === DISSECT_IP) dissect = DISSECT_REJECTED;
  if (dissect !== DISSECT_IP) clear(input, i, dissect);
  else fillInnermost(input, i, rows, innermost);
  input.innerFlowLabel[i] = flowLabel;
  input.encapsulated[i] = encapsulated;
}

/** Version 0 with a known payload is opened, PPTP too; routing and higher versions leave the outer addresses (net/core/flow_dissector.c). */
function stepForGre(descriptor: number): number {
  const version = (descriptor >>> GRE_VERSION_SHIFT) & 7;
  const type = descriptor >>> 16;
  if ((descriptor & GRE_CUT) !== 0) return STEP_CUT;
  if ((descriptor & GRE_SHORT) !== 0) return STEP_REJECT;
  if ((descriptor & GRE_OPAQUE) !== 0) return STEP_ACCEPT;
  if (version === 1) return type === 0x880b ? STEP_FOLLOW : STEP_ACCEPT;
  return type === 0x6558 ? STEP_FOLLOW : stepForEtherType(type);
}

function fillInnermost(input: HashInput, i: number, rows: Uint32Array, at: number): void {
  const w = i * 4;
  const { innerSrc, innerDst } = input;
  const descriptor = rows[at];
  input.dissect[i] = DISSECT_IP;
  if ((descriptor & LAYER_KIND_MASK) === LAYER_IPV4) {
    input.innerVersion[i] = 4;
    innerSrc[w] = rows[at + 1];
    innerDst[w] = rows[at + 2];
    innerSrc[w + 1] = innerSrc[w + 2] = innerSrc[w + 3] = 0;
    innerDst[w + 1] = innerDst[w + 2] = innerDst[w + 3] = 0;
  } else {
    input.innerVersion[i] = 6;
    for (let word = 0; word < 4; word++) {
      innerSrc[w + word] = rows[at + 2 + word];
      innerDst[w + word] = rows[at + 6 + word];
    }
  }
  input.innerProtocol[i] = descriptor >>> IP_PROTOCOL_SHIFT;
  const form = (descriptor >>> L4_FORM_SHIFT) & L4_FORM_MASK;
  const fragment = (descriptor >>> IP_FRAGMENT_SHIFT) & IP_FRAGMENT_MASK;
  let ports = 0;
  let icmp = 0;
  let status = PORTS_NONE;
  if (fragment === FRAGMENT_NONE && form !== 0) {
    const word = rows[l4WordAt(descriptor, at)];
    if ((descriptor & L4_CUT) !== 0) status = PORTS_CUT;
    else if ((descriptor & L4_ABSENT) !== 0) status = PORTS_ABSENT;
    else status = (descriptor & L4_PADDING) !== 0 ? PORTS_PADDING : PORTS_OK;
    if (form === L4_PORTS) ports = word;
    else if (form === L4_ICMP && status !== PORTS_CUT && status !== PORTS_ABSENT) icmp = identifierWord(word);
  }
  input.innerPorts[i] = ports;
  input.innerPortsStatus[i] = status;
  input.innerIcmp[i] = icmp;
}

/** The ICMP word of a message with an identifier (0 counts as 1), else 0. */
function identifierWord(word: number): number {
  const type = word & 0xff;
  const hasIdentifier = type === 8 || type === 0 || type === 13 || type === 14 || type === 128 || type === 129;
  if (!hasIdentifier) return 0;
  return word >>> 16 === 0 ? word | 0x10000 : word;
}
