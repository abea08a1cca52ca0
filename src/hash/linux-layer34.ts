import { formatHex32 } from '../base/addresses.ts';
import { addHash, addStep, describePorts, explainAddresses, explainEthernet, explainFinish, type Steps } from './explain.ts';
import type { HashInput } from './hash-input.ts';
import {
  finishHash,
  foldAddress,
  hasIcmpIdentifier,
  hasPorts,
  icmpTerm,
  isAbsent,
  isCut,
  isIcmp,
  REASON_CUT_HEADER,
  REASON_KERNEL_BUG,
  REASON_NONE,
  writeEthernetHash,
} from './linux-blocks.ts';
import { explainEarly, writeEarlyLayer34 } from './linux-early.ts';
import { FORMULA_FOLD, linuxEra, linuxVariantsFrom, NEWEST_LINUX_VARIANT, type LinuxEra } from './linux-eras.ts';
import { ipView, VIEW_CUT, VIEW_ETHERNET, VIEW_QUOTED } from './linux-ip-view.ts';
import type { HashOutput, HashPolicy } from './policy.ts';

/** The frame's ICMP identifier counts in place of ports. */
function countsIcmp(input: HashInput, row: number, era: LinuxEra, quoted: boolean): boolean {
  if (!era.icmp || quoted || input.fragment[row] !== 0 || !isIcmp(input.protocol[row])) return false;
  return !isAbsent(input.portsStatus[row]) && hasIcmpIdentifier(input.icmp[row] & 0xff);
}

function countsPorts(input: HashInput, row: number, quoted: boolean): boolean {
  if (quoted) return hasPorts(input.quotedProtocol[row]) && input.quotedFragment[row] === 0;
  return hasPorts(input.protocol[row]) && input.fragment[row] === 0;
}

/** Ports word, ICMP word or 0. */
function transportTerm(input: HashInput, row: number, era: LinuxEra, quoted: boolean): number {
  if (countsIcmp(input, row, era, quoted)) return icmpTerm(input.icmp[row]);
  if (!countsPorts(input, row, quoted)) return 0;
  return quoted ? input.quotedPorts[row] : input.ports[row];
}

function writeRow(input: HashInput, row: number, era: LinuxEra, out: HashOutput): void {
  const view = ipView(input, row, era);
  if (view === VIEW_ETHERNET) {
    writeEthernetHash(input, row, era, out);
    return;
  }
  if (view === VIEW_CUT) {
    out.hash[row] = 0;
    out.reason[row] = REASON_CUT_HEADER;
    return;
  }
  const quoted = view === VIEW_QUOTED;
  const addresses = quoted
    ? foldAddress(input.quotedSrc, row) ^ foldAddress(input.quotedDst, row)
    : foldAddress(input.src, row) ^ foldAddress(input.dst, row);
  out.hash[row] = finishHash(transportTerm(input, row, era, quoted) ^ addresses, era, true);
  const ports = countsPorts(input, row, quoted);
  const status = quoted ? input.quotedPortsStatus[row] : input.portsStatus[row];
  if (era.broken && (ports || quoted || countsIcmp(input, row, era, quoted))) out.reason[row] = REASON_KERNEL_BUG;
  else out.reason[row] = ports && isCut(status) ? REASON_CUT_HEADER : REASON_NONE;
}

/** xmit_hash_policy 1: IP addresses and ports, SPI or ICMP identifier; MACs and EtherType for what is not IP. */
export const linuxLayer34: HashPolicy = {
  id: 'layer3+4',
  title: 'Linux bonding layer3+4',
  family: 'linux',
  selector: 'modulo',
  variants: linuxVariantsFrom('linux-2.6'),
  defaultVariant: NEWEST_LINUX_VARIANT,
  depth: 'outer',
  fields: ['IP addresses', 'ports', 'ICMP identifier'],
  hash(input, context, out) {
    const era = linuxEra(context.variant);
    if (era.formula === FORMULA_FOLD) for (let row = 0; row < input.length; row++) writeRow(input, row, era, out);
    else for (let row = 0; row < input.length; row++) writeEarlyLayer34(input, row, era, out);
  },
  explain(input, row, context) {
    const era = linuxEra(context.variant);
    if (era.formula !== FORMULA_FOLD) return explainEarly(input, row, era, true);
    const steps: Steps = [];
    const view = ipView(input, row, era);
    if (view === VIEW_ETHERNET) return addHash(steps, explainEthernet(steps, input, row, era));
    if (view === VIEW_CUT) return addHash(steps, 0);
    const quoted = view === VIEW_QUOTED;
    const transport = transportTerm(input, row, era, quoted) >>> 0;
    const version = input.ipVersion[row];
    const addresses = quoted
      ? explainAddresses(steps, input.quotedSrc, input.quotedDst, row, version, 'quoted ')
      : explainAddresses(steps, input.src, input.dst, row, version, '');
    explainTransport(steps, {
      icmp: countsIcmp(input, row, era, quoted) ? input.icmp[row] : -1,
      ports: countsPorts(input, row, quoted),
      protocol: quoted ? input.quotedProtocol[row] : input.protocol[row],
      term: transport,
    });
    const start = (transport ^ addresses) >>> 0;
    addStep(steps, 'h = transport ^ addresses', formatHex32(start));
    return addHash(steps, explainFinish(steps, start, era, true));
  },
};

/** Adds the step of the ports, SPI or ICMP word. `icmp` is -1 where no ICMP identifier counts. */
export function explainTransport(steps: Steps, transport: { icmp: number; ports: boolean; protocol: number; term: number }): void {
  const { icmp, term } = transport;
  if (icmp >= 0) {
    const identifier = icmp >>> 16;
    addStep(
      steps,
      'ICMP',
      `type ${icmp & 0xff}, code ${(icmp >>> 8) & 0xff}, identifier ${identifier}${identifier === 0 ? ' (counts as 1)' : ''}`,
    );
    addStep(steps, 'type | code << 8 | identifier << 16', formatHex32(term));
  } else if (transport.ports) {
    addStep(steps, 'ports', describePorts(term, transport.protocol));
    addStep(steps, 'ports, little-endian word', formatHex32(term));
  } else {
    addStep(steps, 'ports', 'none (0)');
  }
}
