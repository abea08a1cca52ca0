import { ETHER_TYPE_EAPOL, ETHER_TYPE_LLDP, ETHER_TYPE_MIN, ETHER_TYPE_SLOW, isTagType } from '../decoder/ether-types.ts';
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2 } from '../decoder/link-types.ts';
import { macText, uint16At } from './system-id.ts';

/** Protocols that a port speaks for itself, by what their frames are. `link-local`: to 01:80:c2:00:00:00..0f and nothing else here. */
export const CONTROL_KINDS = [
  'lacp',
  'marker',
  'oam',
  'ossp',
  'slow',
  'lldp',
  'cdp',
  'pagp',
  'vtp',
  'dtp',
  'udld',
  'pvst',
  'stp',
  'pause',
  'eapol',
  'edp',
  'fdp',
  'link-local',
] as const;
export type ControlKind = (typeof CONTROL_KINDS)[number];

/** A frame of one of them: what it is, who sent it, where its payload begins (behind EtherType, LLC and SNAP). */
export interface ControlFrame {
  readonly kind: ControlKind;
  /** Lower case with colons; empty where the capture does not tell it. */
  readonly srcMac: string;
  readonly tagged: boolean;
  /** Offset of the payload in the bytes given. */
  readonly payloadAt: number;
}

/** Slow Protocols subtypes (IEEE 802.3 Annex 57A.4). */
const SLOW_KINDS: ReadonlyMap<number, ControlKind> = new Map([
  [1, 'lacp'],
  [2, 'marker'],
  [3, 'oam'],
  [10, 'ossp'],
]);

/** SNAP organisation of Cisco and its protocol ids. */
const CISCO_OUI = 0x00000c;
const CISCO_KINDS: ReadonlyMap<number, ControlKind> = new Map([
  [0x2000, 'cdp'],
  [0x2003, 'vtp'],
  [0x2004, 'dtp'],
  [0x0104, 'pagp'],
  [0x010b, 'pvst'],
  [0x0111, 'udld'],
]);

const EXTREME_OUI = 0x00e02b;
const FOUNDRY_OUI = 0x00e052;
/** EtherType of MAC Control: PAUSE, priority flow control (IEEE 802.3 Annex 31A). */
const ETHER_TYPE_MAC_CONTROL = 0x8808;
/** LLC SAP of the bridge protocols (IEEE 802.1D). */
const SAP_BRIDGE = 0x42;
const SAP_SNAP = 0xaa;

/** Linux's protocol numbers in place of an EtherType: 802.3 frames without and with LLC (linux/if_ether.h). */
const ETH_P_802_3 = 0x0001;
const ETH_P_802_2 = 0x0004;

/**
 * Recognises a control frame whose record begins at `offset`; nothing is read past `capturedLength`. Frames that the
 * decoder marked as control and that say no more are `link-local`.
 */
export function recogniseControl(bytes: Uint8Array, offset: number, capturedLength: number, linkType: number): ControlFrame {
  const end = Math.min(offset + capturedLength, bytes.length);
  const { sourceAt, typeAt, payloadAt } = placesOf(bytes, offset, end, linkType);
  const srcMac = sourceAt >= 0 && sourceAt + 6 <= end ? macText(bytes, sourceAt) : '';
  let at = payloadAt;
  let etherType = typeAt + 2 <= end && payloadAt <= end ? uint16At(bytes, typeAt) : 0;
  let tagged = false;
  while (isTagType(etherType) && at + 4 <= end) {
    tagged = true;
    etherType = uint16At(bytes, at + 2);
    at += 4;
  }
  const frame = (kind: ControlKind, start = at): ControlFrame => ({ kind, srcMac, tagged, payloadAt: start });
  if (etherType === ETHER_TYPE_SLOW) return frame(at < end ? (SLOW_KINDS.get(bytes[at]) ?? 'slow') : 'slow');
  if (etherType === ETHER_TYPE_LLDP) return frame('lldp');
  if (etherType === ETHER_TYPE_EAPOL) return frame('eapol');
  if (etherType === ETHER_TYPE_MAC_CONTROL) return frame('pause');
  const isLlc = linkType === LINKTYPE_ETHERNET ? etherType < ETHER_TYPE_MIN : etherType === ETH_P_802_2 || etherType === ETH_P_802_3;
  if (!isLlc || at + 3 > end) return frame('link-local');
  if (bytes[at] === SAP_BRIDGE) return frame('stp', at + 3);
  if (bytes[at] !== SAP_SNAP || at + 8 > end) return frame('link-local');
  const oui = (bytes[at + 3] << 16) | uint16At(bytes, at + 4);
  const protocol = uint16At(bytes, at + 6);
  if (oui === CISCO_OUI) return frame(CISCO_KINDS.get(protocol) ?? 'link-local', at + 8);
  if (oui === EXTREME_OUI) return frame('edp', at + 8);
  if (oui === FOUNDRY_OUI) return frame('fdp', at + 8);
  return frame('link-local', at + 8);
}

/** Where source address, EtherType and payload stand; the source is -1 where a cooked header has none of six bytes. */
export function placesOf(
  bytes: Uint8Array,
  offset: number,
  end: number,
  linkType: number,
): { sourceAt: number; typeAt: number; payloadAt: number } {
  if (linkType === LINKTYPE_LINUX_SLL) {
    const hasAddress = offset + 6 <= end && uint16At(bytes, offset + 4) === 6;
    return { sourceAt: hasAddress ? offset + 6 : -1, typeAt: offset + 14, payloadAt: offset + 16 };
  }
  if (linkType === LINKTYPE_LINUX_SLL2) {
    const hasAddress = offset + 12 <= end && bytes[offset + 11] === 6;
    return { sourceAt: hasAddress ? offset + 12 : -1, typeAt: offset, payloadAt: offset + 20 };
  }
  return { sourceAt: offset + 6, typeAt: offset + 12, payloadAt: offset + 14 };
}
