import { addHash, addStep, describeAddress, describeDestinationMac, describePorts, describeSourceMac, type Steps } from './explain.ts';
import { HEADERS_CUT, PORTS_ABSENT, PORTS_CUT, type HashInput } from './hash-input.ts';
import { foldAddress, REASON_CUT_HEADER, REASON_NO_DESTINATION, REASON_NONE } from './linux-blocks.ts';
import type { HashOutput, HashPolicy, PolicyVariant } from './policy.ts';

/** Names of `tx_hash` that count, from the variant id. */
interface Recipe {
  readonly eth: boolean;
  readonly vlan: boolean;
  readonly ip: boolean;
  /** Ports of TCP and UDP, and with `l4` (or sctp) of SCTP too. */
  readonly ports: boolean;
  readonly sctp: boolean;
}

const IDS = ['eth,ip', 'eth', 'ip', 'l4', 'ip,l4', 'eth,ip,l4', 'ip,tcp,udp', 'eth,ip,tcp,udp', 'eth,vlan,ip', 'eth,vlan,ip,l4'] as const;

const RECIPES: ReadonlyMap<string, Recipe> = new Map(
  IDS.map((id): [string, Recipe] => {
    const names = id.split(',');
    const l4 = names.includes('l4');
    return [
      id,
      { eth: names.includes('eth'), vlan: names.includes('vlan'), ip: names.includes('ip'), ports: l4 || names.includes('tcp'), sctp: l4 },
    ];
  }),
);

function recipeOf(variant: string): Recipe {
  return RECIPES.get(variant) ?? { eth: true, vlan: false, ip: true, ports: false, sctp: false };
}

function xorBytes(word: number): number {
  const half = word ^ (word >>> 16);
  return (half ^ (half >>> 8)) & 0xff;
}

/** IP version as teamd's filter sees it: one 0x8100 tag left in the frame is stepped over, two or 0x88a8 are not (more-facts, teamd 4). */
function seenVersion(input: HashInput, row: number): number {
  const inFrame = input.tagCount[row] - (input.tagInFrame[row] !== 0 ? 0 : 1);
  if (inFrame > 1 || (inFrame === 1 && input.etherType[row] !== 0x8100)) return 0;
  return input.ipVersion[row];
}

/** Ports XORed byte by byte: IPv4 both ports, IPv6 only the destination port; first fragments count theirs. */
function portBytes(input: HashInput, row: number, version: number): number {
  const ports = input.ports[row];
  return xorBytes(version === 6 ? ports >>> 16 : ports);
}

function countsPorts(input: HashInput, row: number, version: number, recipe: Recipe): boolean {
  const protocol = input.protocol[row];
  if (!recipe.ports || version === 0 || input.fragment[row] === 2) return false;
  return protocol === 6 || protocol === 17 || (protocol === 132 && recipe.sctp);
}

function tagByte(input: HashInput, row: number): number {
  const tags = input.tagCount[row];
  if (tags === 0) return 0;
  // The tag in the frame counts with 12 bits, the one beside it with 16.
  if (input.tagInFrame[row] !== 0) return xorBytes(input.outerTci[row] & 0xfff);
  return xorBytes(input.outerTci[row]);
}

/** XOR of all bytes of the chosen fields. Hot path. */
function hashRow(input: HashInput, row: number, recipe: Recipe): number {
  let hash = 0;
  if (recipe.eth) hash ^= xorBytes(input.srcMacHi[row] ^ input.dstMacHi[row] ^ input.srcMacLo[row] ^ input.dstMacLo[row]);
  if (recipe.vlan) hash ^= tagByte(input, row);
  const version = seenVersion(input, row);
  if (recipe.ip && version !== 0) hash ^= xorBytes(foldAddress(input.src, row) ^ foldAddress(input.dst, row));
  if (countsPorts(input, row, version, recipe) && input.portsStatus[row] !== PORTS_ABSENT) hash ^= portBytes(input, row, version);
  return hash;
}

function writeRow(input: HashInput, row: number, recipe: Recipe, out: HashOutput): void {
  out.hash[row] = hashRow(input, row, recipe);
  const cutHeader =
    input.headers[row] === HEADERS_CUT && (recipe.ip || recipe.ports) && input.ipVersion[row] === 0 && input.arpOpcode[row] === 0;
  const cutPorts = countsPorts(input, row, seenVersion(input, row), recipe) && input.portsStatus[row] === PORTS_CUT;
  if (recipe.eth && input.noDstMac[row] !== 0) out.reason[row] = REASON_NO_DESTINATION;
  else out.reason[row] = cutHeader || cutPorts ? REASON_CUT_HEADER : REASON_NONE;
}

function variant(id: string): PolicyVariant {
  const title = id === 'eth,ip' ? 'tx_hash eth, ipv4, ipv6 (default)' : `tx_hash ${id}`;
  return {
    id,
    title,
    source: {
      system: 'teamd',
      versions: '1.31, kernel 6.1',
      confidence: id.includes('vlan') ? 'read' : 'measured',
      reference: 'teamd_bpf_chef.c',
    },
  };
}

/** Runners loadbalance and lacp without `tx_balancer`. The order of members is the order of enabling. */
export const teamd: HashPolicy = {
  id: 'teamd',
  title: 'teamd loadbalance and lacp',
  family: 'team',
  selector: 'modulo',
  variants: IDS.map(variant),
  defaultVariant: 'eth,ip',
  fields: ['source MAC', 'destination MAC', 'IP addresses', 'ports'],
  hash(input, context, out) {
    const recipe = recipeOf(context.variant);
    for (let row = 0; row < input.length; row++) writeRow(input, row, recipe, out);
  },
  explain(input, row, context) {
    const steps: Steps = [];
    const recipe = recipeOf(context.variant);
    const version = seenVersion(input, row);
    if (recipe.eth) {
      addStep(steps, 'source MAC', describeSourceMac(input, row));
      addStep(steps, 'destination MAC', describeDestinationMac(input, row));
    }
    if (recipe.ip && version !== 0) {
      addStep(steps, 'source address', describeAddress(input.src, row, version));
      addStep(steps, 'destination address', describeAddress(input.dst, row, version));
    }
    if (countsPorts(input, row, version, recipe)) {
      addStep(steps, version === 6 ? 'destination port only' : 'ports', describePorts(input.ports[row], input.protocol[row]));
    }
    addStep(steps, 'all bytes XORed', String(hashRow(input, row, recipe)));
    return addHash(steps, hashRow(input, row, recipe));
  },
};
