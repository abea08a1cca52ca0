import { formatIpv4, parseIpv4 } from '../base/addresses.ts';
import { MAX_KEY_WORDS } from '../decoder/flow-key.ts';
import { encodeFlowKey } from '../flows/encode-flow-key.ts';
import { fillRow } from '../flows/hash-input-from-keys.ts';
import type { FlowFieldsInput } from '../flows/flow-field-types.ts';
import type { HashPolicy } from '../hash/policy.ts';
import { createHashInput } from '../hash/hash-input.ts';
import { selectOf } from './plan-rule.ts';

/** The sender whose members are to be covered. */
export interface CoverSender {
  readonly policy: HashPolicy;
  readonly variant: string;
  readonly basis: number;
  readonly memberCount: number;
  /** Of senders with a table: index of each bucket's member, -1 where it is not known. */
  readonly buckets?: Int16Array;
}

/** One flow of a cover: what to vary is in `fields`. */
export interface CoverPick {
  /** Index in hash order. */
  readonly index: number;
  readonly fields: FlowFieldsInput;
}

export interface Cover {
  readonly picks: readonly CoverPick[];
  /** Indices that no flow was found for. */
  readonly missing: readonly number[];
  /** True: what was varied does not enter the hash, or nothing can be predicted. */
  readonly isHopeless: boolean;
}

/** Where iperf3 listens unless told otherwise, and where clients' ports are looked for: above what systems hand out by themselves. */
export const FIRST_SERVER_PORT = 5201;
export const FIRST_CLIENT_PORT = 61001;
/** Ports tried: of servers, and of the client for each of them. */
const SERVER_PORTS = 64;
const CLIENT_PORTS = 64;
/** Server ports after which ports are known to decide nothing. */
const TRIED_SERVERS = 16;
const NOT_HASHED = -2;
/** Addresses of a range looked at. */
const MOST_ADDRESSES = 65_536;

const keys = new Uint32Array(MAX_KEY_WORDS + 1);
const input = createHashInput(1);
const out = { hash: new Uint32Array(1), reason: new Uint8Array(1) };

/** Index of the member for a packet, or -1 where it cannot be told. One row at a time: a cover asks for some thousands. */
export function memberIndexOf(sender: CoverSender, fields: FlowFieldsInput): number {
  const { policy, variant, basis, memberCount, buckets } = sender;
  if (policy.selector === 'none' || !encodeFlowKey(fields, keys, 0).ok) return -1;
  fillRow(input, 0, keys, 0, false);
  input.length = 1;
  policy.hash(input, { variant, basis, memberCount }, out);
  if (out.reason[0] !== 0) return -1;
  if (buckets !== undefined) return buckets[out.hash[0] & (policy.selector === 'bucket-8' ? 7 : 0xff)];
  return policy.selector === 'bucket-256' ? -1 : selectOf(policy)(out.hash[0], memberCount);
}

/** One server port per flow, since an iperf3 server serves one test at a time: client and server port are chosen so that every member gets one. */
export function coverPorts(sender: CoverSender, base: FlowFieldsInput): Cover {
  const picks: CoverPick[] = [];
  const missing: number[] = [];
  const fieldsAt = (server: number, client: number): FlowFieldsInput => ({
    ...base,
    srcPort: FIRST_CLIENT_PORT + client,
    dstPort: FIRST_SERVER_PORT + server,
  });
  // Each pair is hashed once, when it is come to.
  const known = new Int32Array(SERVER_PORTS * CLIENT_PORTS).fill(NOT_HASHED);
  const indexAt = (server: number, client: number): number => {
    const at = server * CLIENT_PORTS + client;
    if (known[at] === NOT_HASHED) known[at] = memberIndexOf(sender, fieldsAt(server, client));
    return known[at];
  };
  if (!areDifferent(indexAt) && sender.memberCount > 1) {
    return { picks, missing: Array.from({ length: sender.memberCount }, (_, index) => index), isHopeless: true };
  }
  const servers = new Set<number>();
  const clients = new Set<number>();
  for (let index = 0; index < sender.memberCount; index++) {
    const pair = findPair(indexAt, index, servers, clients);
    if (pair === null) {
      missing.push(index);
      continue;
    }
    const [server, client] = pair;
    picks.push({ index, fields: fieldsAt(server, client) });
    servers.add(server);
    clients.add(client);
  }
  return { picks, missing, isHopeless: picks.length === 0 || (picks.length === 1 && sender.memberCount > 1) };
}

