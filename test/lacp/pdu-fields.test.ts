import { describe, expect, it } from 'vitest';
import { LINKTYPE_ETHERNET } from '../../src/decoder/link-types.ts';
import { describePduFields } from '../../src/lacp/pdu-fields.ts';
import { lacpdu, NOBODY } from '../support/lacp-frames.ts';

const actor = { system: '02:00:00:00:00:01', state: 0x3d, key: 7, port: 3 };

/** Label and value of every field, headings aside. */
function values(frame: Uint8Array): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { label, value, group } of describePduFields(frame, LINKTYPE_ETHERNET)) if (!group) (found[label] ??= []).push(value);
  return found;
}

describe('the fields of a LACPDU with their places', () => {
  it('names what the standard puts where', () => {
    const frame = lacpdu({ srcMac: '02:00:00:00:00:09', actor, partner: NOBODY });
    const fields = values(frame);
    expect(fields.Source).toEqual(['02:00:00:00:00:09']);
    expect(fields.System).toEqual(['02:00:00:00:00:01', '00:00:00:00:00:00']);
    expect(fields.Key).toEqual(['7', '0']);
    expect(fields.Port).toEqual(['3', '0']);
    expect(fields.State).toEqual(['0x3d activity, aggregation, synchronization, collecting, distributing', '0x00']);
  });

  it('covers every byte of a whole frame once', () => {
    const frame = lacpdu({ srcMac: '02:00:00:00:00:09', actor, partner: NOBODY, vlan: 5 });
    const covered = new Uint8Array(frame.length);
    for (const { offsetBytes, lengthBytes, group } of describePduFields(frame, LINKTYPE_ETHERNET)) {
      const length = group ? 2 : lengthBytes;
      for (let i = offsetBytes; i < offsetBytes + length; i++) covered[i]++;
    }
    expect([...covered].every((count) => count === 1)).toBe(true);
  });

  it('reads no byte beyond the capture, wherever it is cut', () => {
    const frame = lacpdu({ srcMac: '02:00:00:00:00:09', actor, partner: NOBODY });
    for (let length = 0; length < frame.length; length++) {
      for (const { offsetBytes, lengthBytes } of describePduFields(frame.subarray(0, length), LINKTYPE_ETHERNET)) {
        expect(offsetBytes + lengthBytes).toBeLessThanOrEqual(length);
      }
    }
  });

  it('stops at a TLV that is shorter than its own head', () => {
    const frame = lacpdu({ srcMac: '02:00:00:00:00:09', actor, partner: NOBODY, actorLength: 1 });
    expect(describePduFields(frame, LINKTYPE_ETHERNET).at(-1)?.value).toContain('less than its own type and length');
  });
});
