import { decodeArp } from './decode-arp.ts';
import { decodeInnerEthernet, decodeLlc } from './decode-ethernet.ts';
import { decodeAfterAh, decodeIpv4, decodeIpv6 } from './decode-ip.ts';
import { decodeQuotedIpv4, decodeQuotedIpv6 } from './decode-quoted.ts';
import { decodeGeneve, decodeGre, decodeGtp, decodeMpls, decodePppoe, decodeRoce, decodeVxlan } from './decode-tunnels.ts';
import {
  ETHER_TYPE_ARP,
  ETHER_TYPE_IPV4,
  ETHER_TYPE_IPV6,
  ETHER_TYPE_MIN,
  ETHER_TYPE_MPLS,
  ETHER_TYPE_MPLS_MULTICAST,
  ETHER_TYPE_PPPOE_SESSION,
  ETHER_TYPE_RARP,
} from './ether-types.ts';
import { MAX_LAYERS } from './flow-key.ts';
import {
  NEXT_AFTER_AH,
  NEXT_ETHER_TYPE,
  NEXT_ETHERNET,
  NEXT_GENEVE,
  NEXT_GRE,
  NEXT_GTP,
  NEXT_IPV4,
  NEXT_IPV6,
  NEXT_MPLS,
  NEXT_NONE,
  NEXT_QUOTED_IPV4,
  NEXT_QUOTED_IPV6,
  NEXT_ROCE,
  NEXT_VXLAN,
} from './frame-cursor.ts';
import type { FrameCursor } from './frame-cursor.ts';

/**
 * Follows the chain of headers that begins with the payload of `cursor.etherType` and writes one layer for each.
 * A loop, not a recursion: each step says what stands at the new position. Ends after MAX_LAYERS layers at the latest.
 */
export function decodeLayers(cursor: FrameCursor): void {
  let next = NEXT_ETHER_TYPE;
  while (next !== NEXT_NONE && cursor.layers < MAX_LAYERS) {
    const isOutermost = cursor.layers === 0;
    cursor.layers++;
    switch (next) {
      case NEXT_ETHER_TYPE:
        next = decodeEtherPayload(cursor, isOutermost);
        break;
      case NEXT_IPV4:
        next = decodeIpv4(cursor, false);
        break;
      case NEXT_IPV6:
        next = decodeIpv6(cursor, false);
        break;
      case NEXT_GRE:
        next = decodeGre(cursor);
        break;
      case NEXT_VXLAN:
        next = decodeVxlan(cursor);
        break;
      case NEXT_GENEVE:
        next = decodeGeneve(cursor);
        break;
      case NEXT_ROCE:
        next = decodeRoce(cursor);
        break;
      case NEXT_GTP:
        next = decodeGtp(cursor);
        break;
      case NEXT_ETHERNET:
        next = decodeInnerEthernet(cursor);
        break;
      case NEXT_MPLS:
        next = decodeMpls(cursor);
        break;
      case NEXT_AFTER_AH:
        next = decodeAfterAh(cursor);
        break;
      case NEXT_QUOTED_IPV4:
        next = decodeQuotedIpv4(cursor);
        break;
      case NEXT_QUOTED_IPV6:
        next = decodeQuotedIpv6(cursor);
        break;
      default:
        return;
    }
  }
}

function decodeEtherPayload(cursor: FrameCursor, isOutermost: boolean): number {
  const etherType = cursor.etherType;
  switch (etherType) {
    case ETHER_TYPE_IPV4:
      return decodeIpv4(cursor, isOutermost);
    case ETHER_TYPE_IPV6:
      return decodeIpv6(cursor, isOutermost);
    case ETHER_TYPE_ARP:
    case ETHER_TYPE_RARP:
      return decodeArp(cursor);
    case ETHER_TYPE_MPLS:
    case ETHER_TYPE_MPLS_MULTICAST:
      return decodeMpls(cursor);
    case ETHER_TYPE_PPPOE_SESSION:
      return decodePppoe(cursor);
    default:
      return etherType < ETHER_TYPE_MIN ? decodeLlc(cursor) : NEXT_NONE;
  }
}
