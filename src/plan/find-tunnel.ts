import {
  ETHERNET_CUT,
  GRE_KEY,
  GRE_VERSION_SHIFT,
  HEAD_LENGTH_MASK,
  IP_CUT,
  IP_FRAGMENT_MASK,
  IP_FRAGMENT_SHIFT,
  IP_PROTOCOL_SHIFT,
  IP_SHORT,
  FRAGMENT_LATER,
  L4_ABSENT,
  L4_CUT,
  L4_FORM_MASK,
  L4_FORM_SHIFT,
  L4_PORTS,
  LAYER_ETHERNET,
  LAYER_GENEVE,
  LAYER_GRE,
  LAYER_GTP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_KIND_MASK,
  LAYER_MPLS,
  LAYER_PPPOE,
  LAYER_ROCE,
  LAYER_VXLAN,
} from '../decoder/flow-key.ts';
import { firstLayer, l4WordAt, layerWords } from '../flows/key-layers.ts';
import { swap16 } from '../hash/linux-blocks.ts';
import type { TunnelKind } from './entropy-types.ts';

/** The outermost tunnel of a flow, as word positions in its key row; -1 where there is none. */
export interface TunnelView {
  kind: TunnelKind;
  /** False: only a well-known port says so. */
  byHeader: boolean;
  /** Outer IP layer. */
  outerIp: number;
  /** Key, VNI, session or outermost label; -1 without. */
  id: number;
  /** First layer inside. */
  inner: number;
  /** Inner Ethernet and IP layer. */
  innerEthernet: number;
  innerIp: number;
  end: number;
}

export function createTunnelView(): TunnelView {
  return { kind: 'gre', byHeader: true, outerIp: -1, id: -1, inner: -1, innerEthernet: -1, innerIp: -1, end: 0 };
}

const PROTOCOL_ESP = 50;
const PROTOCOL_AH = 51;
const PROTOCOL_UDP = 17;
const PROTOCOL_L2TP = 115;
const PROTOCOL_TCP = 6;

/** Registered UDP ports (IANA) of tunnels whose payload the flow key does not hold. */
const UDP_TUNNELS: ReadonlyMap<number, TunnelKind> = new Map([
  [51820, 'wireguard'],
  [4791, 'roce'],
  [2152, 'gtp'],
  [4500, 'esp-in-udp'],
  [1701, 'l2tp'],
  [1194, 'openvpn'],
  [4789, 'vxlan'],
  [8472, 'vxlan'],
  [6081, 'geneve'],
]);

/** Fills `view` with the outermost tunnel of the key row at `start`; false if it has none. */
export function findTunnel(view: TunnelView, rows: Uint32Array, start: number): boolean {
  const end = start + (rows[start] & HEAD_LENGTH_MASK);
  const at = firstLayer(rows, start);
  view.byHeader = true;
  view.outerIp = view.id = view.inner = view.innerEthernet = view.innerIp = -1;
  view.end = end;
  if (at >= end) return false;
  const kind = rows[at] & LAYER_KIND_MASK;
  if (kind === LAYER_MPLS || kind === LAYER_PPPOE) {
    view.kind = kind === LAYER_MPLS ? 'mpls' : 'pppoe';
    view.id = kind === LAYER_PPPOE ? rows[at] >>> 16 : layerWords(rows, at) > 1 ? rows[at + 1] >>> 4 : -1;
    return enter(view, rows, at + layerWords(rows, at));
  }
  if (kind !== LAYER_IPV4 && kind !== LAYER_IPV6) return false;
  view.outerIp = at;
  const next = at + layerWords(rows, at);
  if (next < end && followLayer(view, rows, next)) return true;
  return findByProtocol(view, rows, at);
}

