/**
 * Where the decoder stands in one frame and in the key row it writes. One cursor serves a whole batch.
 * All positions are byte offsets in `view`.
 */
export interface FrameCursor {
  view: DataView;
  keys: Uint32Array;
  /** Next word of `keys` to write. */
  at: number;
  /** Next byte to read. */
  position: number;
  /** End of the bytes that were captured. */
  captureEnd: number;
  /** End of the frame on the wire, padding included; at least `captureEnd`. */
  wireEnd: number;
  /** End of the innermost datagram seen so far (`wireEnd` before any IP header): what lies behind it is padding. */
  datagramEnd: number;
  /** Layers written so far. */
  layers: number;
  /** EtherType of what stands at `position`, for NEXT_ETHER_TYPE. */
  etherType: number;
  /** L4 word found by `decodeTransport`. */
  l4Word: number;
}

/** What stands at `position` after a layer was read. */
export const NEXT_NONE = 0;
/** A payload named by `etherType`. */
export const NEXT_ETHER_TYPE = 1;
export const NEXT_IPV4 = 2;
export const NEXT_IPV6 = 3;
export const NEXT_GRE = 4;
export const NEXT_VXLAN = 5;
export const NEXT_GENEVE = 6;
export const NEXT_ETHERNET = 7;
export const NEXT_MPLS = 8;
export const NEXT_AFTER_AH = 9;
/** The packet that an ICMP error quotes, read as IPv4 or as IPv6. */
export const NEXT_QUOTED_IPV4 = 10;
export const NEXT_QUOTED_IPV6 = 11;
export const NEXT_ROCE = 12;
export const NEXT_GTP = 13;

const NO_BYTES = new DataView(new ArrayBuffer(0));

export function createFrameCursor(): FrameCursor {
  return {
    view: NO_BYTES,
    keys: new Uint32Array(0),
    at: 0,
    position: 0,
    captureEnd: 0,
    wireEnd: 0,
    datagramEnd: 0,
    layers: 0,
    etherType: 0,
    l4Word: 0,
  };
}
