/**
 * Cisco EtherChannel as documented for the simple methods of older Catalysts: result bundle hash = low 3 bits of one
 * field, or of source XOR destination (hash-spec 3.1). Newer hardware and mixed methods are not published.
 */
import { formatIpv4 } from '../base/addresses.ts';
import { addHash, addStep, describeAddress, describeDestinationMac, describeSourceMac, type Steps } from './explain.ts';
import { HEADERS_CUT, PORTS_CUT, type HashInput } from './hash-input.ts';
import { REASON_CUT_HEADER, REASON_HIDDEN_INPUT, REASON_NO_DESTINATION, REASON_NONE, swap16 } from './linux-blocks.ts';
import type { HashOutput, HashPolicy } from './policy.ts';

type Layer = 'mac' | 'ip' | 'port';

interface Method {
  readonly layer: Layer;
  readonly source: boolean;
  readonly destination: boolean;
}

const TCP = 6;
const UDP = 17;

function select(method: Method, source: number, destination: number): number {
  return ((method.source ? source : 0) ^ (method.destination ? destination : 0)) & 7;
}

function writeMacs(input: HashInput, row: number, method: Method, out: HashOutput): void {
  out.hash[row] = select(method, input.srcMacLo[row], input.dstMacLo[row]);
  out.reason[row] = method.destination && input.noDstMac[row] !== 0 ? REASON_NO_DESTINATION : REASON_NONE;
}

/** Last byte of an address. */
function lastByte(words: Uint32Array, row: number, version: number): number {
  return words[row * 4 + (version === 6 ? 3 : 0)] >>> 24;
}

function hasPorts(input: HashInput, row: number): boolean {
  const protocol = input.upperProtocol[row];
  return (protocol === TCP || protocol === UDP) && input.fragment[row] !== 2;
}

function writeRow(input: HashInput, row: number, method: Method, out: HashOutput): void {
  const version = input.ipVersion[row];
  if (method.layer === 'mac' || (version === 0 && input.headers[row] !== HEADERS_CUT)) {
    // What is not IP goes by the MACs ("Non-IP: Source XOR Destination MAC address").
    writeMacs(input, row, method, out);
    return;
  }
  out.reason[row] = REASON_NONE;
  if (version === 0) {
    out.hash[row] = 0;
    out.reason[row] = REASON_CUT_HEADER;
  } else if (method.layer === 'ip') {
    out.hash[row] = select(method, lastByte(input.src, row, version), lastByte(input.dst, row, version));
  } else if (hasPorts(input, row)) {
    const ports = input.ports[row];
    out.hash[row] = select(method, swap16(ports & 0xffff), swap16(ports >>> 16));
    if (input.portsStatus[row] === PORTS_CUT) out.reason[row] = REASON_CUT_HEADER;
  } else {
    // What a port method does without ports is not documented.
    out.hash[row] = 0;
    out.reason[row] = REASON_HIDDEN_INPUT;
  }
}

function describeFields(steps: Steps, input: HashInput, row: number, method: Method): void {
  const version = input.ipVersion[row];
  let source = describeSourceMac(input, row);
  let destination = describeDestinationMac(input, row);
  let what = 'MAC';
  if (method.layer === 'port' && version !== 0 && hasPorts(input, row)) {
    what = 'port';
    source = String(swap16(input.ports[row] & 0xffff));
    destination = String(swap16(input.ports[row] >>> 16));
  } else if (method.layer !== 'mac' && version !== 0) {
    what = 'address';
    source = version === 4 ? formatIpv4(input.src[row * 4]) : describeAddress(input.src, row, 6);
    destination = version === 4 ? formatIpv4(input.dst[row * 4]) : describeAddress(input.dst, row, 6);
  }
  if (method.source) addStep(steps, `source ${what}`, source);
  if (method.destination) addStep(steps, `destination ${what}`, destination);
  addStep(steps, method.source && method.destination ? 'low 3 bits of source XOR destination' : 'low 3 bits', 'the bucket (RBH)');
}

function createCisco(id: string, method: Method): HashPolicy {
  const name = method.layer === 'mac' ? 'MAC' : method.layer === 'ip' ? 'IP addresses' : 'ports';
  const fields =
    method.layer === 'mac' ? [...(method.source ? ['source MAC'] : []), ...(method.destination ? ['destination MAC'] : [])] : [name];
  return {
    id: `cisco-${id}`,
    title: `Cisco EtherChannel ${id}`,
    family: 'cisco',
    selector: 'bucket-8',
    variants: [
      {
        id: 'documented',
        title: 'low 3 bits, 8 result buckets',
        source: {
          system: 'Cisco Catalyst',
          versions: '2950 to 3750, 4500, 6500',
          confidence: 'documented',
          reference: 'cisco.com documents 12023-4 and 116385',
        },
      },
    ],
    defaultVariant: 'documented',
    fields,
    hash(input, _context, out) {
      for (let row = 0; row < input.length; row++) writeRow(input, row, method, out);
    },
    explain(input, row) {
      const steps: Steps = [];
      const out = { hash: new Uint32Array(row + 1), reason: new Uint8Array(row + 1) };
      writeRow(input, row, method, out);
      describeFields(steps, input, row, method);
      return addHash(steps, out.hash[row]);
    },
  };
}

export const ciscoPolicies: readonly HashPolicy[] = (['mac', 'ip', 'port'] as const).flatMap((layer) => [
  createCisco(`src-${layer}`, { layer, source: true, destination: false }),
  createCisco(`dst-${layer}`, { layer, source: false, destination: true }),
  createCisco(`src-dst-${layer}`, { layer, source: true, destination: true }),
]);
