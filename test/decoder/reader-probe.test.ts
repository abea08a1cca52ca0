import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createCaptureReader, createInputProbe } from '../../src/decoder/open-capture.ts';
import { createPacketBatch } from '../../src/decoder/create-packet-batch.ts';
import { nameOtherFormat, sniffContent } from '../../src/decoder/sniff.ts';
import {
  buildMixedPcapng,
  buildPcap,
  buildPcapHeader,
  buildSection,
  buildWords,
  concatBytes,
  patternBytes,
  someRecords,
} from '../support/capture-builder.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16 = (text: string, little: boolean): Uint8Array =>
  buildWords(little, ...[...`\ufeff${text}`].map((letter) => [2, letter.charCodeAt(0)] as const));

describe('sniffContent', () => {
  it('tells captures by their magic', () => {
    for (const little of [true, false]) {
      for (const nanos of [true, false]) expect(sniffContent(buildPcapHeader({ little, nanos }), false)).toBe('pcap');
      expect(sniffContent(buildPcapHeader({ little, magic: 0xa1b2cd34 }), false)).toBe('pcap');
      expect(sniffContent(buildSection(little), false)).toBe('pcapng');
    }
    expect(sniffContent(gzipSync(new Uint8Array(3)), false)).toBe('gzip');
    expect(sniffContent(buildWords(true, [4, 0xfd2fb528]), false)).toBe('zstd');
    expect(sniffContent(buildWords(true, [4, 0x184d2a5e]), false)).toBe('zstd');
  });

  it('asks for more only while it has to', () => {
    const empty = new Uint8Array(0);
    expect([sniffContent(empty, false), sniffContent(empty, true)]).toEqual(['need-more', 'empty']);
    for (const file of [buildPcap(someRecords(2, 1e6)), buildMixedPcapng(1)]) {
      for (let length = 0; length < 12; length++) expect(['need-more', 'pcap']).toContain(sniffContent(file.subarray(0, length), false));
    }
    expect(sniffContent(utf8('Ethernet Channel Bonding Driver: v6.1\n'), false)).toBe('need-more');
    expect(sniffContent(utf8('Ethernet Channel Bonding Driver: v6.1\n'), true)).toBe('text');
    expect(sniffContent(utf8('x'.repeat(2000)), false)).toBe('text');
    expect([sniffContent(new Uint8Array(31), false), sniffContent(new Uint8Array(32), false)]).toEqual(['need-more', 'binary']);
  });

  it('knows texts: UTF-8 with and without mark, UTF-16 with mark, stray bytes of other encodings', () => {
    for (const text of [
      utf8('\ufeff{"a": 1}'),
      utf8('Zustand: größer'),
      utf16('bond0', true),
      utf16('bond0', false),
      utf8('\u001b[31mred\u001b[0m\r\n'),
    ]) {
      expect(sniffContent(text, true)).toBe('text');
    }
    expect(sniffContent(concatBytes(utf8('a text of a certain length, gr'), Uint8Array.of(0xfc), utf8('n')), true)).toBe('text');
    expect(
      sniffContent(
        patternBytes(300).map((byte) => byte | 0x80),
        true,
      ),
    ).toBe('binary');
    expect(sniffContent(utf8('\n\r\r\n and so on'), true)).toBe('text');
  });

  it('names formats that cannot be read', () => {
    const named: [Uint8Array, string][] = [
      [utf8('snoop\0\0\0\0\0\0\x02\0\0\0\x04'), 'snoop'],
      [utf8('btsnoop\0\0\0\0\x01\0\0\x03\xea'), 'btsnoop'],
      [utf8('GMBU\0\x02\x01\0aaaaaaaa'), 'NetMon'],
      [concatBytes(Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), new Uint8Array(20)), 'xz'],
      [concatBytes(utf8('BZh91AY&SY'), new Uint8Array(20)), 'bzip2'],
    ];
    for (const [bytes, name] of named) {
      expect(sniffContent(bytes, true)).toBe('other-capture');
      expect(nameOtherFormat(bytes)).toContain(name);
    }
    const erf = (seconds: number): Uint8Array =>
      concatBytes(buildWords(true, [4, 0], [4, seconds]), buildWords(false, [1, 2], [1, 4], [2, 36], [2, 0], [2, 60]), patternBytes(20));
    expect(nameOtherFormat(concatBytes(erf(1_700_000_000), erf(1_700_000_001)))).toBe('Endace ERF');
  });
});

