import type { Draft } from './importer.ts';
import type { LagFacts, MemberFacts } from './state-facts.ts';

export type DraftLag = Draft<Omit<LagFacts, 'members'>> & { members: Draft<MemberFacts>[] };

/** Members of LAGs by name, for texts whose rows tell of one member several times. */
export class MemberIndex {
  readonly #byName = new WeakMap<DraftLag, Map<string, Draft<MemberFacts>>>();

  /** The member of that name, added to the LAG where it is new. */
  member(lag: DraftLag, name: string): Draft<MemberFacts> {
    let names = this.#byName.get(lag);
    if (names === undefined) {
      names = new Map();
      this.#byName.set(lag, names);
    }
    let member = names.get(name);
    if (member === undefined) {
      member = { name };
      names.set(name, member);
      lag.members.push(member);
    }
    return member;
  }
}
