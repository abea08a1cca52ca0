import { formatHex16, formatHex32 } from '../base/addresses.ts';
import { addHash, addStep, describeDestinationMac, describeSourceMac, type Steps } from './explain.ts';
import type { HashInput } from './hash-input.ts';
import { isEthernetCut, REASON_CUT_HEADER, REASON_NO_DESTINATION, REASON_NONE, swap16, swap32 } from './linux-blocks.ts';
import { jenkinsHash } from './ovs-arithmetic.ts';
import { OVS_IPV4, OVS_IPV6, OVS_OTHER, ovsHeaderRefused, ovsIsCut, ovsKind, ovsPorts, ovsUpperProtocol } from './ovs-fields.ts';
import type { HashPolicy } from './policy.ts';

const TCP = 6;
const SCTP = 132;
const WORDS = 8;
const fields = new Uint32Array(WORDS);

/** Fills the 32 bytes: addresses XORed (16), EtherType, VLAN id, ports XORed (TCP and SCTP only), MACs XORed (6), protocol, 3 zero. */
function fillFields(input: HashInput, row: number): void {
  const kind = ovsKind(input, row);
  fields[0] = fields[1] = fields[2] = fields[3] = 0;
  const { src, dst } = input;
  let ports = 0;
  let protocol = 0;
  if ((kind === OVS_IPV4 || kind === OVS_IPV6) && !ovsHeaderRefused(input, row)) {
    for (let word = 0; word < 4; word++) fields[word] = src[row * 4 + word] ^ dst[row * 4 + word];
    protocol = ovsUpperProtocol(input, row, kind);
    if (protocol === TCP || protocol === SCTP) {
      const word = ovsPorts(input, row, kind, protocol);
      ports = (word ^ (word >>> 16)) & 0xffff;
    }
  }
  const etherType = kind === OVS_OTHER && input.tagCount[row] > 1 ? input.etherType[row] : input.innerEtherType[row];
  const vlan = input.tagCount[row] === 0 ? 0 : input.outerTci[row] & 0xfff;
  const macHi = input.srcMacHi[row] ^ input.dstMacHi[row];
  const macLo = swap32(input.srcMacLo[row] ^ input.dstMacLo[row]);
  fields[4] = swap16(etherType) | (swap16(vlan) << 16);
  fields[5] = ports | (swap16(macHi) << 16);
  fields[6] = macLo;
  fields[7] = protocol;
}

/** The lookup of bonds where the datapath could not recirculate, to 2.7. */
export const ovsBalanceTcpSymmetric: HashPolicy = {
  id: 'ovs-balance-tcp-symmetric',
  title: 'Open vSwitch balance-tcp without recirculation',
  family: 'ovs',
  selector: 'bucket-256',
  variants: [
    {
      id: 'jhash',
      title: 'symmetric L4 hash (Jenkins lookup3)',
      source: { system: 'Open vSwitch', versions: '1.11 to 2.7', confidence: 'read', reference: 'lib/flow.c, flow_hash_symmetric_l4' },
    },
  ],
  defaultVariant: 'jhash',
  fields: ['source MAC', 'destination MAC', 'EtherType', 'VLAN id', 'IP addresses', 'protocol', 'ports'],
  hash(input, context, out) {
    for (let row = 0; row < input.length; row++) {
      fillFields(input, row);
      out.hash[row] = jenkinsHash(fields, WORDS, context.basis);
      const cut = isEthernetCut(input, row) || ovsIsCut(input, row, ovsKind(input, row));
      out.reason[row] = input.noDstMac[row] !== 0 ? REASON_NO_DESTINATION : cut ? REASON_CUT_HEADER : REASON_NONE;
    }
  },
  explain(input, row, context) {
    const steps: Steps = [];
    fillFields(input, row);
    addStep(steps, 'source MAC', describeSourceMac(input, row));
    addStep(steps, 'destination MAC', describeDestinationMac(input, row));
    addStep(steps, 'addresses XORed', [...fields.subarray(0, 4)].map(formatHex32).join(' '));
    addStep(steps, 'EtherType', formatHex16(swap16(fields[4] & 0xffff)));
    addStep(steps, 'VLAN id', String(swap16(fields[4] >>> 16)));
    addStep(steps, 'ports XORed (TCP and SCTP only)', formatHex16(swap16(fields[5] & 0xffff)));
    addStep(steps, 'protocol', String(fields[7]));
    addStep(steps, 'start value', `basis ${context.basis}`);
    return addHash(steps, jenkinsHash(fields, WORDS, context.basis));
  },
};
