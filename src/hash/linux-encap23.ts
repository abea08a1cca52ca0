import { formatHex32 } from '../base/addresses.ts';
import { addHash, addStep, explainAddresses, explainEthernet, explainFinish, type Steps } from './explain.ts';
import type { HashInput } from './hash-input.ts';
import {
  ethernetTerm,
  finishHash,
  foldAddress,
  isEthernetCut,
  REASON_CUT_HEADER,
  REASON_HIDDEN_INPUT,
  REASON_NO_DESTINATION,
  REASON_NONE,
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
import type { HashOutput, HashPolicy } from './policy.ts';

function writeRow(input: HashInput, row: number, era: LinuxEra, out: HashOutput): void {
  const view = encapView(input, row, era);
  const ethernet = ethernetTerm(input, row, era);
  if (view === ENCAP_ETHERNET || view === ENCAP_CUT || view === ENCAP_HIDDEN) {
    out.hash[row] = ethernet;
  } else {
    let addresses = 0;
    if (view === ENCAP_IP) addresses = foldAddress(input.innerSrc, row) ^ foldAddress(input.innerDst, row);
    else if (view === ENCAP_MISREAD_ARP) addresses = misreadArpAddresses(input, row);
    out.hash[row] = finishHash(ethernet ^ addresses, era, false);
  }
  if (input.noDstMac[row] !== 0) out.reason[row] = REASON_NO_DESTINATION;
  else if (view === ENCAP_CUT || isEthernetCut(input, row)) out.reason[row] = REASON_CUT_HEADER;
  else out.reason[row] = view === ENCAP_HIDDEN ? REASON_HIDDEN_INPUT : REASON_NONE;
}

/** xmit_hash_policy 3: layer2+3 with the addresses of the innermost IP header. */
export const linuxEncap23: HashPolicy = {
  id: 'encap2+3',
  title: 'Linux bonding encap2+3',
  family: 'linux',
  selector: 'modulo',
  variants: linuxVariantsFrom('linux-3.13'),
  defaultVariant: NEWEST_LINUX_VARIANT,
  fields: ['source MAC', 'destination MAC', 'EtherType', 'inner IP addresses'],
  hash(input, context, out) {
    const era = linuxEra(context.variant);
    for (let row = 0; row < input.length; row++) writeRow(input, row, era, out);
  },
  explain(input, row, context) {
    const era = linuxEra(context.variant);
    const steps: Steps = [];
    const view = encapView(input, row, era);
    const ethernet = explainEthernet(steps, input, row, era);
    if (view === ENCAP_ETHERNET || view === ENCAP_CUT || view === ENCAP_HIDDEN) return addHash(steps, ethernet);
    let start = ethernet;
    if (view === ENCAP_IP) {
      const of = input.encapsulated[row] !== 0 ? 'innermost ' : '';
      start = (ethernet ^ explainAddresses(steps, input.innerSrc, input.innerDst, row, input.innerVersion[row], of)) >>> 0;
      addStep(steps, 'h = Ethernet ^ addresses', formatHex32(start));
    } else if (view === ENCAP_MISREAD_ARP) {
      start = (ethernet ^ misreadArpAddresses(input, row)) >>> 0;
      addStep(steps, 'ARP body behind the tag, read as an IPv4 header', formatHex32(misreadArpAddresses(input, row)));
      addStep(steps, 'h = Ethernet ^ addresses', formatHex32(start));
    } else {
      addStep(steps, 'addresses', 'none (0)');
    }
    return addHash(steps, explainFinish(steps, start, era, false));
  },
};
