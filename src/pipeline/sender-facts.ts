import { parseMac } from '../flows/mac.ts';
import type { Sides } from '../flows/direct-flows.ts';
import type { LagFacts, MemberFacts, StateFacts } from '../state/state-facts.ts';
import { isOfOthers } from './assemble-lags.ts';
import type { LagPlan } from './assemble-lags.ts';

/** A state text, with the path it came from. */
export interface StateText {
  readonly path: string;
  readonly facts: StateFacts;
}

/** What a state text says about one end of a LAG. */
export interface SenderFacts {
  readonly path: string;
  readonly facts: LagFacts;
  readonly kernel: string | null;
  readonly side: 0 | 1;
  /** LAG member index of each of the text's members, -1 where none fits; same order as `facts.members`. */
  readonly members: readonly number[];
}

/** Addresses of one end as a state text gives them: candidates for the colouring of MAC addresses. */
export function sideMacs(lag: LagFacts): number[] {
  const texts = [lag.mac, lag.system, ...lag.members.flatMap((m) => [m.permanentMac, m.mac]), ...lag.members.map((m) => m.actor?.system)];
  const macs = texts.map((text) => (text === undefined ? null : parseMac(text))).filter((mac): mac is number => mac !== null && mac !== 0);
  return [...new Set(macs)];
}

/** Finds the end of this LAG that each state text describes, if any. */
export function matchSenderFacts(texts: readonly StateText[], plan: LagPlan, sides: Sides): SenderFacts[] {
  const ends = plan.members.flatMap((member) => member.ends);
  return texts.flatMap(({ path, facts }) =>
    facts.lags.flatMap((lag): SenderFacts[] => {
      const members = lag.members.map((m) => findMember(m, plan, lag));
      const side = findSide(lag, plan, sides, members);
      // The addresses of a bond further on are those of stations here: where LACPDUs name the ends, it is none of them.
      const isElsewhere = !namesSide(lag, sides) || isOfOthers(lag, ends);
      if (side === null || (lag.members.length > 0 && members.every((m) => m < 0) && isElsewhere)) return [];
      return [{ path, facts: lag, kernel: facts.kernel ?? null, side, members }];
    }),
  );
}

/** By permanent MAC (source of the LACPDUs), with the actor port where addresses are double; by LACP system and port; else by name. */
function findMember(member: MemberFacts, plan: LagPlan, lag: LagFacts): number {
  const ports = (i: number, system: string): number[] =>
    plan.members[i].ends.filter((end) => end.system === system).flatMap((end) => end.runs.map((run) => run.pdu.actor.port));
  for (const mac of [member.permanentMac, member.mac]) {
    if (mac === undefined) continue;
    const fitting = plan.members.flatMap((m, i) => {
      const end = m.ends.find((e) => e.srcMacs.includes(mac));
      return end === undefined ? [] : [{ i, port: end.runs[end.runs.length - 1].pdu.actor.port }];
    });
    // teamd prints the team's own address for every port.
    const isItsOwn = lag.members.filter((other) => other.permanentMac === mac || other.mac === mac).length === 1;
    if (fitting.length === 1 && isItsOwn) return fitting[0].i;
    const byPort = fitting.filter((f) => f.port === member.actor?.port);
    if (byPort.length === 1) return byPort[0].i;
  }
  const { system, port } = member.actor ?? {};
  if (system !== undefined && port !== undefined) {
    const byPort = plan.members.map((_, i) => i).filter((i) => ports(i, system).includes(port));
    if (byPort.length === 1) return byPort[0];
  }
  return plan.members.findIndex((m) => m.name === member.name);
}

function namesSide(lag: LagFacts, sides: Sides): boolean {
  return sideMacs(lag).some((mac) => sides.sideOf(mac) !== -1);
}

function findSide(lag: LagFacts, plan: LagPlan, sides: Sides, members: readonly number[]): 0 | 1 | null {
  const votes = [0, 0];
  for (const m of lag.members) {
    const mac = m.permanentMac === undefined ? null : parseMac(m.permanentMac);
    const isPduSource = plan.members.some((p) => p.ends.some((e) => m.permanentMac !== undefined && e.srcMacs.includes(m.permanentMac)));
    const side = mac === null ? -1 : sides.sideOf(mac);
    if (side !== -1) votes[side] += isPduSource ? 4 : 1;
    for (const text of [m.mac, m.actor?.system]) {
      const known = text === undefined || !isLacpAddress(text, plan) ? null : parseMac(text);
      const its = known === null ? -1 : sides.sideOf(known);
      if (its !== -1) votes[its] += 4;
    }
  }
  for (const text of [lag.mac, lag.system]) {
    const mac = text === undefined ? null : parseMac(text);
    const side = mac === null || mac === 0 ? -1 : sides.sideOf(mac);
    if (side !== -1) votes[side] += 2;
  }
  if (votes[0] !== votes[1]) return votes[0] > votes[1] ? 0 : 1;
  // Names of interfaces are those of the end that captured: side a where that is known. Those of another host may be the same.
  const ends = plan.members.flatMap((member) => member.ends);
  return members.some((m) => m >= 0) && !isOfOthers(lag, ends) ? 0 : null;
}

/** LACPDUs were sent from the address, or by the system of that name. */
function isLacpAddress(mac: string, plan: LagPlan): boolean {
  return plan.members.some((member) => member.ends.some((end) => end.system === mac || end.srcMacs.includes(mac)));
}
