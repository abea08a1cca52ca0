import { formatHex32 } from '../base/addresses.ts';
import { addHash, addStep, describeAddress, type Steps } from './explain.ts';
import type { HashInput } from './hash-input.ts';
import { REASON_CUT_HEADER, REASON_NONE } from './linux-blocks.ts';
import { CRC, PORTABLE, type OvsFamily } from './ovs-arithmetic.ts';
import {
  countsPorts,
  OVS_ARP,
  OVS_IPV6,
  OVS_OTHER,
  ovsAddedProtocol,
  ovsHeaderRefused,
  ovsIsCut,
  ovsKind,
  ovsPorts,
  ovsUpperProtocol,
} from './ovs-fields.ts';
import type { HashPolicy, PolicyVariant, SourceReference } from './policy.ts';

/** How the bucket follows from the 5-tuple hash. */
interface Form {
  readonly family: OvsFamily;
  readonly isCrc: boolean;
  /** `rehash`: hashed again with the basis (2.8 on). `plain`: R itself, without basis (lb-output). `seeded`: R started at the basis (2.6, 2.7). `protocol-first`: the order before 2.6. */
  readonly kind: 'rehash' | 'plain' | 'seeded' | 'protocol-first';
}

const FORMS: ReadonlyMap<string, Form> = new Map(
  (['portable', 'crc'] as const).flatMap((name): [string, Form][] => {
    const family = name === 'crc' ? CRC : PORTABLE;
    const isCrc = name === 'crc';
    return [
      [name, { family, isCrc, kind: 'rehash' }],
      [`${name}/lb-output`, { family, isCrc, kind: 'plain' }],
      [`${name}/2.6`, { family, isCrc, kind: 'seeded' }],
      [`${name}/2.3`, { family, isCrc, kind: 'protocol-first' }],
    ];
  }),
);

function formOf(variant: string): Form {
  return FORMS.get(variant) ?? { family: PORTABLE, isCrc: false, kind: 'rehash' };
}

/** R: addresses, protocol, ports, from 2.6 on. */
function fiveTuple(input: HashInput, row: number, family: OvsFamily, basis: number, fixedNextHeader: boolean): number {
  const { add } = family;
  const kind = ovsKind(input, row);
  if (kind === OVS_OTHER) return family.finish(basis, 42);
  const refused = kind !== OVS_ARP && ovsHeaderRefused(input, row);
  let hash = addAddresses(input, row, add, basis, kind, refused);
  const upper = refused ? 0 : ovsUpperProtocol(input, row, kind);
  hash = add(hash, ovsAddedProtocol(input, row, kind, upper, fixedNextHeader));
  if (countsPorts(upper)) hash = add(hash, ovsPorts(input, row, kind, upper));
  return family.finish(hash, 42);
}

function addAddresses(input: HashInput, row: number, add: OvsFamily['add'], start: number, kind: number, refused: boolean): number {
  const { src, dst } = input;
  const at = row * 4;
  const words = kind === OVS_IPV6 ? 4 : 1;
  let hash = start;
  for (let word = 0; word < words; word++) hash = add(hash, refused ? 0 : src[at + word] | 0);
  for (let word = 0; word < words; word++) hash = add(hash, refused ? 0 : dst[at + word] | 0);
  return hash;
}

/** 2.3 to 2.5: protocol first, ports always, also for frames that are not IP. */
function fiveTupleProtocolFirst(input: HashInput, row: number, family: OvsFamily, basis: number): number {
  const { add } = family;
  const kind = ovsKind(input, row);
  const refused = kind === OVS_OTHER || (kind !== OVS_ARP && ovsHeaderRefused(input, row));
  const upper = refused ? 0 : ovsUpperProtocol(input, row, kind);
  const hash = addAddresses(input, row, add, add(basis, upper), kind, refused);
  return family.finish(add(hash, countsPorts(upper) ? ovsPorts(input, row, kind, upper) : 0), 42);
}

function rehash(hash: number, basis: number, form: Form): number {
  const { add, finish } = form.family;
  return form.isCrc ? finish(add(add(0, hash), basis), 23) : finish(add(add(hash, 0), basis), 8);
}

