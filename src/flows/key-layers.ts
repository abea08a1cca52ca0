import {
  ARP_CUT,
  ETHERNET_CUT,
  ETHERNET_TAGS_SHIFT,
  FIRST_TAG_WORD,
  GRE_KEY,
  HEAD_TAGS_MASK,
  HEAD_TAGS_SHIFT,
  IP_CUT,
  IP_SHORT,
  L4_FORM_MASK,
  L4_FORM_SHIFT,
  LAYER_AFTER_AH,
  LAYER_ARP,
  LAYER_ETHERNET,
  LAYER_GRE,
  LAYER_GTP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_KIND_MASK,
  LAYER_LLC,
  LAYER_MPLS,
  LAYER_PPPOE,
} from '../decoder/flow-key.ts';

export const MPLS_LABELS_SHIFT = 8;
/** DSAP AA, SSAP AA, control 03: SNAP follows. */
const LLC_SNAP = 0x03aaaa;

/** VLAN tags of the outer frame. */
export function tagCount(rows: Uint32Array, start: number): number {
  return (rows[start] >>> HEAD_TAGS_SHIFT) & HEAD_TAGS_MASK;
}

/** First word of the layers of the row at `start`. */
export function firstLayer(rows: Uint32Array, start: number): number {
  return start + FIRST_TAG_WORD + tagCount(rows, start);
}

/** Words of the layer at `at`, its descriptor included. At least 1, so that a walk always ends. Hot path. */
export function layerWords(rows: Uint32Array, at: number): number {
  const descriptor = rows[at];
  switch (descriptor & LAYER_KIND_MASK) {
    case LAYER_IPV4:
      return l4WordAt(descriptor, 0) + (((descriptor >>> L4_FORM_SHIFT) & L4_FORM_MASK) !== 0 ? 1 : 0);
    case LAYER_IPV6:
      return l4WordAt(descriptor, 0) + (((descriptor >>> L4_FORM_SHIFT) & L4_FORM_MASK) !== 0 ? 1 : 0);
    case LAYER_AFTER_AH:
      return 1 + (((descriptor >>> L4_FORM_SHIFT) & L4_FORM_MASK) !== 0 ? 1 : 0);
    case LAYER_ARP:
      return (descriptor & ARP_CUT) !== 0 ? 1 : 3;
    case LAYER_GRE:
      return (descriptor & GRE_KEY) !== 0 ? 2 : 1;
    case LAYER_ETHERNET:
      return (descriptor & ETHERNET_CUT) !== 0 ? 1 : 4 + ((descriptor >>> ETHERNET_TAGS_SHIFT) & 7);
    case LAYER_MPLS:
      return 1 + ((descriptor >>> MPLS_LABELS_SHIFT) & 15);
    case LAYER_PPPOE:
    case LAYER_GTP:
      return 2;
    case LAYER_LLC:
      return descriptor >>> 8 === LLC_SNAP ? 3 : 1;
    default:
      return 1;
  }
}

/** Place of the L4 word of the IP layer at `at` (present where its L4 form is not 0). */
export function l4WordAt(descriptor: number, at: number): number {
  const hasAddresses = (descriptor & (IP_CUT | IP_SHORT)) === 0;
  if ((descriptor & LAYER_KIND_MASK) === LAYER_IPV4) return at + (hasAddresses ? 3 : 1);
  return at + (hasAddresses ? 10 : 2);
}
