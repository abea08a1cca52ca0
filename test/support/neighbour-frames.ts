/** LLDP (IEEE 802.1AB-2016), CDP and PAgP frames (layouts as Wireshark reads them). Generated, and said to be so. */
import { bytesOf, mac, u16, u32 } from './frame-builder.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function tlv(type: number, ...value: readonly (number | readonly number[] | Uint8Array)[]): Uint8Array {
  const bytes = bytesOf(...value);
  return bytesOf(u16((type << 9) | bytes.length), bytes);
}

export interface LldpFields {
  readonly srcMac: string;
  readonly chassis: string;
  readonly port: string;
  readonly portDescription?: string;
  readonly systemName?: string;
  readonly aggregate?: number;
  readonly ttl?: number;
  readonly managementIpv4?: readonly number[];
}

export function lldp({ srcMac, chassis, port, portDescription, systemName, aggregate, ttl = 120, managementIpv4 }: LldpFields): Uint8Array {
  const parts = [
    tlv(1, 4, mac(chassis)),
    tlv(2, 5, text(port)),
    tlv(3, u16(ttl)),
    ...(portDescription === undefined ? [] : [tlv(4, text(portDescription))]),
    ...(systemName === undefined ? [] : [tlv(5, text(systemName))]),
    ...(managementIpv4 === undefined ? [] : [tlv(8, 5, 1, managementIpv4, 2, u32(7), 0)]),
    // 802.3 link aggregation: capable and aggregated.
    ...(aggregate === undefined ? [] : [tlv(127, [0x00, 0x12, 0x0f], 3, 0x03, u32(aggregate))]),
    tlv(0),
  ];
  return bytesOf(mac('01:80:c2:00:00:0e'), mac(srcMac), u16(0x88cc), ...parts);
}

/** An LLC/SNAP frame of Cisco's to 01:00:0c:cc:cc:cc. */
function snap(srcMac: string, protocol: number, payload: Uint8Array): Uint8Array {
  const body = bytesOf([0xaa, 0xaa, 3, 0, 0, 0x0c], u16(protocol), payload);
  return bytesOf(mac('01:00:0c:cc:cc:cc'), mac(srcMac), u16(body.length), body);
}

export interface CdpFields {
  readonly srcMac: string;
  readonly device: string;
  readonly port: string;
  readonly platform: string;
  readonly address: readonly number[];
}

export function cdp({ srcMac, device, port, platform, address }: CdpFields): Uint8Array {
  const field = (type: number, value: Uint8Array): Uint8Array => bytesOf(u16(type), u16(4 + value.length), value);
  return snap(
    srcMac,
    0x2000,
    bytesOf(
      [2, 180],
      u16(0),
      field(0x0001, text(device)),
      field(0x0002, bytesOf(u32(1), 1, 1, 0xcc, u16(4), address)),
      field(0x0003, text(port)),
      field(0x0006, text(platform)),
    ),
  );
}

export interface PagpFields {
  readonly srcMac: string;
  readonly device: string;
  readonly name: string;
  readonly port: string;
  readonly group: number;
}

export function pagp({ srcMac, device, name, port, group }: PagpFields): Uint8Array {
  const end = (system: string, ifIndex: number): Uint8Array => bytesOf(mac(system), 1, 128, u32(9), u32(0x10001), u32(ifIndex));
  const field = (type: number, value: Uint8Array): Uint8Array => bytesOf(u16(type), u16(4 + value.length), value);
  return snap(
    srcMac,
    0x0104,
    bytesOf([1, 5], end(device, group), end('00:00:00:00:00:00', 0), u16(1), u16(2), field(1, text(name)), field(2, text(port))),
  );
}

/** Spanning tree, Marker and OSSP, as far as they are told apart. */
export function stp(srcMac: string): Uint8Array {
  return bytesOf(mac('01:80:c2:00:00:00'), mac(srcMac), u16(38), [0x42, 0x42, 3], new Uint8Array(43));
}

export function slow(srcMac: string, subtype: number): Uint8Array {
  return bytesOf(mac('01:80:c2:00:00:02'), mac(srcMac), u16(0x8809), subtype, 1, new Uint8Array(108));
}
