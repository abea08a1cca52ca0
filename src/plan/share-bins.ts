import { CHUNK_ROWS, hashFlows, visitHashes } from '../flows/hash-flows.ts';
import type { FlowHashes, HashRequest } from '../flows/hash-flows.ts';
import { selectCiscoIndex } from '../hash/select.ts';
import { noFlows, workingMembers } from './plan-moves.ts';
import type { FlowSum, MoveSums } from './plan-moves.ts';
import type { PlanRule } from './plan-rule.ts';
import { NOWHERE } from './plan-traffic.ts';
import type { PlanTraffic } from './plan-traffic.ts';
import type { PlanLayout } from './plan-layout.ts';
import type { PlanOutcome } from './scenario.ts';

/** Least common multiple of 1 to 6 and 8: the remainder of a hash by it tells the remainder by each of them; seven has bins of its own. */
const COMMON_RESIDUES = 120;
const SEVEN = 7;
/** Few enough that all sums stay in the nearest cache, which counts more than the second division. */
const RESIDUES = COMMON_RESIDUES + SEVEN;
/** Layouts of more live members than this are placed flow by flow. */
export const MAX_BINNED_MEMBERS = 8;

/**
 * The flows of a direction counted by what their hash leaves over: shares under a rule for any number of members up to
 * eight, and any failures, follow from some hundred sums instead of all flows.
 */
export interface ShareBins {
  readonly rule: PlanRule;
  /** Whole-capture shares; null for layouts that the bins cannot tell. */
  outcome(layout: PlanLayout): PlanOutcome | null;
}

/** One set of bins: of all decided flows, or of those decided for one number of members. */
interface Bins {
  /** `RESIDUES`: those of the common multiple, then those of seven; else a power of two. */
  readonly residues: number;
  /** Index residue * homes + home member; the last home is "none". */
  readonly flows: Uint32Array;
  readonly bytes: Float64Array;
  readonly packets: Float64Array;
  /** What is open, by home member. */
  readonly openFlows: Uint32Array;
  readonly openBytes: Float64Array;
  openPackets: number;
}

/** One pass over the flows for all rules together. */
export function binTraffic(traffic: PlanTraffic, rules: readonly PlanRule[]): ShareBins[] {
  const homes = traffic.flows.memberCount + 1;
  const requests: (HashRequest & { readonly bins: Bins })[] = [];
  const atHome = sumHomes(traffic, homes);
  const result = rules.map((rule): ShareBins => {
    const { policy, variant, basis } = rule;
    const byCount = new Map<number, Bins>();
    const add = (memberCount: number, residues: number): Bins => {
      const bins = createBins(residues, homes);
      requests.push({ policy, context: { variant, basis, memberCount }, bins });
      return bins;
    };
    const residues = policy.selector === 'bucket-8' ? 8 : policy.selector === 'bucket-256' ? 256 : RESIDUES;
    // Where the number of members decides what the hash decides, each number has bins of its own, or those of its class.
    if (policy.reasonDependsOnMemberCount === true) {
      const byClass = new Map<number, Bins>();
      for (let n = 2; n <= MAX_BINNED_MEMBERS; n++) {
        const of = policy.memberCountClass?.(n) ?? n;
        const bins = byClass.get(of) ?? add(n, RESIDUES);
        byClass.set(of, bins);
        byCount.set(n, bins);
      }
    }
    const common = policy.reasonDependsOnMemberCount === true ? null : add(2, residues);
    return { rule, outcome: (layout) => outcomeOf(traffic, rule, layout, byCount.get(Math.max(layout.live.length, 2)) ?? common, atHome) };
  });
  const { merged } = traffic.flows;
  const chunk: Chunk = {
    home: new Uint8Array(CHUNK_ROWS),
    bytes: new Float64Array(CHUNK_ROWS),
    packets: new Float64Array(CHUNK_ROWS),
  };
  // What differs in the shadow depends on what the input does not tell.
  const shadows = traffic.shadow === null ? null : hashFlows(traffic.shadow, traffic.list, requests, false);
  visitHashes(merged, traffic.list, requests, false, (r, places, count, out) => {
    const shadow = shadows?.[r];
    if (shadow !== undefined)
      for (let n = 0; n < count; n++) if (shadow.hash[places[n]] !== out.hash[n] || shadow.reason[places[n]] !== 0) out.reason[n] = 1;
    if (r === 0) gatherChunk(chunk, traffic, places, count, homes);
    countChunk(chunk, count, out, requests[r].bins, homes);
  });
  return result;
}

function createBins(residues: number, homes: number): Bins {
  return {
    residues,
    flows: new Uint32Array(residues * homes),
    bytes: new Float64Array(residues * homes),
    packets: new Float64Array(residues),
    openFlows: new Uint32Array(homes),
    openBytes: new Float64Array(homes),
    openPackets: 0,
  };
}

/** What all rules count of a chunk of flows. */
interface Chunk {
  readonly home: Uint8Array;
  readonly bytes: Float64Array;
  readonly packets: Float64Array;
}

