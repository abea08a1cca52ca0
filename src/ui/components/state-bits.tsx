/** The state octet of a LACPDU as eight marked cells: A T G S C D F E, as tshark and switches write them. */
import { STATE_BIT_NAMES, type StateBitName } from '../../lacp/lacpdu.ts';

export const BIT_LETTERS = ['A', 'T', 'G', 'S', 'C', 'D', 'F', 'E'] as const;

export const BIT_TITLES: Record<StateBitName, readonly [set: string, clear: string]> = {
  activity: ['active: sends without being asked', 'passive: sends only when spoken to'],
  timeout: ['short timeout: wants a LACPDU each second', 'long timeout: wants a LACPDU every 30 s'],
  aggregation: ['may be aggregated', 'individual link'],
  synchronization: ['in sync: in the right aggregator', 'out of sync'],
  collecting: ['collecting: takes frames', 'not collecting'],
  distributing: ['distributing: sends frames', 'not distributing'],
  defaulted: ['defaulted: partner made up, none heard', 'partner heard'],
  expired: ['expired: the partner fell silent', 'not expired'],
};

/** Bits of a fault, and bits of a link that works; the others are settings. */
export function bitTone(bit: number): 'setting' | 'works' | 'fault' {
  return bit >= 6 ? 'fault' : bit >= 3 ? 'works' : 'setting';
}

export function formatState(state: number): string {
  return `0x${state.toString(16).padStart(2, '0')}`;
}

/** `differs`: bits to mark, those that the other end sees otherwise. */
export function StateBits({ state, differs = 0 }: { state: number; differs?: number }) {
  const names = STATE_BIT_NAMES.filter((_, bit) => (state & (1 << bit)) !== 0);
  return (
    <span class="bits" role="img" aria-label={`${formatState(state)}: ${names.join(', ') || 'no bit set'}`}>
      {STATE_BIT_NAMES.map((name, bit) => {
        const isSet = (state & (1 << bit)) !== 0;
        const marked = (differs & (1 << bit)) !== 0;
        return (
          <span
            key={name}
            class={`bit ${bitTone(bit)}${isSet ? ' set' : ''}${marked ? ' differs' : ''}`}
            title={`${name}: ${BIT_TITLES[name][isSet ? 0 : 1]}${marked ? '; the ends differ here' : ''}`}
          >
            {isSet ? BIT_LETTERS[bit] : '–'}
          </span>
        );
      })}
    </span>
  );
}
