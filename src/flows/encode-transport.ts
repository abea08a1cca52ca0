/** Writes the transport word of an IP layer. */
import { FRAGMENT_LATER, L4_ABSENT, L4_CUT, L4_FORM_SHIFT, L4_ICMP, L4_PADDING, L4_PORTS, L4_SHORT } from '../decoder/flow-key.ts';
import { hasIcmpIdentifier, swap16, swap32 } from '../hash/linux-blocks.ts';
import { isMissing } from './field-values.ts';
import type { FlowFieldsInput } from './flow-field-types.ts';
import { put, readNumber, refuse, type Writer } from './key-writer.ts';
import { hasPortPair, hasSpi, PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from './protocol-names.ts';

/** Writes the L4 word and returns its descriptor bits. */
/** `assumedPort`: destination port where none is given (UDP tunnels), or -1. */
export function writeTransport(writer: Writer, fields: FlowFieldsInput, protocol: number, fragment: number, assumedPort: number): number {
  const pair = hasPortPair(protocol);
  if (!pair && !(isMissing(fields.srcPort) && isMissing(fields.dstPort))) refuse(writer, `srcPort: protocol ${protocol} has no ports`);
  if (!hasSpi(protocol) && !isMissing(fields.spi)) refuse(writer, `spi: protocol ${protocol} has no SPI`);
  const isIcmp = protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6;
  if (!isIcmp && !isMissing(fields.icmp)) refuse(writer, `icmp: protocol ${protocol} is not ICMP`);
  if (fragment === FRAGMENT_LATER) {
    if (!isMissing(fields.srcPort) || !isMissing(fields.dstPort) || !isMissing(fields.spi) || !isMissing(fields.icmp)) {
      refuse(writer, 'fragment: a later fragment has no ports, SPI or ICMP header');
    }
    return 0;
  }
  if (isIcmp) return writeIcmp(writer, fields.icmp, fields.transport);
  if (pair) {
    const src = readNumber(writer, fields.srcPort, 'srcPort', 0xffff, -1);
    const dst = readNumber(writer, fields.dstPort, 'dstPort', 0xffff, assumedPort);
    if (src >= 0 !== dst >= 0 && assumedPort < 0)
      refuse(writer, `${src < 0 ? 'srcPort' : 'dstPort'} is missing: a port needs its counterpart`);
    return writeWord(writer, L4_PORTS, src < 0 || dst < 0 ? -1 : (swap16(src) | (swap16(dst) << 16)) >>> 0, fields.transport);
  }
  if (!hasSpi(protocol)) return 0;
  const spi = readNumber(writer, fields.spi, 'spi', 0xffffffff, -1);
  return writeWord(writer, L4_PORTS, spi < 0 ? -1 : swap32(spi), fields.transport);
}

/** `word` -1: the bytes are not known. */
export function writeWord(writer: Writer, form: number, word: number, state: unknown): number {
  let bits = form << L4_FORM_SHIFT;
  if (state === 'absent') bits |= L4_ABSENT;
  else if (word < 0 || state === 'cut') bits |= L4_CUT;
  else if (state === 'padding') bits |= L4_PADDING | L4_SHORT;
  else if (state === 'short') bits |= L4_SHORT;
  put(writer, (bits & (L4_ABSENT | L4_CUT)) !== 0 ? 0 : word);
  return bits;
}

export function writeIcmp(writer: Writer, value: unknown, state: unknown): number {
  if (isMissing(value)) return writeWord(writer, L4_ICMP, -1, state);
  if (typeof value !== 'object' || value === null) {
    refuse(writer, 'icmp: give {"type", "code", "id"}');
    return 0;
  }
  const { type, code, id } = value as { type?: unknown; code?: unknown; id?: unknown };
  const typeNumber = readNumber(writer, type, 'icmp.type', 255, -1);
  if (typeNumber < 0) refuse(writer, 'icmp.type is missing');
  const hasIdentifier = hasIcmpIdentifier(typeNumber);
  const identifier = readNumber(writer, id, 'icmp.id', 0xffff, 0);
  const word = typeNumber | (readNumber(writer, code, 'icmp.code', 255, 0) << 8) | ((hasIdentifier ? identifier : 0) << 16);
  return writeWord(writer, L4_ICMP, word >>> 0, state);
}