/** Signed, as all steps are. Hot path. */
function hashRow(input: HashInput, row: number, form: Form, basis: number): number {
  switch (form.kind) {
    case 'rehash':
      return rehash(fiveTuple(input, row, form.family, 0, true), basis, form);
    case 'plain':
      return fiveTuple(input, row, form.family, 0, true);
    case 'seeded':
      return fiveTuple(input, row, form.family, basis, false);
    default:
      return fiveTupleProtocolFirst(input, row, form.family, basis);
  }
}

const MEASURED = { confidence: 'measured', reference: 'ovs-vswitchd 3.1.0, dumped dp_hash values' } as const;

function variant(id: string, title: string, versions: string, source: Pick<SourceReference, 'confidence' | 'reference'>): PolicyVariant {
  return { id, title, source: { system: 'Open vSwitch, userspace datapath', versions, ...source } };
}

const READ = { confidence: 'read', reference: 'lib/flow.c, ofproto/bond.c' } as const;

/** Bucket = low byte of the hash; which member owns a bucket is state of the switch. */
export const ovsBalanceTcp: HashPolicy = {
  id: 'ovs-balance-tcp',
  title: 'Open vSwitch balance-tcp',
  family: 'ovs',
  selector: 'bucket-256',
  variants: [
    variant('portable', 'builds for baseline x86-64 (Debian, Ubuntu, Proxmox)', '2.8 and later', MEASURED),
    variant('crc', 'builds with SSE4.2 or arm64 CRC (-march=native, x86-64-v2 distributions)', '2.8 and later', MEASURED),
    variant('portable/lb-output', 'lb-output-action=true: basis not used', '2.14 and later', MEASURED),
    variant('crc/lb-output', 'lb-output-action=true: basis not used', '2.14 and later', MEASURED),
    variant('portable/2.6', '5-tuple started at the basis, no second step', '2.6 and 2.7', READ),
    variant('crc/2.6', '5-tuple started at the basis, no second step', '2.6 and 2.7', READ),
    variant('portable/2.3', 'protocol first', '2.3 to 2.5', READ),
    variant('crc/2.3', 'protocol first', '2.4 and 2.5', READ),
  ],
  defaultVariant: 'portable',
  fields: ['IP addresses', 'protocol', 'ports', 'ICMP type and code'],
  hash(input, context, out) {
    const form = formOf(context.variant);
    const basis = context.basis;
    for (let row = 0; row < input.length; row++) {
      out.hash[row] = hashRow(input, row, form, basis);
      out.reason[row] = ovsIsCut(input, row, ovsKind(input, row)) ? REASON_CUT_HEADER : REASON_NONE;
    }
  },
  explain(input, row, context) {
    const form = formOf(context.variant);
    const steps: Steps = [];
    explainFields(steps, input, row, form);
    addStep(steps, 'words are added by', form.isCrc ? 'CRC-32C' : 'MurmurHash3 steps');
    if (form.kind === 'rehash') {
      const tuple = fiveTuple(input, row, form.family, 0, true);
      addStep(steps, 'R, the 5-tuple hash (finished with 42)', formatHex32(tuple));
      addStep(steps, 'R hashed again with the basis', `basis ${context.basis}`);
    } else if (form.kind === 'plain') {
      addStep(steps, 'basis', 'not used (lb-output-action)');
    } else {
      addStep(steps, 'start value', `basis ${context.basis}`);
    }
    return addHash(steps, hashRow(input, row, form, context.basis));
  },
};

function explainFields(steps: Steps, input: HashInput, row: number, form: Form): void {
  const kind = ovsKind(input, row);
  if (kind === OVS_OTHER) {
    addStep(steps, 'addresses, protocol, ports', 'none: not IP or ARP behind at most one tag');
    return;
  }
  if (kind !== OVS_ARP && ovsHeaderRefused(input, row)) {
    addStep(steps, 'addresses and protocol', 'all 0: the IP header is refused');
    return;
  }
  const upper = ovsUpperProtocol(input, row, kind);
  const modern = form.kind === 'rehash' || form.kind === 'plain';
  addStep(steps, 'source address', describeAddress(input.src, row, kind));
  addStep(steps, 'destination address', describeAddress(input.dst, row, kind));
  addStep(steps, kind === OVS_ARP ? 'ARP opcode, as protocol' : 'protocol', String(ovsAddedProtocol(input, row, kind, upper, modern)));
  addStep(steps, 'ports, little-endian word', countsPorts(upper) ? formatHex32(ovsPorts(input, row, kind, upper)) : 'not added');
}
