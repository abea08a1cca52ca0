import { NOWHERE } from './plan-traffic.ts';
import type { PlanTraffic } from './plan-traffic.ts';
import type { PlanLayout } from './plan-layout.ts';

/** Flows and their bytes. */
export interface FlowSum {
  flows: number;
  bytes: number;
}

export function noFlows(): FlowSum {
  return { flows: 0, bytes: 0 };
}

/** What leaves its member for certain, and what may since nobody can tell where it goes. */
export interface MoveSums {
  readonly moved: FlowSum;
  readonly mayMove: FlowSum;
}

/** By place: the member that a flow leaves for certain, and the bytes that would have gone elsewhere. */
export interface FlowMoves extends MoveSums {
  /** NOWHERE where it stays, or may stay. */
  readonly from: Uint8Array;
  readonly bytes: Float64Array;
}

/** 1 for each member of the LAG that still works in a layout. */
export function workingMembers({ members, live }: PlanLayout): Uint8Array {
  const works = new Uint8Array(256);
  for (const slot of live) if (members[slot] >= 0) works[members[slot]] = 1;
  return works;
}

/** What is open (NOWHERE in `slots`): off a member that is lost it moves for certain, else it may. Flows of no member are neither. */
export function sumOpenMoves({ home, bytes }: PlanTraffic, layout: PlanLayout, slots: Uint8Array): MoveSums {
  const works = workingMembers(layout);
  const moved = noFlows();
  const mayMove = noFlows();
  for (let p = 0; p < slots.length; p++) {
    if (slots[p] !== NOWHERE || home[p] === NOWHERE) continue;
    const sum = works[home[p]] === 0 ? moved : mayMove;
    sum.flows++;
    sum.bytes += bytes[p];
  }
  return { moved, mayMove };
}

/**
 * The moves of a scenario, flow by flow. A flow moves if any part of it was elsewhere than where the scenario puts it.
 * `holder`: the member that holds each flow by a table that is in use, NOWHERE where that is not known: by it a flow moves
 * from where it is now, whatever carried it before the table changed.
 */
export function findMoves(traffic: PlanTraffic, layout: PlanLayout, slots: Uint8Array, holder: Uint8Array | null): FlowMoves {
  const { list, slices, home } = traffic;
  const bytes = new Float64Array(list.length);
  const from = new Uint8Array(list.length).fill(NOWHERE);
  const works = workingMembers(layout);
  const mayMove = noFlows();
  for (let p = 0; p < list.length; p++) {
    const at = holder !== null && holder[p] !== NOWHERE ? holder[p] : home[p];
    if (at === NOWHERE) continue;
    const isOpen = slots[p] === NOWHERE;
    if (isOpen && works[at] === 1) {
      mayMove.flows++;
      mayMove.bytes += traffic.bytes[p];
    } else if (isOpen || (holder !== null && holder[p] !== NOWHERE && layout.members[slots[p]] !== at)) {
      from[p] = at;
      bytes[p] = traffic.bytes[p];
    }
  }
  for (let s = 0; s < slices.count; s++) {
    const p = slices.place[s];
    const seen = slices.member[s];
    if (slots[p] === NOWHERE || seen === NOWHERE || (holder !== null && holder[p] !== NOWHERE) || layout.members[slots[p]] === seen)
      continue;
    bytes[p] += slices.bytes[s];
    if (from[p] !== home[p]) from[p] = seen;
  }
  const moved = noFlows();
  for (let p = 0; p < list.length; p++) {
    if (from[p] === NOWHERE) continue;
    moved.flows++;
    moved.bytes += bytes[p];
  }
  return { from, bytes, moved, mayMove };
}
