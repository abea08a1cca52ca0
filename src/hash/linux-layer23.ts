import { formatHex32 } from '../base/addresses.ts';
import { addHash, addStep, explainAddresses, explainEthernet, explainFinish, type Steps } from './explain.ts';
import type { HashInput } from './hash-input.ts';
import {
  ethernetTerm,
  finishHash,
  foldAddress,
  REASON_CUT_HEADER,
  REASON_KERNEL_BUG,
  REASON_NO_DESTINATION,
  REASON_NONE,
  writeEthernetHash,
} from './linux-blocks.ts';
import { explainEarly, writeEarlyLayer23 } from './linux-early.ts';
import { FORMULA_FOLD, linuxEra, linuxVariantsFrom, NEWEST_LINUX_VARIANT, type LinuxEra } from './linux-eras.ts';
import { ipView, VIEW_CUT, VIEW_ETHERNET, VIEW_QUOTED } from './linux-ip-view.ts';
import type { HashOutput, HashPolicy } from './policy.ts';

function writeRow(input: HashInput, row: number, era: LinuxEra, out: HashOutput): void {
  const view = ipView(input, row, era);
  if (view === VIEW_ETHERNET) {
    writeEthernetHash(input, row, era, out);
    return;
  }
  const ethernet = ethernetTerm(input, row, era);
  if (view === VIEW_CUT) {
    out.hash[row] = ethernet;
    out.reason[row] = input.noDstMac[row] !== 0 ? REASON_NO_DESTINATION : REASON_CUT_HEADER;
    return;
  }
  const addresses =
    view === VIEW_QUOTED
      ? foldAddress(input.quotedSrc, row) ^ foldAddress(input.quotedDst, row)
      : foldAddress(input.src, row) ^ foldAddress(input.dst, row);
  out.hash[row] = finishHash(ethernet ^ addresses, era, false);
  const broken = era.broken && view === VIEW_QUOTED;
  out.reason[row] = input.noDstMac[row] !== 0 ? REASON_NO_DESTINATION : broken ? REASON_KERNEL_BUG : REASON_NONE;
}

/** xmit_hash_policy 2: MACs, EtherType and IP addresses. */
export const linuxLayer23: HashPolicy = {
  id: 'layer2+3',
  title: 'Linux bonding layer2+3',
  family: 'linux',
  selector: 'modulo',
  variants: linuxVariantsFrom('linux-2.6'),
  defaultVariant: NEWEST_LINUX_VARIANT,
  depth: 'outer',
  fields: ['source MAC', 'destination MAC', 'EtherType', 'IP addresses'],
  hash(input, context, out) {
    const era = linuxEra(context.variant);
    if (era.formula === FORMULA_FOLD) for (let row = 0; row < input.length; row++) writeRow(input, row, era, out);
    else for (let row = 0; row < input.length; row++) writeEarlyLayer23(input, row, era, out);
  },
  explain(input, row, context) {
    const era = linuxEra(context.variant);
    if (era.formula !== FORMULA_FOLD) return explainEarly(input, row, era, false);
    const steps: Steps = [];
    const view = ipView(input, row, era);
    const ethernet = explainEthernet(steps, input, row, era);
    if (view === VIEW_ETHERNET || view === VIEW_CUT) return addHash(steps, ethernet);
    const version = input.ipVersion[row];
    const addresses =
      view === VIEW_QUOTED
        ? explainAddresses(steps, input.quotedSrc, input.quotedDst, row, version, 'quoted ')
        : explainAddresses(steps, input.src, input.dst, row, version, '');
    const start = (ethernet ^ addresses) >>> 0;
    addStep(steps, 'h = Ethernet ^ addresses', formatHex32(start));
    return addHash(steps, explainFinish(steps, start, era, false));
  },
};
