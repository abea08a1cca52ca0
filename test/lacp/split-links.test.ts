import { describe, expect, it } from 'vitest';
import type { Lacpdu, LacpPort } from '../../src/lacp/lacpdu.ts';
import { findLinks } from '../../src/lacp/split-links.ts';

const NOBODY = '00:00:00:00:00:00';
type End = readonly [system: string, port: number];

const port = ([system, number]: End): LacpPort => ({
  systemPriority: 65535,
  system,
  systemNumber: 0,
  key: 15,
  portPriority: 255,
  port: number,
  state: 0x3d,
});

/** What one end says of itself and of the other; the address is that of the port, or of `mac`. */
function says(actor: End, partner: End = [NOBODY, 0], mac = actor.join()): Lacpdu {
  return {
    kind: 'lacpdu',
    complete: true,
    srcMac: mac,
    tagged: false,
    version: 1,
    actor: port(actor),
    partner: port(partner),
    collectorMaxDelay: 0,
    tlvs: [],
    malformed: null,
  };
}

/** The two ends of a link, one after the other. */
const talk = (a: End, b: End): Lacpdu[] => [says(a, b), says(b, a)];
const times = (count: number, ...pdus: readonly Lacpdu[]): Lacpdu[] => Array.from({ length: count }, () => pdus).flat();

describe('links in one capture', () => {
  it('are one where two ports speak, also to nobody', () => {
    expect(findLinks(times(5, ...talk(['A', 1], ['B', 7]))).count).toBe(1);
    expect(findLinks(times(5, says(['A', 1]), says(['B', 7]))).count).toBe(1);
    expect(findLinks([]).count).toBe(1);
  });

  it('are as many as ports of one system take turns, with or without a partner', () => {
    const [first, second] = [talk(['A', 1], ['B', 7]), talk(['A', 2], ['B', 8])];
    const links = findLinks(times(3, ...first, ...second));
    expect(links.count).toBe(2);
    expect(first.map((pdu) => links.of(pdu))).toEqual([0, 0]);
    expect(second.map((pdu) => links.of(pdu))).toEqual([1, 1]);
    expect(findLinks(times(3, says(['A', 1]), says(['A', 2]))).count).toBe(2);
    // Different partners: the far ends of the same system's ports.
    expect(findLinks(times(3, ...talk(['A', 1], ['B', 7]), ...talk(['A', 2], ['C', 7]))).count).toBe(2);
  });

  it('stay one where a port takes another number or system, or a third system is heard', () => {
    const again = [...times(9, ...talk(['A', 1], ['B', 7])), ...times(9, ...talk(['A', 3], ['B', 7]))];
    expect(findLinks(again).count).toBe(1);
    const anew = [...times(9, ...talk(['A', 1], ['B', 7])), ...times(9, ...talk(['X', 1], ['Y', 7]))];
    expect(findLinks(anew).count).toBe(1);
    expect(findLinks(times(9, ...talk(['A', 1], ['B', 7]), says(['C', 5]))).count).toBe(1);
  });

  it('keep a port that comes back under another number', () => {
    const mac = 'nic';
    const before = [says(['A', 1], ['B', 7], mac), says(['B', 7], ['A', 1])];
    const after = [says(['A', 3], ['B', 9], mac), says(['B', 9], ['A', 3])];
    const other = talk(['A', 2], ['B', 8]);
    const links = findLinks([...times(4, ...before, ...other), ...times(4, ...after, ...other)]);
    expect(links.count).toBe(2);
    expect(links.of(after[0])).toBe(links.of(before[0]));
  });
});
