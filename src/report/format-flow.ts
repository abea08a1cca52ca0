import type { Flow } from './document.ts';

/** Address fields a flow, a quoted header and an inner header share; each may be absent. */
interface Endpoints {
  readonly src?: unknown;
  readonly dst?: unknown;
  readonly srcPort?: unknown;
  readonly dstPort?: unknown;
  readonly protocol?: unknown;
}

/** What names the ends of a flow. */
type FlowEnds = Pick<Flow, 'src' | 'dst' | 'srcPort' | 'dstPort' | 'srcMac' | 'dstMac' | 'protocol' | 'etherType'>;

const ETHERTYPE_NAMES: Readonly<Record<string, string>> = {
  '0x0800': 'ipv4',
  '0x0806': 'arp',
  '0x8035': 'rarp',
  '0x86dd': 'ipv6',
  '0x8809': 'slow protocols',
  '0x88cc': 'lldp',
  '0x8847': 'mpls',
  '0x8848': 'mpls',
  '0x8864': 'pppoe',
  '0x888e': 'eapol',
  '0x9000': 'loopback',
};

/** Both ends and the protocol: "tcp 10.0.0.1:4000 > 10.0.0.2:80"; MAC addresses where there is nothing above. */
export function formatFlowEnds(flow: FlowEnds): { protocol: string; src: string; dst: string } {
  const src = endpoint(flow.src, flow.srcPort) ?? flow.srcMac;
  const dst = endpoint(flow.dst, flow.dstPort) ?? flow.dstMac ?? '?';
  return { protocol: protocolName(flow), src, dst };
}

function protocolName(flow: FlowEnds): string {
  if (flow.protocol !== null) return typeof flow.protocol === 'number' ? `proto ${flow.protocol}` : flow.protocol;
  return ETHERTYPE_NAMES[flow.etherType] ?? flow.etherType;
}

function endpoint(address: unknown, port: unknown): string | null {
  if (typeof address !== 'string') return null;
  if (typeof port !== 'number') return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/**
 * The member the policy says, in the epoch the flow lived in. `predicted.member` of the document is that of the longest
 * epoch; a `match` says that, epoch by epoch, the frames were where the policy puts them.
 */
export function predictedMember(flow: Flow): string | null {
  if (flow.predicted === null) return null;
  return flow.verdict === 'match' ? flow.observed : flow.predicted.member;
}

/** What else tells this flow from another, in a few words: tags, ICMP, SPI, fragment, tunnel, quoted packet. */
export function formatFlowDetail(flow: Flow): string {
  const parts: string[] = [];
  if (flow.vlans.length > 0) parts.push(`vlan ${flow.vlans.join('.')}`);
  if (flow.icmp !== null) parts.push(`type ${flow.icmp.type} code ${flow.icmp.code}${flow.icmp.id === null ? '' : ` id ${flow.icmp.id}`}`);
  if (flow.spi !== null) parts.push(`spi 0x${flow.spi.toString(16).padStart(8, '0')}`);
  if (flow.arpOpcode !== null) parts.push(flow.arpOpcode === 1 ? 'request' : flow.arpOpcode === 2 ? 'reply' : `opcode ${flow.arpOpcode}`);
  if (flow.fragment !== null) parts.push(`${flow.fragment} fragment`);
  if (flow.flowLabel !== null && flow.flowLabel !== 0) parts.push(`label 0x${flow.flowLabel.toString(16)}`);
  if (flow.tunnel !== null) {
    const inner = flow.tunnel.inner === null ? '' : ` ${formatInner(flow.tunnel.inner as Endpoints)}`;
    parts.push(`${flow.tunnel.type}${flow.tunnel.id === null ? '' : ` ${flow.tunnel.id}`}${inner}`);
  }
  if (flow.quoted !== null) parts.push(`about ${formatInner(flow.quoted)}`);
  return parts.join(', ');
}

function formatInner(fields: Endpoints): string {
  const protocol = typeof fields.protocol === 'string' || typeof fields.protocol === 'number' ? `${fields.protocol} ` : '';
  return `(${protocol}${endpoint(fields.src, fields.srcPort) ?? '?'} > ${endpoint(fields.dst, fields.dstPort) ?? '?'})`;
}