function gatherChunk({ home, bytes, packets }: Chunk, traffic: PlanTraffic, places: Uint32Array, count: number, homes: number): void {
  for (let n = 0; n < count; n++) {
    const p = places[n];
    home[n] = traffic.home[p] === NOWHERE ? homes - 1 : traffic.home[p];
    bytes[n] = traffic.bytes[p];
    packets[n] = traffic.packets[p];
  }
}

/** Hot path; guarded by `bench/plan.ts`. */
function countChunk(chunk: Chunk, count: number, { hash, reason }: FlowHashes, bins: Bins, homes: number): void {
  const { residues, flows, bytes, packets, openFlows, openBytes } = bins;
  const sevens = COMMON_RESIDUES * homes;
  const mask = residues - 1;
  for (let n = 0; n < count; n++) {
    const home = chunk.home[n];
    const weight = chunk.bytes[n];
    if (reason[n] !== 0) {
      openFlows[home]++;
      openBytes[home] += weight;
      bins.openPackets += chunk.packets[n];
      continue;
    }
    // Division by what the compiler knows is a multiplication; `| 0` tells it that the rest is a small whole number.
    const residue = residues === RESIDUES ? (hash[n] % COMMON_RESIDUES) | 0 : hash[n] & mask;
    const at = (residue * homes + home) | 0;
    flows[at]++;
    bytes[at] += weight;
    packets[residue] += chunk.packets[n];
    if (residues !== RESIDUES) continue;
    const seventh = (hash[n] % SEVEN) | 0;
    const atSeven = (sevens + seventh * homes + home) | 0;
    flows[atSeven]++;
    bytes[atSeven] += weight;
    packets[COMMON_RESIDUES + seventh] += chunk.packets[n];
  }
}

function outcomeOf(
  traffic: PlanTraffic,
  rule: PlanRule,
  layout: PlanLayout,
  bins: Bins | null,
  atHome: readonly FlowSum[],
): PlanOutcome | null {
  const homes = atHome.length;
  const { live, members } = layout;
  const count = live.length;
  if (bins === null || count === 0 || count > MAX_BINNED_MEMBERS) return null;
  const { selector } = rule.policy;
  const isOpen = selector === 'none' || selector === 'bucket-256';
  const slots = members.length;
  const bytes = new Float64Array(slots);
  const packets = new Float64Array(slots);
  if (count === 1) {
    // One link takes all, whatever the hash.
    bytes[live[0]] = traffic.totalBytes;
    packets[live[0]] = traffic.totalPackets;
    const uncertain = { packets: 0, bytes: 0 };
    return { packets, bytes, peaks: [], moved: movedToOne(atHome, members[live[0]]), mayMove: noFlows(), uncertain };
  }
  const open = isOpen ? atHome : atHome.map((_, home) => ({ flows: bins.openFlows[home], bytes: bins.openBytes[home] }));
  const { moved, mayMove } = splitOpen(open, layout);
  const uncertain = {
    packets: isOpen ? traffic.totalPackets : bins.openPackets,
    bytes: open.reduce((sum, at) => sum + at.bytes, 0),
  };
  if (!isOpen) {
    const [from, to] =
      bins.residues !== RESIDUES ? [0, bins.residues] : count === SEVEN ? [COMMON_RESIDUES, RESIDUES] : [0, COMMON_RESIDUES];
    for (let residue = from; residue < to; residue++) {
      const slot = live[selector === 'bucket-8' ? selectCiscoIndex(residue - from, count) : (residue - from) % count];
      packets[slot] += bins.packets[residue];
      for (let home = 0; home < homes; home++) {
        const at = residue * homes + home;
        bytes[slot] += bins.bytes[at];
        if (home === homes - 1 || members[slot] === home) continue;
        moved.flows += bins.flows[at];
        moved.bytes += bins.bytes[at];
      }
    }
  }
  for (const slot of live) {
    bytes[slot] += uncertain.bytes / count;
    packets[slot] += uncertain.packets / count;
  }
  return { packets, bytes, peaks: [], moved, mayMove, uncertain };
}

/** Off a lost member everything moves; what is open may move off the others. The last home is "none". */
function splitOpen(open: readonly FlowSum[], layout: PlanLayout): MoveSums {
  const works = workingMembers(layout);
  const moved = noFlows();
  const mayMove = noFlows();
  for (let home = 0; home < open.length - 1; home++) {
    const sum = works[home] === 0 ? moved : mayMove;
    sum.flows += open[home].flows;
    sum.bytes += open[home].bytes;
  }
  return { moved, mayMove };
}

function sumHomes({ home, bytes }: PlanTraffic, homes: number): FlowSum[] {
  const sums = Array.from({ length: homes }, noFlows);
  for (let p = 0; p < home.length; p++) {
    const sum = sums[home[p] === NOWHERE ? homes - 1 : home[p]];
    sum.flows++;
    sum.bytes += bytes[p];
  }
  return sums;
}

function movedToOne(atHome: readonly FlowSum[], member: number): FlowSum {
  const moved = noFlows();
  for (let home = 0; home < atHome.length - 1; home++) {
    if (home === member) continue;
    moved.flows += atHome[home].flows;
    moved.bytes += atHome[home].bytes;
  }
  return moved;
}
