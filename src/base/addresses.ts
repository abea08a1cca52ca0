/**
 * Text of MAC and IP addresses and back. Words of IP addresses are the packet bytes read little-endian
 * (10.0.0.11 is 0x0b00000a), four words per address, IPv4 in the first; MACs are bytes 0..1 and 2..5 as numbers.
 */

const HEX = '0123456789abcdef';

function hexByte(value: number): string {
  return HEX[(value >>> 4) & 15] + HEX[value & 15];
}

/** "02:00:00:00:00:11" from bytes 0..1 (`hi`) and bytes 2..5 (`lo`). */
export function formatMac(hi: number, lo: number): string {
  return (
    hexByte(hi >>> 8) +
    ':' +
    hexByte(hi) +
    ':' +
    hexByte(lo >>> 24) +
    ':' +
    hexByte(lo >>> 16) +
    ':' +
    hexByte(lo >>> 8) +
    ':' +
    hexByte(lo)
  );
}

/** "10.0.0.1" from its little-endian word. */
export function formatIpv4(word: number): string {
  return (word & 0xff) + '.' + ((word >>> 8) & 0xff) + '.' + ((word >>> 16) & 0xff) + '.' + (word >>> 24);
}

/** RFC 5952 text of the four little-endian words at `at`. IPv4-mapped addresses keep their dotted tail (RFC 5952, 5). */
export function formatIpv6(words: Uint32Array, at: number): string {
  const w2 = words[at + 2];
  if (words[at] === 0 && words[at + 1] === 0 && w2 === 0xffff0000) return '::ffff:' + formatIpv4(words[at + 3]);
  let bestStart = -1;
  let bestLength = 1;
  let start = -1;
  for (let group = 0; group <= 8; group++) {
    const zero = group < 8 && groupOf(words, at, group) === 0;
    if (zero && start < 0) start = group;
    if (!zero && start >= 0) {
      if (group - start > bestLength) {
        bestStart = start;
        bestLength = group - start;
      }
      start = -1;
    }
  }
  let text = '';
  for (let group = 0; group < 8; group++) {
    if (group === bestStart) {
      text += '::';
      group += bestLength - 1;
      continue;
    }
    if (text !== '' && !text.endsWith(':')) text += ':';
    text += groupOf(words, at, group).toString(16);
  }
  return text;
}

function groupOf(words: Uint32Array, at: number, group: number): number {
  const half = words[at + (group >>> 1)] >>> ((group & 1) * 16);
  return ((half & 0xff) << 8) | ((half >>> 8) & 0xff);
}

/** Value of a hex digit, -1 for anything else. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 0x20;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Reads "02:00:00:00:00:11" (also with '-', and Cisco's "0200.0000.0011") into out[0] (bytes 0..1) and out[1] (bytes 2..5). */
export function parseMac(text: string, out: Uint32Array): boolean {
  if (text.length !== 17) return parseLooseMac(text, out);
  const separator = text.charCodeAt(2);
  if (separator !== 58 && separator !== 45) return false;
  let hi = 0;
  let lo = 0;
  for (let byte = 0; byte < 6; byte++) {
    const at = byte * 3;
    const high = hexDigit(text.charCodeAt(at));
    const low = hexDigit(text.charCodeAt(at + 1));
    if (high < 0 || low < 0 || (byte < 5 && text.charCodeAt(at + 2) !== separator)) return false;
    if (byte < 2) hi = (hi << 8) | (high << 4) | low;
    else lo = (lo << 8) | (high << 4) | low;
  }
  out[0] = hi;
  out[1] = lo;
  return true;
}

/** "2:0:0:0:0:11" and "0200.0000.0011". */
function parseLooseMac(text: string, out: Uint32Array): boolean {
  let digits = '';
  if (/^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/i.test(text)) {
    for (const part of text.split(':')) digits += part.length === 1 ? '0' + part : part;
  } else if (/^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$/i.test(text)) {
    digits = text.replaceAll('.', '');
  } else {
    return false;
  }
  out[0] = Number.parseInt(digits.slice(0, 4), 16);
  out[1] = Number.parseInt(digits.slice(4), 16);
  return true;
}

/** Reads dotted IPv4 into out[0]; false for anything else (no leading zeros: their base is ambiguous). */
export function parseIpv4(text: string, out: Uint32Array): boolean {
  let word = 0;
  let octet = 0;
  let digits = 0;
  let index = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 46;
    if (code === 46) {
      if (digits === 0 || octet > 255 || index > 3) return false;
      word |= octet << (index * 8);
      index++;
      octet = 0;
      digits = 0;
    } else if (code >= 48 && code <= 57) {
      if (digits > 0 && octet === 0) return false;
      octet = octet * 10 + code - 48;
      digits++;
      if (digits > 3) return false;
    } else {
      return false;
    }
  }
  if (index !== 4) return false;
  out[0] = word;
  out[1] = out[2] = out[3] = 0;
  return true;
}

const ipv4Scratch = new Uint32Array(4);

/** Reads IPv6 (RFC 4291 forms, no zone) into out[0..3]. */
export function parseIpv6(text: string, out: Uint32Array): boolean {
  if (text.length > 45 || !/^[0-9a-f:.]+$/i.test(text)) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const head: number[] = [];
  const tail: number[] = [];
  if (!readGroups(halves[0], head, halves.length === 1)) return false;
  if (halves.length === 2 && !readGroups(halves[1], tail, true)) return false;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return false;
  for (let group = 0; group < 8; group++) {
    const value = group < head.length ? head[group] : group < head.length + missing ? 0 : tail[group - head.length - missing];
    const half = ((value & 0xff) << 8) | (value >>> 8);
    if ((group & 1) === 0) out[group >>> 1] = half;
    else out[group >>> 1] |= half << 16;
  }
  return true;
}

function readGroups(text: string, groups: number[], mayEndInIpv4: boolean): boolean {
  if (text === '') return true;
  const parts = text.split(':');
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (mayEndInIpv4 && i === parts.length - 1 && part.includes('.')) {
      if (!parseIpv4(part, ipv4Scratch)) return false;
      const word = ipv4Scratch[0];
      groups.push(((word & 0xff) << 8) | ((word >>> 8) & 0xff), (((word >>> 16) & 0xff) << 8) | (word >>> 24));
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(part)) return false;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return true;
}

/** "0x0000833b": eight hex digits. */
export function formatHex32(value: number): string {
  return '0x' + (value >>> 0).toString(16).padStart(8, '0');
}

/** "0x0800": four hex digits. */
export function formatHex16(value: number): string {
  return '0x' + (value & 0xffff).toString(16).padStart(4, '0');
}
