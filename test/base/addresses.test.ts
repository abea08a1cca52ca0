import { describe, expect, it } from 'vitest';
import { formatIpv4, formatIpv6, formatMac, parseIpv4, parseIpv6, parseMac } from '../../src/base/addresses.ts';

const words = new Uint32Array(4);

describe('IPv6 text (RFC 5952)', () => {
  for (const [text, canonical] of [
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['fe80::abcd', 'fe80::abcd'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1::3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
  ]) {
    it(`${text} is ${canonical}`, () => {
      expect(parseIpv6(text, words)).toBe(true);
      expect(formatIpv6(words, 0)).toBe(canonical);
    });
  }

  for (const text of [
    '',
    ':',
    ':::',
    '1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '12345::',
    'g::',
    '1:2:3:4:5:6:7::8',
    '::1.2.3',
    '1.2.3.4::',
    'fe80::1%eth0',
    '::1/64',
  ]) {
    it(`${JSON.stringify(text)} is refused`, () => expect(parseIpv6(text, words)).toBe(false));
  }
});

describe('IPv4', () => {
  it('is the packet bytes read little-endian', () => {
    expect(parseIpv4('10.0.0.11', words)).toBe(true);
    expect(words[0]).toBe(0x0b00000a);
    expect(formatIpv4(words[0])).toBe('10.0.0.11');
  });
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.',
    '.1.2.3',
    '1.2.3.4 ',
    'a.b.c.d',
    '1..2.3',
    '-1.2.3.4',
    '1.2.3.0x4',
  ]) {
    it(`${JSON.stringify(text)} is refused`, () => expect(parseIpv4(text, words)).toBe(false));
  }
});

describe('MAC', () => {
  for (const text of ['02:00:00:AB:cd:11', '02-00-00-ab-cd-11', '0200.00ab.cd11', '2:0:0:ab:cd:11']) {
    it(text, () => {
      expect(parseMac(text, words)).toBe(true);
      expect(formatMac(words[0], words[1])).toBe('02:00:00:ab:cd:11');
    });
  }
  for (const text of [
    '',
    '02:00:00:ab:cd',
    '02:00:00:ab:cd:1g',
    '02:00:00-ab:cd:11',
    '02:00:00:ab:cd:11:22',
    '0200:00ab:cd11',
    '02:00:00:ab:cd:1 ',
  ]) {
    it(`${JSON.stringify(text)} is refused`, () => expect(parseMac(text, words)).toBe(false));
  }
});
