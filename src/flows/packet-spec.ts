/**
 * One packet in words: `tcp 10.0.0.1:4000 > 10.0.0.2:80 vlan 5 smac 02:00:00:00:00:11 dmac 02:00:00:00:00:22`.
 * The words may stand in any order; `quoting …` and `carrying …` take the rest of the line.
 */
import { parseIpv4, parseIpv6, parseMac } from '../base/addresses.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { asNumber } from './field-values.ts';
import type { FlowFieldsInput } from './flow-field-types.ts';
import { protocolNumber } from './protocol-names.ts';

interface Token {
  readonly text: string;
  /** 0-based offset in the spec. */
  readonly offset: number;
}

/** The fields under construction. */
interface Draft {
  srcMac?: string;
  dstMac?: string;
  etherType?: number | string;
  tcis?: number[];
  tpids?: number[];
  src?: string;
  dst?: string;
  protocol?: string | number;
  srcPort?: number;
  dstPort?: number;
  spi?: number;
  icmp?: { type?: number; code?: number; id?: number };
  fragment?: string;
  flowLabel?: number;
  nextHeader?: number;
  arpOpcode?: number;
  quoted?: Draft;
  tunnel?: { type: string; id?: number; inner: Draft };
  tagInFrame?: boolean;
}

interface Parser {
  readonly tokens: readonly Token[];
  next: number;
  readonly end: number;
  trouble: string | null;
  troubleAt: number;
}

const WORDS =
  'tcp, udp, icmp, icmpv6, sctp, dccp, udplite, esp, ah, gre, arp, proto N, ethertype 0x…, A:PORT > B:PORT, type, code, id, spi, vlan, pcp, tci, tpid, smac, dmac, frag, label, next, op, inframe, quoting, carrying';

const words = new Uint32Array(4);
const macWords = new Uint32Array(2);

export function parsePacketSpec(text: string): Result<FlowFieldsInput> {
  const parser: Parser = { tokens: tokenize(text), next: 0, end: text.length, trouble: null, troubleAt: 0 };
  if (parser.tokens.length === 0) refuse(parser, 0, 'the packet is empty; an example: tcp 10.0.0.1:4000 > 10.0.0.2:80');
  const draft = parsePacket(parser, 0);
  if (parser.trouble !== null) {
    const reason = `column ${parser.troubleAt + 1}: ${parser.trouble}`;
    return fail({ code: 'unrecognized-text', offset: parser.troubleAt, reason, partial: false });
  }
  return ok(draft as FlowFieldsInput);
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /->|>|→|[^\s>→]+?(?=->|>|→|\s|$)/g;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    tokens.push({ text: match[0], offset: match.index });
  }
  return tokens;
}

function refuse(parser: Parser, offset: number, trouble: string): void {
  if (parser.trouble !== null) return;
  parser.trouble = trouble;
  parser.troubleAt = offset;
}

/** The token after a keyword, or null with an error. */
function take(parser: Parser, after: Token, what: string): Token | null {
  if (parser.next < parser.tokens.length) return parser.tokens[parser.next++];
  refuse(parser, parser.end, `${after.text} needs ${what}`);
  return null;
}

function takeNumber(parser: Parser, after: Token, max: number): number {
  const token = take(parser, after, `a number from 0 to ${max}`);
  if (token === null) return 0;
  const value = asNumber(token.text);
  if (value < 0 || value > max) refuse(parser, token.offset, `${after.text} needs a number from 0 to ${max}, not "${token.text}"`);
  return value;
}

function takeMac(parser: Parser, after: Token): string {
  const token = take(parser, after, 'a MAC address');
  if (token === null) return '';
  if (!parseMac(token.text, macWords)) refuse(parser, token.offset, `"${token.text}" is not a MAC address like 02:00:00:00:00:11`);
  return token.text;
}

function parsePacket(parser: Parser, depth: number): Draft {
  const draft: Draft = {};
  while (parser.next < parser.tokens.length && parser.trouble === null) {
    const token = parser.tokens[parser.next++];
    const word = token.text.toLowerCase();
    if (word === 'quoting' || word === 'carrying') {
      if (depth > 4) refuse(parser, token.offset, 'too many packets inside each other');
      else if (parser.next >= parser.tokens.length) refuse(parser, parser.end, `${word} needs a packet`);
      else if (word === 'quoting') draft.quoted = parsePacket(parser, depth + 1);
      else addTunnel(parser, token, draft, parsePacket(parser, depth + 1));
    } else if (!parseWord(parser, token, word, draft)) {
      parseEndpoints(parser, token, draft);
    }
  }
  return draft;
}

