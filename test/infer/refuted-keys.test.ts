import { describe, expect, it } from 'vitest';
import { wholeKey } from '../../src/infer/learned/field-masks.ts';
import { keyFields, type KeyFieldId } from '../../src/infer/learned/key-fields.ts';
import { createRefuter } from '../../src/infer/learned/refuted-keys.ts';
import { createTraffic, fieldsOf, seeded } from '../support/generated-switch.ts';
import { rowsOfPackets } from './learned-support.ts';

/** Members by source and destination address, but for a share of the flows. */
function refuterOf(noise: number): (...ids: KeyFieldId[]) => boolean {
  const random = seeded(5);
  const flows = Array.from({ length: 500 }, createTraffic(random, 'hosts'));
  const members = new Map<string, number>();
  const placed = flows.map(({ src, dst }) => {
    const pair = `${src} ${dst}`;
    if (!members.has(pair)) members.set(pair, Math.floor(random() * 4));
    return random() < noise ? Math.floor(random() * 4) : (members.get(pair) ?? 0);
  });
  const rows = rowsOfPackets(flows.map(fieldsOf), placed, 4);
  const list = Uint32Array.from(flows, (_, n) => n);
  const fields = keyFields(rows, list);
  const isRefuted = createRefuter(rows, list);
  return (...ids) => {
    const key = ids.flatMap((id) => fields.get(id) ?? []);
    return isRefuted({ key, masks: wholeKey(key) });
  };
}

describe('keys that rows refute', () => {
  it('are those without a field that decides', () => {
    const isRefuted = refuterOf(0);
    expect(isRefuted('src')).toBe(true);
    expect(isRefuted('dst', 'protocol')).toBe(true);
    expect(isRefuted('srcMac', 'dstMac', 'vlan')).toBe(true);
    expect(isRefuted('src', 'dst')).toBe(false);
    expect(isRefuted('dst', 'src')).toBe(false);
    expect(isRefuted('src', 'dst', 'srcPort', 'dstPort')).toBe(false);
  });

  it('are the same where a few flows are elsewhere', () => {
    const isRefuted = refuterOf(0.02);
    expect(isRefuted('src')).toBe(true);
    expect(isRefuted('src', 'dst')).toBe(false);
  });
});
