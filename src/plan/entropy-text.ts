import type { EntropyChange, TunnelKind } from './entropy-types.ts';

/** Less is not worth words. */
const LEAST_TOLD = 0.005;

const NAMES: Readonly<Record<TunnelKind, string>> = {
  vxlan: 'VXLAN',
  geneve: 'Geneve',
  gre: 'GRE',
  erspan: 'ERSPAN',
  pptp: 'PPTP',
  ipip: 'IP in IP',
  mpls: 'MPLS',
  pppoe: 'PPPoE',
  gtp: 'GTP-U',
  wireguard: 'WireGuard',
  esp: 'IPsec ESP',
  'esp-in-udp': 'IPsec ESP in UDP',
  ah: 'IPsec AH',
  roce: 'RoCEv2',
  l2tp: 'L2TP',
  openvpn: 'OpenVPN',
};

export function tunnelName(kind: TunnelKind): string {
  return NAMES[kind];
}

/** The one change, with what it gains on this traffic. `kind` null: over all traffic. */
export function changeText(change: Omit<EntropyChange, 'text'>, kind: TunnelKind | null, byLinux: boolean): string {
  const gain =
    change.gain < LEAST_TOLD
      ? 'On this traffic the busiest member would carry as much as now.'
      : `${change.policy === null ? 'At best the' : 'The'} busiest member would carry ${Math.round(change.gain * 100)} % less.`;
  return `${whatText(change, kind, byLinux)} ${gain}`;
}

function whatText(change: Omit<EntropyChange, 'text'>, kind: TunnelKind | null, byLinux: boolean): string {
  switch (change.kind) {
    case 'set-policy':
      return `Set ${change.policy} at the sender${change.hashes === null ? '' : `: ${change.hashes} hash values on this traffic`}.`;
    case 'vary-source-port':
      return `Let the ends of the ${kind === null ? 'tunnel' : NAMES[kind]} tunnels take the outer UDP source port from the inner flow (a range of source ports instead of one).`;
    case 'wrap-in-udp':
      return byLinux
        ? 'Wrap the tunnel in UDP whose source port varies (Linux: ip fou, encap gue with encap-sport auto), or use more outer addresses.'
        : 'Wrap the tunnel in UDP whose source port varies (RFC 8086), or use more outer addresses.';
    case 'more-queue-pairs':
      return 'Use more queue pairs, each with a UDP source port of its own (RoCEv2 takes it from the queue pair): one queue pair stays on one member.';
    case 'entropy-label':
      return 'Add an entropy label (RFC 6790) and let the sender hash the label stack; Linux bonding does not look behind MPLS.';
    case 'more-endpoints':
      return moreEndpoints(kind);
  }
}

function moreEndpoints(kind: TunnelKind | null): string {
  switch (kind) {
    case 'wireguard':
      return 'Run several WireGuard interfaces with ports and peers of their own: one outer flow stays on one member, whatever the policy.';
    case 'esp':
    case 'ah':
      return 'Use several child SAs (RFC 9611), each with an SPI of its own, and a policy that looks at the SPI (layer3+4); else more outer addresses.';
    case 'esp-in-udp':
      return 'Use several SAs with addresses or ports of their own: ESP in UDP keeps one pair of ports.';
    default:
      return 'Use more outer addresses or ports: more tunnels, more peers.';
  }
}
