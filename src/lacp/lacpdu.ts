import { ETHER_TYPE_SLOW, isTagType } from '../decoder/ether-types.ts';
import { LINKTYPE_ETHERNET } from '../decoder/link-types.ts';
import { placesOf } from './control-frame.ts';
import { decodeMarker } from './marker.ts';
import type { MarkerPdu } from './marker.ts';
import { macNumber, macText, uint16At } from './system-id.ts';

/** Bits of the LACP state octet (IEEE 802.1AX-2020 6.4.2.3). */
export const STATE_ACTIVITY = 0x01;
export const STATE_TIMEOUT = 0x02;
export const STATE_AGGREGATION = 0x04;
export const STATE_SYNCHRONIZATION = 0x08;
export const STATE_COLLECTING = 0x10;
export const STATE_DISTRIBUTING = 0x20;
export const STATE_DEFAULTED = 0x40;
export const STATE_EXPIRED = 0x80;

/** Names of the state bits, from bit 0 on. */
export const STATE_BIT_NAMES = [
  'activity',
  'timeout',
  'aggregation',
  'synchronization',
  'collecting',
  'distributing',
  'defaulted',
  'expired',
] as const;
export type StateBitName = (typeof STATE_BIT_NAMES)[number];

/** Names of the bits set in `state`, from bit 0 on. */
export function stateBits(state: number): StateBitName[] {
  return STATE_BIT_NAMES.filter((_, bit) => (state & (1 << bit)) !== 0);
}

/** What an LACPDU says of one end of the link. */
export interface LacpPort {
  readonly systemPriority: number;
  /** System identifier, lower case with colons, and the same as a number of 48 bits. */
  readonly system: string;
  readonly systemNumber: number;
  readonly key: number;
  readonly portPriority: number;
  readonly port: number;
  readonly state: number;
}

export interface LacpTlv {
  readonly type: number;
  /** As the TLV says, its two bytes of type and length included. */
  readonly length: number;
}

/** A LACPDU (IEEE 802.1AX-2020 6.4.2.3). */
export interface Lacpdu {
  readonly kind: 'lacpdu';
  readonly version: number;
  /** All zero where the frame does not hold it: `malformed` says so. */
  readonly actor: LacpPort;
  readonly partner: LacpPort;
  /** In tens of microseconds; null where the PDU has no collector TLV or it was not captured. */
  readonly collectorMaxDelay: number | null;
  /** All TLVs that begin in the captured bytes, in order, unknown ones too; without the terminator. */
  readonly tlvs: readonly LacpTlv[];
  /** True if the terminator was reached. */
  readonly complete: boolean;
  /** True if the frame carried a VLAN tag, which no standard port accepts. */
  readonly tagged: boolean;
  /** Empty where the capture does not tell it. */
  readonly srcMac: string;
  /** Null, or why actor and partner are not to be trusted. */
  readonly malformed: string | null;
}

/** Another Slow Protocol (3 OAM, 10 OSSP, …), or a frame that holds none: subtype -1. */
export interface OtherSlowPdu {
  readonly kind: 'other';
  readonly subtype: number;
  readonly tagged: boolean;
  readonly srcMac: string;
}

export type SlowProtocolPdu = Lacpdu | MarkerPdu | OtherSlowPdu;

const SUBTYPE_LACP = 1;
const SUBTYPE_MARKER = 2;

const TLV_TERMINATOR = 0;
const TLV_ACTOR = 1;
const TLV_PARTNER = 2;
const TLV_COLLECTOR = 3;
const PORT_TLV_BYTES = 20;
const COLLECTOR_TLV_BYTES = 16;

const NO_PORT: LacpPort = { systemPriority: 0, system: '00:00:00:00:00:00', systemNumber: 0, key: 0, portPriority: 0, port: 0, state: 0 };

/**
 * Reads the Slow Protocols frame whose record begins at `offset` of `bytes`; tags are skipped. Nothing is read past
 * `capturedLength`. `originalLength` tells bytes that the snap length cut from bytes that never were; without it a
 * PDU that ends early after actor and partner is not called malformed.
 */
