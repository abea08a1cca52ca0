import { fillHashInput } from '../flows/hash-input-from-keys.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { hasPortPair } from '../flows/protocol-names.ts';
import { createHashInput, HEADERS_OK, PORTS_OK, QUOTED_NONE } from '../hash/hash-input.ts';
import type { HashInput } from '../hash/hash-input.ts';

/**
 * The headers of plain TCP and UDP flows, and the same headers dealt out anew: each keeps its values of source end,
 * destination end and ports, but not who goes with whom. What a hash does to the one and not to the other lies in how
 * the values go together, as it does where an earlier hash has picked the flows; what it does to both lies in the values.
 */
export interface ShuffledFlows {
  readonly actual: HashInput;
  readonly shuffled: HashInput;
}

const MOST_FLOWS = 4096;
const HALF = 0xffff;

/** The commonest kind of flows (IP version, protocol), at most `MOST_FLOWS`; null where there are fewer than `least`. */
export function shuffleFields(flows: LagFlows, list: Uint32Array, least: number, random: () => number): ShuffledFlows | null {
  const { merged } = flows;
  const input = createHashInput(1);
  const start = new Uint32Array(1);
  const kinds = new Map<number, number[]>();
  for (let i = 0; i < list.length && i < 4 * MOST_FLOWS; i++) {
    const flow = list[i];
    start[0] = merged.keyStart[flow];
    fillHashInput(input, merged.tables[merged.keyTable[flow]].columns.rows, start, 0, 1, { tagInFrame: false });
    const isPlain =
      input.headers[0] === HEADERS_OK &&
      input.fragment[0] === 0 &&
      input.portsStatus[0] === PORTS_OK &&
      input.quoted[0] === QUOTED_NONE &&
      input.encapsulated[0] === 0 &&
      hasPortPair(input.upperProtocol[0]);
    if (!isPlain) continue;
    const kind = input.ipVersion[0] * 256 + input.upperProtocol[0];
    const found = kinds.get(kind);
    if (found === undefined) kinds.set(kind, [flow]);
    else if (found.length < MOST_FLOWS) found.push(flow);
  }
  const chosen = [...kinds.values()].reduce((best, some) => (some.length > best.length ? some : best), []);
  if (chosen.length < least) return null;
  const actual = fill(flows, chosen);
  const shuffled = fill(flows, chosen);
  deal(actual, shuffled, random);
  return { actual, shuffled };
}

function fill(flows: LagFlows, chosen: readonly number[]): HashInput {
  const { merged } = flows;
  const input = createHashInput(chosen.length);
  const one = createHashInput(1);
  const start = new Uint32Array(1);
  for (let i = 0; i < chosen.length; i++) {
    start[0] = merged.keyStart[chosen[i]];
    fillHashInput(one, merged.tables[merged.keyTable[chosen[i]]].columns.rows, start, 0, 1, { tagInFrame: false });
    copyRow(one, input, i);
  }
  input.length = chosen.length;
  return input;
}

function copyRow(from: HashInput, to: HashInput, row: number): void {
  for (const key of Object.keys(from) as (keyof HashInput)[]) {
    const [column, target] = [from[key], to[key]];
    if (typeof column === 'number' || typeof target === 'number') continue;
    const width = column.length;
    for (let w = 0; w < width; w++) target[row * width + w] = column[w];
  }
}

function deal(actual: HashInput, shuffled: HashInput, random: () => number): void {
  const { length } = actual;
  const [source, destination, sourcePort, destinationPort] = Array.from({ length: 4 }, () => permutation(length, random));
  for (let i = 0; i < length; i++) {
    const [s, d] = [source[i], destination[i]];
    shuffled.srcMacHi[i] = actual.srcMacHi[s];
    shuffled.srcMacLo[i] = actual.srcMacLo[s];
    shuffled.dstMacHi[i] = actual.dstMacHi[d];
    shuffled.dstMacLo[i] = actual.dstMacLo[d];
    for (let w = 0; w < 4; w++) {
      shuffled.src[i * 4 + w] = shuffled.innerSrc[i * 4 + w] = actual.src[s * 4 + w];
      shuffled.dst[i * 4 + w] = shuffled.innerDst[i * 4 + w] = actual.dst[d * 4 + w];
    }
    const ports = ((actual.ports[sourcePort[i]] & HALF) | (actual.ports[destinationPort[i]] & ~HALF)) >>> 0;
    shuffled.ports[i] = ports;
    if (actual.innerPortsStatus[i] === PORTS_OK) shuffled.innerPorts[i] = ports;
  }
}

function permutation(length: number, random: () => number): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