type PortPairs = (server: number, client: number) => number;

/** Ports that reach one member only, or none, reach no second one later: a few rows tell. */
function areDifferent(indexAt: PortPairs): boolean {
  const first = indexAt(0, 0);
  for (let server = 0; server < TRIED_SERVERS; server++)
    for (let client = 0; client < CLIENT_PORTS; client++) if (indexAt(server, client) !== first) return true;
  return false;
}

/** Two clients of one host cannot bind one port, and two tests cannot share a server. */
function findPair(indexAt: PortPairs, index: number, servers: ReadonlySet<number>, clients: ReadonlySet<number>): [number, number] | null {
  for (let server = 0; server < SERVER_PORTS; server++) {
    if (servers.has(server)) continue;
    for (let client = 0; client < CLIENT_PORTS; client++)
      if (!clients.has(client) && indexAt(server, client) === index) return [server, client];
  }
  return null;
}

/** The first addresses of a range that put one flow on each member. */
export function coverAddresses(sender: CoverSender, base: FlowFieldsInput, range: AddressRange): Cover {
  const picks: (CoverPick | undefined)[] = Array.from({ length: sender.memberCount });
  let open = sender.memberCount;
  for (let i = 0; i < range.count && open > 0; i++) {
    const fields = { ...base, dst: range.at(i) };
    const index = memberIndexOf(sender, fields);
    if (index < 0 || picks[index] !== undefined) continue;
    picks[index] = { index, fields };
    open--;
  }
  const found = picks.filter((pick) => pick !== undefined);
  return {
    picks: found,
    missing: Array.from({ length: sender.memberCount }, (_, index) => index).filter((index) => picks[index] === undefined),
    isHopeless: found.length === 0,
  };
}

export interface AddressRange {
  readonly count: number;
  at(i: number): string;
}

/** `10.0.0.16/28`, `10.0.0.20-10.0.0.40` or `10.0.0.20-40`; null for anything else. */
export function parseAddressRange(text: string): AddressRange | null {
  const words = new Uint32Array(1);
  const read = (address: string): number | null => (parseIpv4(address, words) ? swap32(words[0]) : null);
  const cidr = /^([\d.]+)\/(\d{1,2})$/.exec(text);
  if (cidr !== null) {
    const base = read(cidr[1]);
    const bits = Number(cidr[2]);
    if (base === null || bits > 32) return null;
    const size = 2 ** (32 - bits);
    const first = Math.floor(base / size) * size;
    // Network and broadcast address are no hosts.
    return size > 2 ? rangeOf(first + 1, first + size - 2) : rangeOf(first, first + size - 1);
  }
  const span = /^([\d.]+)-([\d.]+)$/.exec(text);
  if (span === null) {
    const one = read(text);
    return one === null ? null : rangeOf(one, one);
  }
  const from = read(span[1]);
  if (from === null) return null;
  const to = /^\d{1,3}$/.test(span[2]) ? Math.floor(from / 256) * 256 + Number(span[2]) : read(span[2]);
  if (to === null || to < from || (/^\d{1,3}$/.test(span[2]) && Number(span[2]) > 255)) return null;
  return rangeOf(from, to);
}

function rangeOf(from: number, to: number): AddressRange {
  return { count: Math.min(to - from + 1, MOST_ADDRESSES), at: (i) => formatIpv4(swap32(from + i)) };
}

function swap32(x: number): number {
  return (((x & 0xff) << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24)) >>> 0;
}