export function decodeSlowProtocol(
  bytes: Uint8Array,
  offset: number,
  capturedLength: number,
  linkType: number = LINKTYPE_ETHERNET,
  originalLength: number = Number.MAX_SAFE_INTEGER,
): SlowProtocolPdu {
  const end = Math.min(offset + capturedLength, bytes.length);
  const { sourceAt, typeAt, payloadAt } = placesOf(bytes, offset, end, linkType);
  const srcMac = sourceAt >= 0 && sourceAt + 6 <= end ? macText(bytes, sourceAt) : '';
  let start = payloadAt;
  let etherType = typeAt + 2 <= end && payloadAt <= end ? uint16At(bytes, typeAt) : 0;
  let tagged = false;
  while (isTagType(etherType) && start + 4 <= end) {
    tagged = true;
    etherType = uint16At(bytes, start + 2);
    start += 4;
  }
  if (etherType !== ETHER_TYPE_SLOW || start >= end) return { kind: 'other', subtype: -1, tagged, srcMac };
  const subtype = bytes[start];
  if (subtype === SUBTYPE_MARKER) return decodeMarker(bytes, start, end, srcMac, tagged);
  if (subtype !== SUBTYPE_LACP) return { kind: 'other', subtype, tagged, srcMac };
  return decodeLacpdu(bytes, start, end, offset + originalLength, srcMac, tagged);
}

function decodeLacpdu(bytes: Uint8Array, start: number, end: number, wireEnd: number, srcMac: string, tagged: boolean): Lacpdu {
  let actor: LacpPort | null = null;
  let partner: LacpPort | null = null;
  let collectorMaxDelay: number | null = null;
  let complete = false;
  let malformed: string | null = null;
  const tlvs: LacpTlv[] = [];
  let at = start + 2;
  while (at + 2 <= end) {
    const type = bytes[at];
    const length = bytes[at + 1];
    if (type === TLV_TERMINATOR) {
      complete = true;
      break;
    }
    tlvs.push({ type, length });
    if (length < 2) {
      malformed = `TLV ${type} has length ${length}, less than its own type and length`;
      break;
    }
    if (at + length > end) {
      if (at + length > wireEnd) malformed = `TLV ${type} of length ${length} goes beyond the end of the frame`;
      break;
    }
    if (type === TLV_ACTOR || type === TLV_PARTNER) {
      if (length < PORT_TLV_BYTES) {
        malformed = `the ${type === TLV_ACTOR ? 'actor' : 'partner'} TLV has length ${length}, not ${PORT_TLV_BYTES}`;
        break;
      }
      if (type === TLV_ACTOR) actor ??= readPort(bytes, at + 2);
      else partner ??= readPort(bytes, at + 2);
    } else if (type === TLV_COLLECTOR && length >= COLLECTOR_TLV_BYTES) collectorMaxDelay ??= uint16At(bytes, at + 2);
    at += length;
  }
  malformed ??= missing(actor, partner, complete);
  return {
    kind: 'lacpdu',
    version: start + 1 < end ? bytes[start + 1] : 0,
    actor: actor ?? NO_PORT,
    partner: partner ?? NO_PORT,
    collectorMaxDelay,
    tlvs,
    complete,
    tagged,
    srcMac,
    malformed,
  };
}

function missing(actor: LacpPort | null, partner: LacpPort | null, complete: boolean): string | null {
  if (actor !== null && partner !== null) return null;
  const what = actor === null ? 'actor' : 'partner';
  return complete ? `there is no ${what} TLV` : `the captured bytes end before the end of the ${what} TLV`;
}

function readPort(bytes: Uint8Array, at: number): LacpPort {
  return {
    systemPriority: uint16At(bytes, at),
    system: macText(bytes, at + 2),
    systemNumber: macNumber(bytes, at + 2),
    key: uint16At(bytes, at + 8),
    portPriority: uint16At(bytes, at + 10),
    port: uint16At(bytes, at + 12),
    state: bytes[at + 14],
  };
}
