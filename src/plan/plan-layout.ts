/** The links of a scenario in hash order: `members[slot]` is the LAG's member, -1 for one that does not exist yet. */
export interface PlanLayout {
  readonly members: readonly number[];
  readonly failed: readonly boolean[];
  /** Slots that did not fail, in hash order: index i of a selector is slot `live[i]`. */
  readonly live: readonly number[];
}

export function layOut(members: readonly number[], isFailed: (slot: number) => boolean): PlanLayout {
  const failed = members.map((_, slot) => isFailed(slot));
  return { members, failed, live: members.map((_, slot) => slot).filter((slot) => !failed[slot]) };
}
