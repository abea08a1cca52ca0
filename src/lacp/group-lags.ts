import type { PduRun } from './pdu-log.ts';

/** One end of a link as its LACPDUs name it: an actor system with the keys and ports it announced there. */
export interface LinkEnd {
  readonly system: string;
  readonly systemPriority: number;
  /** Keys announced, newest last. */
  readonly keys: readonly number[];
  /** Source MAC addresses of the PDUs. */
  readonly srcMacs: readonly string[];
  readonly runs: readonly PduRun[];
  /** True if this end was once in sync, collecting and distributing. */
  readonly everUp: boolean;
}

const UP_BITS = 0x38;

/** The ends heard on one link, in order of first PDU. Two on a healthy link. */
export function linkEnds(runs: readonly PduRun[]): LinkEnd[] {
  const bySystem = new Map<string, PduRun[]>();
  for (const run of runs) {
    if (run.pdu.malformed !== null) continue;
    const list = bySystem.get(run.pdu.actor.system);
    if (list === undefined) bySystem.set(run.pdu.actor.system, [run]);
    else list.push(run);
  }
  return [...bySystem].map(([system, list]) => ({
    system,
    systemPriority: list[list.length - 1].pdu.actor.systemPriority,
    keys: [...new Set(list.map((run) => run.pdu.actor.key))],
    srcMacs: [...new Set(list.map((run) => run.pdu.srcMac))],
    runs: list,
    everUp: list.some((run) => (run.pdu.actor.state & UP_BITS) === UP_BITS),
  }));
}

/**
 * Which links form one LAG, from LACPDUs alone. `links[i]` are the ends of link i; returns a group number per link,
 * -1 for links without LACPDUs. Two links belong together
 *  - when an end of both is the same system with the same key (its owner aggregates them; a partner that differs is a
 *    fault within this LAG: miswired, or two channel groups), or
 *  - when both ends are the same two systems with other keys and at least one of the links never came up (members of
 *    different speed): two LAGs that both work between the same two systems stay apart.
 */
export function groupLinks(links: readonly (readonly LinkEnd[])[]): number[] {
  const parent = links.map((_, i) => i);
  const find = (i: number): number => (parent[i] === i ? i : (parent[i] = find(parent[i])));
  for (let i = 0; i < links.length; i++) {
    for (let j = 0; j < i; j++) {
      if (links[i].length > 0 && links[j].length > 0 && belongTogether(links[i], links[j])) parent[find(i)] = find(j);
    }
  }
  const groups = new Map<number, number>();
  return links.map((ends, i) => {
    if (ends.length === 0) return -1;
    const root = find(i);
    const known = groups.get(root);
    if (known !== undefined) return known;
    groups.set(root, groups.size);
    return groups.size - 1;
  });
}

function belongTogether(a: readonly LinkEnd[], b: readonly LinkEnd[]): boolean {
  const shared = a.flatMap((x) => b.filter((y) => x.system === y.system).map((y) => ({ x, y })));
  if (shared.some(({ x, y }) => x.keys.some((key) => y.keys.includes(key)))) return true;
  return shared.length >= 2 && !(isUp(a) && isUp(b));
}

function isUp(ends: readonly LinkEnd[]): boolean {
  return ends.length >= 2 && ends.every((end) => end.everUp);
}
