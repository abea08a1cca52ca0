import type { LacpPort } from '../lacp/lacpdu.ts';
import { STATE_ACTIVITY, STATE_DEFAULTED, STATE_EXPIRED, STATE_TIMEOUT } from '../lacp/lacpdu.ts';
import type { PortHistory } from '../lacp/port-history.ts';
import type { MemberFacts, PortParameters } from '../state/state-facts.ts';
import type { DiagnoseContext, SideFacts } from './context.ts';
import { other, portOf, sideName } from './context.ts';
import { hexState } from './words.ts';

/** A state text says one thing of an end of the LAG, the captures show another. */
export interface Disagreement {
  readonly path: string;
  readonly side: 'a' | 'b';
  /** Null for the LAG as a whole. */
  readonly member: string | null;
  /** What they speak of, in the words of IEEE 802.1AX. */
  readonly what: string;
  readonly stated: string;
  readonly observed: string;
}

/** Frames on other members by which it is sure that the member named is not the active one. */
const LEAST_FRAMES = 50;

/**
 * What state texts say that the captures refute. A text has no time: it is refuted by what was never seen at any time of
 * the capture, so that a text taken before or after is not held against what changed meanwhile.
 */
export function findDisagreements(context: DiagnoseContext): Disagreement[] {
  return context.facts.flatMap((fact) => [
    ...ofLag(context, fact),
    ...fact.facts.members.flatMap((member, m) => ofMember(context, fact, member, fact.members[m])),
  ]);
}

type Teller = (what: string, stated: string | number | undefined, observed: readonly (string | number)[]) => void;

/** Collects what is stated and was never observed; nothing is said where nothing was observed. */
function teller(list: Disagreement[], fact: SideFacts, member: string | null): Teller {
  return (what, stated, observed) => {
    if (stated === undefined || observed.length === 0 || observed.some((value) => value === stated)) return;
    list.push({
      path: fact.path,
      side: sideName(fact.side) as 'a' | 'b',
      member,
      what,
      stated: String(stated),
      observed: [...new Set(observed)].slice(-4).join(', '),
    });
  };
}

function ofLag(context: DiagnoseContext, fact: SideFacts): Disagreement[] {
  const list: Disagreement[] = [];
  const tell = teller(list, fact, null);
  const { facts, side } = fact;
  const own = context.ports.filter((port) => port.side === side);
  const theirs = context.ports.filter((port) => port.side !== side);
  const isRunning = facts.configured !== true;
  if (isRunning) {
    tell(
      'system',
      nonZero(facts.system),
      announced(own, ({ system }) => system),
    );
    tell(
      'key',
      facts.actorKey,
      announced(own, ({ key }) => key),
    );
    tell('partner system', nonZero(facts.partnerSystem), [
      ...announced(theirs, ({ system }) => system),
      ...believed(own, ({ system }) => system),
    ]);
    tell('partner key', facts.partnerSystem === undefined || nonZero(facts.partnerSystem) === undefined ? undefined : facts.partnerKey, [
      ...announced(theirs, ({ key }) => key),
      ...believed(own, ({ key }) => key),
    ]);
  }
  if (facts.lacpRate !== undefined)
    tell(
      'LACP rate asked for',
      facts.lacpRate,
      announced(own, ({ state }) => ((state & STATE_TIMEOUT) === 0 ? 'slow' : 'fast')),
    );
  if (facts.lacpActive !== undefined && facts.lacpStatus !== 'off')
    tell(
      'LACP activity',
      facts.lacpActive ? 'active' : 'passive',
      announced(own, ({ state }) => ((state & STATE_ACTIVITY) === 0 ? 'passive' : 'active')),
    );
  if (
    facts.mode !== undefined &&
    !facts.mode.startsWith('ovs-') &&
    facts.mode !== '802.3ad' &&
    facts.mode !== 'static' &&
    own.some((port) => port.own.length > 0)
  )
    tell('mode', facts.mode, ['LACPDUs of this end']);
  const active = facts.activeMember === undefined ? -1 : fact.members[facts.members.findIndex(({ name }) => name === facts.activeMember)];
  const { memberPackets, packets } = context.directions[side];
  if (
    isRunning &&
    facts.mode?.includes('active-backup') === true &&
    active !== undefined &&
    active >= 0 &&
    memberPackets[active] === 0 &&
    packets >= LEAST_FRAMES
  )
    tell('active member', facts.activeMember, [context.members[memberPackets.indexOf(Math.max(...memberPackets))].name]);
  const { stated, policy } = context.directions[side];
  if (stated?.refuted === true && stated.path === fact.path && policy !== null) tell('hash policy', stated.policy, [policy]);
  return list;
}