describe('input probe', () => {
  const feed = (bytes: Uint8Array, size: number): ReturnType<typeof createInputProbe> => {
    const probe = createInputProbe();
    const batch = createPacketBatch();
    for (let at = 0; at < bytes.length && !probe.done; at += size) {
      probe.push(bytes.slice(at, at + size));
      while (probe.reader !== null && probe.reader.next(batch) > 0);
    }
    probe.finish();
    while (probe.reader !== null && probe.reader.next(batch) > 0);
    return probe;
  };

  it('gives texts, plain and compressed, of any encoding', () => {
    const text = 'Slave Interface: eth1 → größer\n'.repeat(200);
    for (const bytes of [
      utf8(text),
      utf16(text, true),
      utf16(text, false),
      gzipSync(utf8(text)),
      concatBytes(gzipSync(utf8(text.slice(0, 10))), gzipSync(utf8(text.slice(10)))),
    ]) {
      for (const size of [1, 100, 1 << 16]) {
        const probe = feed(bytes, size);
        expect([probe.kind, probe.reader, probe.failure, probe.issues]).toEqual(['text', null, null, []]);
        expect(probe.text).toBe(text);
      }
    }
    expect(feed(utf8('x'), 1).text).toBe('x');
  });

  it('gives captures', () => {
    for (const file of [buildPcap(someRecords(5, 1e6)), buildMixedPcapng(5), gzipSync(buildPcapHeader())]) {
      for (const size of [1, 1 << 16]) {
        const probe = feed(file, size);
        expect([probe.kind, probe.text, probe.failure]).toEqual(['capture', null, null]);
        expect(probe.reader!.info.format).toMatch(/^pcap/);
      }
    }
  });

  it('says why an input is of no use', () => {
    const failures: [Uint8Array, string, string][] = [
      [new Uint8Array(0), 'empty', 'no bytes'],
      [gzipSync(new Uint8Array(0)), 'empty', 'inside the gzip data'],
      [new Uint8Array(5000), 'not-a-capture', 'neither'],
      [gzipSync(new Uint8Array(5000)), 'not-a-capture', 'inside the gzip data'],
      [gzipSync(gzipSync(utf8('x'))), 'unsupported-format', 'gzip data inside the gzip data'],
      [utf8('snoop\0\0\0\0\0\0\x02\0\0\0\x04'), 'unsupported-format', 'snoop'],
      [gzipSync(utf8('text')).subarray(0, 10), 'truncated', 'ends early'],
      [concatBytes(Uint8Array.of(0x1f, 0x8b, 8, 0xff), new Uint8Array(100)), 'corrupt', 'member header'],
    ];
    for (const [bytes, code, reason] of failures) {
      for (const size of [1, 1 << 16]) {
        const probe = feed(bytes, size);
        expect(probe.kind).toBe('none');
        expect(probe.failure).toMatchObject({ code, partial: false, reason: expect.stringContaining(reason) });
        expect(probe.issues).toEqual([probe.failure]);
      }
    }
  });

  it('keeps the text before a cut', () => {
    const text = utf8('Aggregator ID: 1\n'.repeat(1000) + Math.random());
    const probe = feed(gzipSync(text).subarray(0, -9), 10);
    expect(probe.kind).toBe('text');
    expect(probe.text!.length).toBeGreaterThan(1000);
    expect(probe.issues).toMatchObject([{ code: 'truncated', partial: true }]);
  });

  it('bounds texts', { timeout: 20_000 }, () => {
    const probe = feed(gzipSync(new Uint8Array(70 << 20).fill(0x61)), 1 << 16);
    expect(probe.kind).toBe('none');
    expect(probe.failure).toMatchObject({ code: 'unrecognized-text' });
  });

  it('has a variant for captures only', () => {
    const reader = createCaptureReader();
    reader.push(utf8('just a text'));
    reader.finish();
    expect(reader.next(createPacketBatch())).toBe(0);
    expect(reader.issues).toMatchObject([{ code: 'not-a-capture' }]);
  });
});