function followLayer(view: TunnelView, rows: Uint32Array, at: number): boolean {
  const descriptor = rows[at];
  const next = at + layerWords(rows, at);
  switch (descriptor & LAYER_KIND_MASK) {
    case LAYER_GRE: {
      const type = descriptor >>> 16;
      view.kind = type === 0x88be || type === 0x22eb ? 'erspan' : ((descriptor >>> GRE_VERSION_SHIFT) & 7) === 1 ? 'pptp' : 'gre';
      if ((descriptor & GRE_KEY) !== 0) view.id = rows[at + 1];
      return enter(view, rows, next);
    }
    case LAYER_VXLAN:
    case LAYER_GENEVE:
      view.kind = (descriptor & LAYER_KIND_MASK) === LAYER_VXLAN ? 'vxlan' : 'geneve';
      view.id = descriptor >>> 8;
      return enter(view, rows, next);
    case LAYER_GTP:
      view.kind = 'gtp';
      view.id = rows[at + 1];
      return enter(view, rows, next);
    case LAYER_ROCE:
      // What is inside is the queue pair: one flow of its own.
      view.kind = 'roce';
      view.id = descriptor >>> 8;
      view.inner = at;
      return true;
    case LAYER_MPLS:
      view.kind = 'mpls';
      if (next > at + 1) view.id = rows[at + 1] >>> 4;
      return enter(view, rows, next);
    case LAYER_IPV4:
    case LAYER_IPV6:
      view.kind = 'ipip';
      return enter(view, rows, at);
    default:
      return false;
  }
}

/** What stands behind the tunnel header. Always true: the tunnel is there, whatever it holds. */
function enter(view: TunnelView, rows: Uint32Array, at: number): true {
  if (at >= view.end) return true;
  let ip = at;
  if ((rows[at] & LAYER_KIND_MASK) === LAYER_ETHERNET) {
    if ((rows[at] & ETHERNET_CUT) !== 0) return true;
    view.innerEthernet = at;
    ip = at + layerWords(rows, at);
  }
  view.inner = at;
  if (ip >= view.end) return true;
  const kind = rows[ip] & LAYER_KIND_MASK;
  if ((kind === LAYER_IPV4 || kind === LAYER_IPV6) && (rows[ip] & (IP_CUT | IP_SHORT)) === 0) view.innerIp = ip;
  return true;
}

/** Tunnels of which the key holds no more than protocol and ports. */
function findByProtocol(view: TunnelView, rows: Uint32Array, at: number): boolean {
  const descriptor = rows[at];
  const protocol = (descriptor >>> IP_PROTOCOL_SHIFT) & 0xff;
  if (protocol === PROTOCOL_ESP || protocol === PROTOCOL_AH || protocol === PROTOCOL_L2TP) {
    view.kind = protocol === PROTOCOL_ESP ? 'esp' : protocol === PROTOCOL_AH ? 'ah' : 'l2tp';
    return true;
  }
  if (protocol !== PROTOCOL_UDP && protocol !== PROTOCOL_TCP) return false;
  if (((descriptor >>> IP_FRAGMENT_SHIFT) & IP_FRAGMENT_MASK) === FRAGMENT_LATER) return false;
  if (((descriptor >>> L4_FORM_SHIFT) & L4_FORM_MASK) !== L4_PORTS || (descriptor & (L4_CUT | L4_ABSENT)) !== 0) return false;
  const ports = rows[l4WordAt(descriptor, at)];
  const [source, destination] = [swap16(ports & 0xffff), swap16(ports >>> 16)];
  // OpenVPN is the only one of these that also runs over TCP.
  if (protocol === PROTOCOL_TCP && source !== 1194 && destination !== 1194) return false;
  const kind = UDP_TUNNELS.get(destination) ?? (isSymmetric(source) ? UDP_TUNNELS.get(source) : undefined);
  if (kind === undefined) return false;
  view.kind = kind;
  view.byHeader = false;
  return true;
}

/** Ports that answers come from too; the others are always the destination. */
function isSymmetric(port: number): boolean {
  return port === 51820 || port === 4500 || port === 1701 || port === 1194;
}