function ofMember(context: DiagnoseContext, fact: SideFacts, member: MemberFacts, m: number): Disagreement[] {
  const list: Disagreement[] = [];
  if (m < 0) return list;
  const tell = teller(list, fact, context.members[m].name);
  const own = portOf(context, m, fact.side);
  const theirs = portOf(context, m, other(fact.side));
  if (own === null || own.link !== null || own.own.length === 0) return list;
  if (member.actor !== undefined) {
    compare(
      tell,
      '',
      member.actor,
      own.own.map((event) => event.pdu.actor),
    );
    // A timer may have moved the machine after the last LACPDU.
    const byTimer = own.stateSource === 'timer' && ((member.actor.state ?? 0) & (STATE_EXPIRED | STATE_DEFAULTED)) !== 0;
    if (!byTimer)
      tellState(
        tell,
        'state',
        member.actor.state,
        announced([own], ({ state }) => state),
      );
  }
  if (member.partner !== undefined && nonZero(member.partner.system) !== undefined) {
    const seen = [...own.own.map((event) => event.pdu.partner), ...(theirs?.own.map((event) => event.pdu.actor) ?? [])];
    compare(tell, 'partner ', member.partner, seen);
    tellState(
      tell,
      'partner state',
      member.partner.state,
      seen.map(({ state }) => state),
    );
  } else if (member.partner?.system !== undefined) {
    // No partner by the text: refuted by LACPDUs that name one from the first to the last.
    const partners = own.own.map((event) => event.pdu.partner.system);
    if (own.stateSource === 'pdu') tell('partner system', member.partner.system, partners);
  }
  return list;
}

function compare(tell: Teller, prefix: string, stated: PortParameters, seen: readonly LacpPort[]): void {
  tell(
    `${prefix}system`,
    nonZero(stated.system),
    seen.map(({ system }) => system),
  );
  tell(
    `${prefix}system priority`,
    stated.systemPriority,
    seen.map(({ systemPriority }) => systemPriority),
  );
  tell(
    `${prefix}key`,
    stated.key,
    seen.map(({ key }) => key),
  );
  tell(
    `${prefix}port`,
    stated.port,
    seen.map(({ port }) => port),
  );
  tell(
    `${prefix}port priority`,
    stated.portPriority,
    seen.map(({ portPriority }) => portPriority),
  );
}

function tellState(tell: Teller, what: string, stated: number | undefined, seen: readonly number[]): void {
  tell(what, stated === undefined ? undefined : hexState(stated), seen.map(hexState));
}

function announced<T extends string | number>(ports: readonly PortHistory[], of: (port: LacpPort) => T): T[] {
  return [...new Set(ports.flatMap((port) => port.own.map((event) => of(event.pdu.actor))))];
}

function believed<T extends string | number>(ports: readonly PortHistory[], of: (port: LacpPort) => T): T[] {
  return [...new Set(ports.flatMap((port) => port.own.map((event) => of(event.pdu.partner))))];
}

const ZERO = '00:00:00:00:00:00';

function nonZero(system: string | undefined): string | undefined {
  return system === ZERO ? undefined : system;
}
