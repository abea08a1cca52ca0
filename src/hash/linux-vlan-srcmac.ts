import { formatHex16, formatHex32 } from '../base/addresses.ts';
import { addHash, addStep, describeSourceMac, type Steps } from './explain.ts';
import type { HashInput } from './hash-input.ts';
import { isEthernetCut, REASON_CUT_HEADER, REASON_NONE } from './linux-blocks.ts';
import { linuxVariantsFrom, NEWEST_LINUX_VARIANT } from './linux-eras.ts';
import type { HashPolicy } from './policy.ts';

/** The whole TCI of a tag beside the frame; a tag in the frame is not seen (hash-spec 1.3). */
function tagTerm(input: HashInput, row: number): number {
  return input.tagCount[row] !== 0 && input.tagInFrame[row] === 0 ? input.outerTci[row] : 0;
}

function vendorTerm(input: HashInput, row: number): number {
  return (input.srcMacHi[row] << 8) | (input.srcMacLo[row] >>> 24);
}

function deviceTerm(input: HashInput, row: number): number {
  return input.srcMacLo[row] & 0xffffff;
}

/** xmit_hash_policy 5, from 5.12 on: TCI and both halves of the source MAC, no fold and no shift. */
export const linuxVlanSrcMac: HashPolicy = {
  id: 'vlan+srcmac',
  title: 'Linux bonding vlan+srcmac',
  family: 'linux',
  selector: 'modulo',
  variants: linuxVariantsFrom('linux-5.5'),
  defaultVariant: NEWEST_LINUX_VARIANT,
  depth: 'ethernet',
  fields: ['VLAN tag', 'source MAC'],
  hash(input, _context, out) {
    for (let row = 0; row < input.length; row++) {
      out.hash[row] = tagTerm(input, row) ^ vendorTerm(input, row) ^ deviceTerm(input, row);
      out.reason[row] = isEthernetCut(input, row) ? REASON_CUT_HEADER : REASON_NONE;
    }
  },
  explain(input, row) {
    const steps: Steps = [];
    const tag = tagTerm(input, row);
    const vendor = vendorTerm(input, row);
    const device = deviceTerm(input, row);
    addStep(steps, 'source MAC', describeSourceMac(input, row));
    addStep(steps, 'first three bytes', formatHex32(vendor));
    addStep(steps, 'last three bytes', formatHex32(device));
    addStep(
      steps,
      'VLAN tag beside the frame',
      input.tagCount[row] === 0 ? 'none (0)' : input.tagInFrame[row] ? 'in the frame (0)' : formatHex16(tag),
    );
    const hash = (tag ^ vendor ^ device) >>> 0;
    addStep(steps, 'tag ^ first bytes ^ last bytes', formatHex32(hash));
    return addHash(steps, hash);
  },
};
