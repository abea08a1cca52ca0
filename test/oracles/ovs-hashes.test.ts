/** The 32-bit hashes that a running Open vSwitch printed for real packets (../shared/captures/ovs). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FlowFieldsInput } from '../../src/flows/flow-fields.ts';
import { hashPacket, hex } from '../support/hash-packets.ts';

const root = new URL('../../../shared/captures/ovs/', import.meta.url);

interface Vector {
  readonly packet: string;
  readonly basis: number;
  readonly rss: string;
  readonly dp_hash: string;
  readonly bucket: number;
}

const MACS = { srcMac: '02:00:00:00:00:01', dstMac: '02:00:00:00:00:02' };

/** `10.0.0.1 10.0.0.2 proto 6 ports 1 2 frag=first after next header 44`, `ARP a b op 1`, `ethertype 0x88b5`. */
function fieldsOf(packet: string): FlowFieldsInput | null {
  const arp = /^ARP (\S+) (\S+) op (\d+)$/.exec(packet);
  if (arp !== null) return { ...MACS, protocol: 'arp', src: arp[1], dst: arp[2], arpOpcode: Number(arp[3]) };
  const etherType = /^ethertype (0x[0-9a-f]+)/.exec(packet);
  // Two tags: the second TPID is what the switch calls the EtherType.
  if (etherType !== null)
    return etherType[1] === '0x8100' ? { ...MACS, etherType: 0x0800, vlans: [1, 2] } : { ...MACS, etherType: etherType[1] };
  const ip =
    /^(\S+) (\S+) proto (\d+)(?: ports (\d+) (\d+))?(?: type (\d+) code (\d+))?\s*(?:frag=(\w+))?(?: ?after next header (\d+))?$/.exec(
      packet,
    );
  if (ip === null) return null;
  const protocol = Number(ip[3]);
  return {
    ...MACS,
    src: ip[1],
    dst: ip[2],
    protocol,
    ...(ip[4] === undefined ? {} : { srcPort: Number(ip[4]), dstPort: Number(ip[5]) }),
    ...(ip[6] === undefined ? {} : { icmp: { type: Number(ip[6]), code: Number(ip[7]), id: 1 } }),
    ...(ip[8] === undefined ? {} : { fragment: ip[8] }),
    ...(ip[9] === undefined ? {} : { nextHeader: Number(ip[9]) }),
  };
}

const runs = existsSync(root) ? readdirSync(root) : [];

describe.skipIf(runs.length === 0)('hashes printed by Open vSwitch 3.1.0 (../shared/captures/ovs)', () => {
  for (const run of runs) {
    for (const side of ['host', 'switch']) {
      const file = new URL(`${run}/vectors.${side}.json`, root);
      if (!existsSync(file)) continue;
      const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vector[];
      const family = run.startsWith('crc') ? 'crc' : 'portable';
      it(`${run} ${side}: ${vectors.length} hashes`, () => {
        const differing: string[] = [];
        for (const { packet, basis, rss, dp_hash } of vectors) {
          const fields = fieldsOf(packet);
          if (fields === null) {
            if (!packet.startsWith('ethertype')) differing.push(`not understood: ${packet}`);
            continue;
          }
          const plain = hex(hashPacket(fields, 'ovs-balance-tcp', `${family}/lb-output`, basis).hash);
          const full = hex(hashPacket(fields, 'ovs-balance-tcp', family, basis).hash);
          if (plain !== rss || full !== dp_hash) differing.push(`${packet}: ${plain} ${full}, printed ${rss} ${dp_hash}`);
        }
        expect(differing).toEqual([]);
      });
    }
  }
});
