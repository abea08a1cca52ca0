import { fillHashInput } from '../flows/hash-input-from-keys.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { createHashInput, PORTS_OK } from '../hash/hash-input.ts';
import type { HashPolicy } from '../hash/policy.ts';
import { hasPortPair } from '../flows/protocol-names.ts';

/** Ports that are all even, or all odd, under a hash that keeps their lowest bit. */
export interface PortParity {
  readonly end: 'source' | 'destination';
  readonly parity: 'even' | 'odd';
  readonly flows: number;
  /** Members that these flows use, of how many active ones. */
  readonly used: number;
  readonly members: number;
  /** Heaviest flows, by index. */
  readonly examples: readonly number[];
}

const LEAST_FLOWS = 4;
/** Flows looked at: more add nothing to a rule that one exception ends. */
const MOST_FLOWS = 2048;
const EXAMPLES = 5;
/** The lowest bit of either port in a port word, which has the packet's bytes read little-endian. */
const LOW_BIT = { source: 1 << 8, destination: 1 << 24 } as const;

/** What is asked of a direction: `hash` by flow. */
interface HashedDirection {
  readonly list: Uint32Array;
  readonly policy: HashPolicy;
  readonly variant: string;
  readonly basis: number;
  readonly active: readonly number[];
}

/**
 * Half of what a hash could do is lost where the flows' ports share their lowest bit and the hash passes it on: Linux's
 * connect() takes even ports first (since 4.2), and layer3+4 kept the bit up to 4.14. Null where that is not so.
 */
export function findPortParity(flows: LagFlows, { list, policy, variant, basis, active }: HashedDirection): PortParity | null {
  if (policy.selector !== 'modulo' || active.length < 2 || active.length % 2 !== 0) return null;
  const { merged } = flows;
  const input = createHashInput(1);
  const start = new Uint32Array(1);
  const context = { variant, basis, memberCount: active.length };
  const out = { hash: new Uint32Array(1), reason: new Uint8Array(1) };
  const index = (): number => {
    policy.hash(input, context, out);
    return out.reason[0] === 0 ? out.hash[0] % active.length : -1;
  };
  for (const end of ['source', 'destination'] as const) {
    const bit = LOW_BIT[end];
    const ports = new Set<number>();
    const used = new Set<number>();
    const examples: number[] = [];
    let parity = -1;
    let count = 0;
    let kept = 0;
    for (const flow of list) {
      if (count >= MOST_FLOWS) break;
      start[0] = merged.keyStart[flow];
      fillHashInput(input, merged.tables[merged.keyTable[flow]].columns.rows, start, 0, 1, { tagInFrame: false });
      if (input.portsStatus[0] !== PORTS_OK || input.fragment[0] !== 0 || !hasPortPair(input.upperProtocol[0])) continue;
      const own = (input.ports[0] & bit) === 0 ? 0 : 1;
      if (parity >= 0 && own !== parity) {
        count = 0;
        break;
      }
      parity = own;
      count++;
      ports.add(end === 'source' ? input.ports[0] & 0xffff : input.ports[0] >>> 16);
      const before = index();
      used.add(before);
      input.ports[0] = (input.ports[0] ^ bit) >>> 0;
      if (before >= 0 && index() !== before) kept++;
      if (examples.length < EXAMPLES) examples.push(flow);
    }
    // One port that never changes (a server's) is no parity.
    if (count >= LEAST_FLOWS && ports.size >= LEAST_FLOWS && kept === count && used.size < active.length)
      return { end, parity: parity === 0 ? 'even' : 'odd', flows: count, used: used.size, members: active.length, examples };
  }
  return null;
}
