import type { GeneratedFlow } from './generated-switch.ts';
import { buildPcapHeader, buildPcapRecord, concatBytes } from './capture-builder.ts';

/** One capture per member from flows with the member that each takes: `packets` frames a flow, spread over the time. */
export function capturesOf(
  flows: readonly { readonly flow: GeneratedFlow; readonly member: number }[],
  members: number,
  packets = 3,
): Uint8Array<ArrayBuffer>[] {
  const records: Uint8Array[][] = Array.from({ length: members }, () => []);
  const seconds = 1_700_000_000;
  for (let round = 0; round < packets; round++) {
    flows.forEach(({ flow, member }, i) => {
      const ms = round * 2000 + Math.floor((i * 2000) / flows.length);
      const fraction = (ms % 1000) * 1000 + (i % 1000);
      records[member].push(buildPcapRecord({ seconds: seconds + Math.floor(ms / 1000), fraction, data: frameOf(flow) }));
    });
  }
  return records.map((list) => concatBytes(buildPcapHeader(), ...list));
}

/** Ethernet, one tag where the flow has one (0: none), IPv4, and eight bytes of L4 followed by zeros up to a TCP header. */
export function frameOf(flow: GeneratedFlow): Uint8Array<ArrayBuffer> {
  const mac = (text: string): number[] => text.split(':').map((byte) => Number.parseInt(byte, 16));
  const word = (value: number): number[] => [value >> 8, value & 0xff];
  const tag = flow.vlan === 0 ? [] : [0x81, 0x00, ...word(flow.vlan)];
  const l4 = [...word(flow.srcPort), ...word(flow.dstPort), ...(flow.protocol === 17 ? word(20) : [0, 0]), 0, 0];
  const tcp = [0, 0, 0, 0, 0x50, 0x10, 0x10, 0, 0, 0, 0, 0];
  const payload = [...l4, ...tcp];
  const ip = [0x45, 0, ...word(20 + payload.length), 0, 0, 0, 0, 64, flow.protocol, 0, 0];
  const addresses = [...flow.src.split('.').map(Number), ...flow.dst.split('.').map(Number)];
  return Uint8Array.from([...mac(flow.dstMac), ...mac(flow.srcMac), ...tag, 0x08, 0x00, ...ip, ...addresses, ...payload]);
}
