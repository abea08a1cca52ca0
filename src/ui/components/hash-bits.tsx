/** The packet's bits: which of them the chosen policy reads, and which move the packet to another member when turned. */
import { useRef } from 'preact/hooks';
import type { Exploration } from '../../plan/explore.ts';
import { BIT_CHANGES_HASH, BIT_IMPOSSIBLE, BIT_MOVES, BIT_UNREAD } from '../../plan/explore.ts';
import type { PacketBits } from '../../flows/packet-bits.ts';
import { countNoun } from '../../report/quantity.ts';
import { turnPacketBit } from '../store/explorer-store.ts';

const EFFECT_WORDS: Readonly<Record<number, string>> = {
  [BIT_IMPOSSIBLE]: 'the packet could not be sent with it turned',
  [BIT_UNREAD]: 'does not enter the hash',
  [BIT_CHANGES_HASH]: 'changes the hash, not the choice',
  [BIT_MOVES]: 'moves the packet when turned',
};
const EFFECT_CLASSES: Readonly<Record<number, string>> = {
  [BIT_IMPOSSIBLE]: 'packet-bit impossible',
  [BIT_UNREAD]: 'packet-bit',
  [BIT_CHANGES_HASH]: 'packet-bit read',
  [BIT_MOVES]: 'packet-bit moves',
};

/** Bits that an arrow key goes on. */
const ARROW_STEPS: Readonly<Record<string, number | undefined>> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 16, ArrowUp: -16 };

export function HashBits({ exploration, policy }: { exploration: Exploration; policy: number }) {
  const grid = useRef<HTMLDivElement>(null);
  const effects = exploration.policies[policy]?.effects;
  if (effects === undefined) return null;
  let at = 0;
  const rows = exploration.fields.map((field) => {
    const from = at;
    at += field.bits.length;
    return <FieldRow key={field.path} field={field} effects={effects.subarray(from, at)} isFirst={from === 0} />;
  });
  return (
    <div ref={grid} class="bit-rows" data-testid="packet-bits" onKeyDown={(event) => moveFocus(event, grid.current)}>
      {rows}
    </div>
  );
}

function FieldRow({ field, effects, isFirst }: { field: PacketBits; effects: Uint8Array; isFirst: boolean }) {
  const read = effects.filter((effect) => effect === BIT_CHANGES_HASH || effect === BIT_MOVES).length;
  const moves = effects.filter((effect) => effect === BIT_MOVES).length;
  return (
    <div class={read === 0 ? 'bit-row unread' : 'bit-row'}>
      <div class="bit-label">
        <span>{field.label}</span> <code>{field.text}</code>
      </div>
      <div class="bytes" role="group" aria-label={field.label}>
        {bytesOf(field.bits).map(({ from, bits }) => (
          <span key={from} class="byte">
            <span class="byte-hex" aria-hidden="true">
              {Number.parseInt(bits, 2)
                .toString(16)
                .padStart(Math.ceil(bits.length / 4), '0')}
            </span>
            <span class="byte-bits">
              {Array.from(bits, (value, i) => {
                const bit = from + i;
                const label = `${field.label}, bit ${field.bits.length - 1 - bit}`;
                return (
                  <button
                    key={bit}
                    type="button"
                    class={EFFECT_CLASSES[effects[bit]]}
                    tabIndex={isFirst && bit === 0 ? 0 : -1}
                    disabled={effects[bit] === BIT_IMPOSSIBLE}
                    title={`${label}: ${EFFECT_WORDS[effects[bit]]}`}
                    aria-label={`${label} is ${value}, ${EFFECT_WORDS[effects[bit]]}`}
                    data-bit={`${field.path}:${bit}`}
                    onClick={() => turnPacketBit(field.path, label, bit)}
                  >
                    {value}
                  </button>
                );
              })}
            </span>
          </span>
        ))}
      </div>
      <div class="bit-count muted">{read === 0 ? 'not read' : `${countNoun(read, 'bit')} read, ${moves} move it`}</div>
    </div>
  );
}

/** Bytes of a field, most significant first; a field of 20 bits begins with half a byte. */
function bytesOf(bits: string): { from: number; bits: string }[] {
  const bytes: { from: number; bits: string }[] = [];
  const head = bits.length % 8;
  if (head > 0) bytes.push({ from: 0, bits: bits.slice(0, head) });
  for (let from = head; from < bits.length; from += 8) bytes.push({ from, bits: bits.slice(from, from + 8) });
  return bytes;
}

/** Arrow keys walk over the bits: one stop of the tab key is enough for hundreds of them. */
function moveFocus(event: KeyboardEvent, grid: HTMLDivElement | null): void {
  const step = ARROW_STEPS[event.key];
  if (step === undefined || grid === null) return;
  const bits = [...grid.querySelectorAll<HTMLButtonElement>('button:not([disabled])')];
  const here = bits.indexOf(document.activeElement as HTMLButtonElement);
  const next = bits[Math.min(bits.length - 1, Math.max(0, here + step))];
  if (here < 0 || next === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  for (const bit of bits) bit.tabIndex = bit === next ? 0 : -1;
  next.focus();
}

export function BitLegend() {
  return (
    <ul class="legend marks bit-legend">
      {[BIT_MOVES, BIT_CHANGES_HASH, BIT_UNREAD].map((effect) => (
        <li key={effect}>
          <span class={EFFECT_CLASSES[effect]} aria-hidden="true">
            1
          </span>
          {EFFECT_WORDS[effect]}
        </li>
      ))}
    </ul>
  );
}
