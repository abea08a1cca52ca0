import { describe, expect, it } from 'vitest';
import { slbHighWord, slbLowWord } from '../../src/hash/ovs-balance-slb.ts';
import { basisOfShift, TOLD_SHIFT, slbBuckets, SLB_WORDS, TCP_WORDS, tcpBuckets } from '../../src/hash/ovs-basis.ts';
import { crcShift } from '../../src/hash/ovs-arithmetic.ts';
import { hashPacket, inputOf, PACKETS } from '../support/hash-packets.ts';

const BASES = [0, 1, 99, 12_345, 777_777, 2_000_000_000, 0x7fff_ffff];
const packets = Object.values(PACKETS);
const context = { variant: 'portable', basis: 0, memberCount: 0 };

function word(policy: typeof slbLowWord, packet: (typeof packets)[number]): number {
  const out = { hash: new Uint32Array(1), reason: new Uint8Array(1) };
  policy.hash(inputOf(packet), context, out);
  return out.hash[0];
}

describe('buckets turned to the basis are those of the policies', () => {
  for (const family of ['portable', 'crc'] as const) {
    it(`balance-tcp, ${family}`, () => {
      const tuples = Uint32Array.from(packets, (packet) => hashPacket(packet, 'ovs-balance-tcp', `${family}/lb-output`).hash);
      const bucketsOf = tcpBuckets(family, tuples);
      const found = new Uint8Array(packets.length);
      for (const basis of BASES) {
        bucketsOf(basis, 0, packets.length, found);
        expect([...found]).toEqual(packets.map((packet) => hashPacket(packet, 'ovs-balance-tcp', family, basis).hash & 255));
      }
    });

    it(`balance-slb, ${family}`, () => {
      const low = Uint32Array.from(packets, (packet) => word(slbLowWord, packet));
      const high = Uint32Array.from(packets, (packet) => word(slbHighWord, packet));
      const found = new Uint8Array(packets.length);
      for (const basis of BASES) {
        slbBuckets(family, low, high)(basis, 0, packets.length, found);
        expect([...found]).toEqual(packets.map((packet) => hashPacket(packet, 'ovs-balance-slb', family, basis).hash & 255));
      }
    });
  }

  it('finds a basis that gives the same buckets from the low bits of its shift', () => {
    for (const basis of BASES)
      for (const words of [TCP_WORDS, SLB_WORDS]) {
        const low = (crcShift(basis, words) >>> 0) % TOLD_SHIFT;
        const found = basisOfShift(low, words, 0x7fff_ffff);
        expect(found).toBeLessThanOrEqual(basis);
        expect((crcShift(found, words) >>> 0) % TOLD_SHIFT).toBe(low);
      }
  });
});
