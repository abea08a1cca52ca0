/** VMware vSphere standard switch teaming (hash-spec 3.3). */
import { formatHex32 } from '../base/addresses.ts';
import { addHash, addStep, describeAddress, describeSourceMac, type Steps } from './explain.ts';
import { HEADERS_CUT, type HashInput } from './hash-input.ts';
import { isEthernetCut, REASON_CUT_HEADER, REASON_HIDDEN_INPUT, REASON_NONE, swap32 } from './linux-blocks.ts';
import type { HashOutput, HashPolicy } from './policy.ts';

function writeIpHash(input: HashInput, row: number, lastOctet: boolean, out: HashOutput): void {
  const version = input.ipVersion[row];
  if (version === 4) {
    const address = swap32(input.src[row * 4] ^ input.dst[row * 4]);
    out.hash[row] = lastOctet ? address & 0xff : address;
    out.reason[row] = REASON_NONE;
    return;
  }
  // IPv6 is not documented; of non-IP frames bytes enter that a flow does not record.
  out.hash[row] = 0;
  out.reason[row] = version === 0 && input.headers[row] === HEADERS_CUT ? REASON_CUT_HEADER : REASON_HIDDEN_INPUT;
}

export const esxiIpHash: HashPolicy = {
  id: 'esxi-ip-hash',
  title: 'VMware IP hash',
  family: 'vmware',
  selector: 'modulo',
  variants: [
    {
      id: 'last-octet',
      title: 'XOR of the last octets',
      source: {
        system: 'VMware vSphere',
        versions: '6.5 to 7.0',
        confidence: 'documented',
        reference: 'docs.vmware.com "Route Based on IP Hash"',
      },
    },
    {
      id: 'whole-address',
      title: 'XOR of the whole addresses',
      source: {
        system: 'VMware vSphere',
        versions: 'earlier texts',
        confidence: 'documented',
        reference: 'blogs.vmware.com/kb, March 2013',
      },
    },
  ],
  defaultVariant: 'last-octet',
  fields: ['IP addresses'],
  hash(input, context, out) {
    const lastOctet = context.variant !== 'whole-address';
    for (let row = 0; row < input.length; row++) writeIpHash(input, row, lastOctet, out);
  },
  explain(input, row, context) {
    const steps: Steps = [];
    if (input.ipVersion[row] !== 4) {
      addStep(steps, 'addresses', 'not IPv4: not documented');
      return addHash(steps, 0);
    }
    const address = swap32(input.src[row * 4] ^ input.dst[row * 4]);
    addStep(steps, 'source address', describeAddress(input.src, row, 4));
    addStep(steps, 'destination address', describeAddress(input.dst, row, 4));
    addStep(steps, 'addresses XORed', formatHex32(address));
    if (context.variant === 'whole-address') return addHash(steps, address);
    addStep(steps, 'last octet', String(address & 0xff));
    return addHash(steps, address & 0xff);
  },
};

export const esxiSrcMac: HashPolicy = {
  id: 'esxi-src-mac',
  title: 'VMware source MAC hash',
  family: 'vmware',
  selector: 'modulo',
  variants: [
    {
      id: 'last-byte',
      title: 'last byte of the source MAC',
      source: { system: 'VMware vSphere', versions: 'all', confidence: 'secondary', reference: 'the formula is not documented' },
    },
  ],
  defaultVariant: 'last-byte',
  fields: ['source MAC'],
  hash(input, _context, out) {
    for (let row = 0; row < input.length; row++) {
      out.hash[row] = input.srcMacLo[row] & 0xff;
      out.reason[row] = isEthernetCut(input, row) ? REASON_CUT_HEADER : REASON_NONE;
    }
  },
  explain(input, row) {
    const steps: Steps = [];
    addStep(steps, 'source MAC', describeSourceMac(input, row));
    addStep(steps, 'last byte', String(input.srcMacLo[row] & 0xff));
    return addHash(steps, input.srcMacLo[row] & 0xff);
  },
};
