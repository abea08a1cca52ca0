/** What a port says of itself by LLDP, CDP or PAgP: names for labels, and which aggregate the far end counts it to. */
export interface Neighbour {
  readonly protocol: 'lldp' | 'cdp' | 'pagp';
  /** Source of the frame. lldpd sets the local bit of a member's permanent address. */
  readonly srcMac: string;
  /** LLDP: chassis id; CDP: device id; PAgP: device MAC. */
  readonly chassis: string | null;
  readonly systemName: string | null;
  readonly systemDescription: string | null;
  /** Name or address of the port as its owner gives it. */
  readonly port: string | null;
  readonly portDescription: string | null;
  readonly managementAddress: string | null;
  /**
   * LLDP link aggregation TLV: whether the port is aggregated now, and the number of the aggregate (interface index of
   * the bond for lldpd). PAgP: interface index of the group.
   */
  readonly aggregate: { readonly isAggregated: boolean; readonly port: number } | null;
  /** Seconds that the information holds; 0: the sender takes it back. */
  readonly ttlSeconds: number | null;
  /** Null, or what is wrong with the frame; what was read before stands. */
  readonly malformed: string | null;
}

/** The fields of a neighbour while they are being read. */
export type NeighbourFields = { -readonly [K in keyof Neighbour]: Neighbour[K] };

export function emptyNeighbour(protocol: Neighbour['protocol'], srcMac: string): NeighbourFields {
  return {
    protocol,
    srcMac,
    chassis: null,
    systemName: null,
    systemDescription: null,
    port: null,
    portDescription: null,
    managementAddress: null,
    aggregate: null,
    ttlSeconds: null,
    malformed: null,
  };
}

/** The best name of a port: a name rather than an address. */
export function portName({ port, portDescription }: Pick<Neighbour, 'port' | 'portDescription'>): string | null {
  const isAddress = port !== null && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(port);
  return isAddress ? (portDescription ?? port) : (port ?? portDescription);
}

/** Longest text kept: LLDP allows 255 bytes, CDP more. */
const MAX_TEXT_BYTES = 255;
/** Controls and what turns the direction of writing: names from the wire must not move the cursor. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text of the wire: UTF-8, what cannot be shown replaced, closing zeros and spaces left out; null if nothing is left. */
export function wireText(bytes: Uint8Array, from: number, to: number): string | null {
  const text = new TextDecoder('utf-8')
    .decode(bytes.subarray(from, Math.min(to, from + MAX_TEXT_BYTES)))
    .replace(/[\0\s]+$/, '')
    .replaceAll(UNPRINTABLE, '\ufffd');
  return text === '' ? null : text;
}
