import { fragment } from '../store/fragment.ts';
import { lag } from '../store/analysis-store.ts';

/** Colours of the palette; from the ninth member on they come again, hatched. */
export const MEMBER_COLORS = 8;

export function memberIndex(name: string | null): number {
  return lag.value?.members.findIndex((member) => member.name === name) ?? -1;
}

/** The member's colour, everywhere the same: by its place in the LAG. */
export function memberColor(index: number): string {
  return index < 0 ? 'var(--line-strong)' : `var(--member-${index % MEMBER_COLORS})`;
}

/** For text on the member's colour. */
export function onMemberColor(index: number): string {
  return index < 0 ? '#000' : `var(--on-member-${index % MEMBER_COLORS})`;
}

export function memberHatched(index: number): boolean {
  return index >= MEMBER_COLORS;
}

export function Swatch({ index }: { index: number }) {
  return <span class={memberHatched(index) ? 'swatch hatched' : 'swatch'} style={{ '--swatch': memberColor(index) }} aria-hidden="true" />;
}

export function MemberLabel({ name }: { name: string | null }) {
  if (name === null) return <span class="muted">–</span>;
  return (
    <span class="member">
      <Swatch index={memberIndex(name)} />
      {name}
    </span>
  );
}

/** A member to choose: marked in every chart and list. */
export function MemberButton({ name }: { name: string }) {
  return (
    <button
      type="button"
      class="member"
      aria-pressed={fragment.member.value === name}
      title={fragment.member.value === name ? `Stop marking ${name}` : `Mark ${name} everywhere`}
      onClick={() => toggleMember(name)}
    >
      <Swatch index={memberIndex(name)} />
      {name}
    </button>
  );
}

export function toggleMember(name: string): void {
  fragment.member.value = fragment.member.peek() === name ? '' : name;
}