/** Handles a keyword; false if the token is none. */
function parseWord(parser: Parser, token: Token, word: string, draft: Draft): boolean {
  switch (word) {
    case 'arp':
    case 'rarp':
      draft.protocol = 'arp';
      draft.etherType = word === 'arp' ? 0x0806 : 0x8035;
      return true;
    case 'proto':
    case 'protocol':
      draft.protocol = takeNumber(parser, token, 255);
      return true;
    case 'ethertype':
      draft.etherType = takeNumber(parser, token, 0xffff);
      return true;
    case 'type':
      draft.icmp = { ...draft.icmp, type: takeNumber(parser, token, 255) };
      return true;
    case 'code':
      draft.icmp = { ...draft.icmp, code: takeNumber(parser, token, 255) };
      return true;
    case 'id':
      draft.icmp = { ...draft.icmp, id: takeNumber(parser, token, 0xffff) };
      return true;
    case 'spi':
      draft.spi = takeNumber(parser, token, 0xffffffff);
      return true;
    case 'vlan':
      addTag(draft, takeNumber(parser, token, 0xfff));
      return true;
    case 'tci':
      addTag(draft, takeNumber(parser, token, 0xffff));
      return true;
    case 'pcp':
      changeTag(parser, token, draft, takeNumber(parser, token, 7) << 13);
      return true;
    case 'dei':
      changeTag(parser, token, draft, 0x1000);
      return true;
    case 'tpid':
      setTpid(parser, token, draft, takeNumber(parser, token, 0xffff));
      return true;
    case 'smac':
      draft.srcMac = takeMac(parser, token);
      return true;
    case 'dmac':
      draft.dstMac = takeMac(parser, token);
      return true;
    case 'frag':
    case 'fragment':
      draft.fragment = takeFragment(parser, token);
      return true;
    case 'label':
      draft.flowLabel = takeNumber(parser, token, 0xfffff);
      return true;
    case 'next':
      draft.nextHeader = takeNumber(parser, token, 255);
      return true;
    case 'op':
      draft.arpOpcode = takeNumber(parser, token, 0xffff);
      return true;
    case 'inframe':
      draft.tagInFrame = true;
      return true;
    default:
      if (protocolNumber(word) < 0) return false;
      draft.protocol = word;
      return true;
  }
}

function addTag(draft: Draft, tci: number): void {
  draft.tcis = [...(draft.tcis ?? []), tci];
}

function changeTag(parser: Parser, token: Token, draft: Draft, bits: number): void {
  if (draft.tcis === undefined) refuse(parser, token.offset, `${token.text} belongs behind the vlan it changes`);
  else draft.tcis[draft.tcis.length - 1] |= bits;
}

function setTpid(parser: Parser, token: Token, draft: Draft, tpid: number): void {
  if (draft.tcis === undefined) {
    refuse(parser, token.offset, 'tpid belongs behind the vlan it changes');
    return;
  }
  draft.tpids = draft.tcis.map((_, tag) => draft.tpids?.[tag] ?? 0x8100);
  draft.tpids[draft.tcis.length - 1] = tpid;
}

function takeFragment(parser: Parser, after: Token): string {
  const token = take(parser, after, 'first or later');
  const text = token?.text.toLowerCase() ?? '';
  if (token !== null && text !== 'first' && text !== 'later') refuse(parser, token.offset, `frag is first or later, not "${token.text}"`);
  return text;
}

/** What a packet carries, by its protocol. */
function addTunnel(parser: Parser, token: Token, draft: Draft, inner: Draft): void {
  const protocol = typeof draft.protocol === 'string' ? protocolNumber(draft.protocol) : (draft.protocol ?? -1);
  const outerV6 = draft.src?.includes(':') ?? false;
  if (protocol === 47) draft.tunnel = { type: 'gre', inner };
  else if (protocol === 4) draft.tunnel = { type: outerV6 ? '4in6' : 'ipip', inner };
  else if (protocol === 41) draft.tunnel = { type: outerV6 ? 'ip6ip6' : '6in4', inner };
  else refuse(parser, token.offset, 'carrying belongs to gre, ipip or ipv6');
}

function parseEndpoints(parser: Parser, token: Token, draft: Draft): void {
  const src = readEndpoint(parser, token);
  if (src === null) return;
  const arrow = parser.tokens[parser.next];
  if (arrow === undefined || (arrow.text !== '>' && arrow.text !== '->' && arrow.text !== '→')) {
    refuse(parser, arrow?.offset ?? parser.end, `"> destination" is expected behind ${token.text}`);
    return;
  }
  parser.next++;
  const target = take(parser, arrow, 'a destination address');
  if (target === null) return;
  const dst = readEndpoint(parser, target);
  if (dst === null) return;
  if (draft.src !== undefined) refuse(parser, token.offset, 'the addresses are given twice');
  draft.src = src.address;
  draft.dst = dst.address;
  if (src.port >= 0) draft.srcPort = src.port;
  if (dst.port >= 0) draft.dstPort = dst.port;
}

/** "10.0.0.1:80", "10.0.0.1", "[2001:db8::1]:80", "[2001:db8::1]" or "2001:db8::1". Port -1 if there is none. */
function readEndpoint(parser: Parser, token: Token): { address: string; port: number } | null {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([^:]*))?$/.exec(token.text);
  const bracketed = match?.[1];
  const address = bracketed ?? match?.[2] ?? token.text;
  const portText = match?.[3];
  const isAddress =
    bracketed !== undefined ? parseIpv6(address, words) : parseIpv4(address, words) || (match === null && parseIpv6(address, words));
  if (!isAddress) {
    refuse(
      parser,
      token.offset,
      looksLikeAddress(token.text) ? `"${token.text}" is not an address` : `"${token.text}" is unknown; the words are ${WORDS}`,
    );
    return null;
  }
  if (portText === undefined) return { address, port: -1 };
  const port = asNumber(portText);
  if (port < 0 || port > 0xffff) {
    refuse(parser, token.offset + token.text.length - portText.length, `"${portText}" is not a port from 0 to 65535`);
    return null;
  }
  return { address, port };
}

function looksLikeAddress(text: string): boolean {
  return /[.:[\]]/.test(text) || /^\d/.test(text);
}
