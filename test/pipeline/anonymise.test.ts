import { describe, expect, it } from 'vitest';
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from '../../src/base/addresses.ts';
import { formatMac, parseMac } from '../../src/flows/mac.ts';
import { openFileSource } from '../../src/cli/node-file-source.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeFlows, type AnalysisInput } from '../../src/pipeline/analyze.ts';
import { AddressMap } from '../../src/pipeline/anonymise/address-map.ts';
import { anonymise } from '../../src/pipeline/anonymise/anonymise-recording.ts';
import { TextMap } from '../../src/pipeline/anonymise/replace-texts.ts';
import { createRecorder, createReplay, packRecording, unpackRecording } from '../../src/pipeline/recording.ts';
import { inProcessScanner } from '../../src/pipeline/scanner.ts';
import { randomSource } from '../../src/plan/random.ts';
import { listSamples, samplePaths } from '../support/sample-cases.ts';

const wordSource = (seed: number): (() => number) => {
  const random = randomSource(seed);
  return () => Math.floor(random() * 0x1_0000_0000);
};

function mapperOf(map: AddressMap): { ip(text: string): string; mac(text: string): string } {
  return {
    ip(text) {
      const words = new Uint32Array(4);
      if (parseIpv4(text, words)) return formatIpv4(map.ipv4(words[0]));
      if (!parseIpv6(text, words)) throw new Error(text);
      map.ipv6(words, 0, words);
      return formatIpv6(words, 0);
    },
    mac: (text) => formatMac(map.mac(parseMac(text) ?? 0)),
  };
}

describe('a map of addresses', () => {
  const { ip, mac } = mapperOf(new AddressMap(wordSource(1)));
  const octets = (text: string): number[] => text.split('.').map(Number);
  const folded = (text: string): number => octets(text).reduce((sum, octet) => sum ^ octet, 0);

  it('keeps prefixes, and the XOR of all bytes', () => {
    expect(octets(ip('10.1.2.3')).slice(0, 3)).toEqual(octets(ip('10.1.2.200')).slice(0, 3));
    expect(octets(ip('10.1.2.3')).slice(0, 2)).toEqual(octets(ip('10.1.77.3')).slice(0, 2));
    expect(ip('2001:db8:1::5').split(':').slice(0, 4)).toEqual(ip('2001:db8:1::9').split(':').slice(0, 4));
    for (const address of ['10.1.2.3', '192.168.7.9', '172.20.1.1', '8.8.4.4', '169.254.3.4']) {
      expect(folded(ip(address)), address).toBe(folded(address));
      expect(ip(ip(address)) === address && ip(address) === address, address).toBe(false);
    }
    expect(mac('52:54:00:12:34:56').slice(0, 5)).toBe(mac('52:54:00:99:99:99').slice(0, 5));
    expect(mac('52:54:00:12:34:56').slice(-2)).toBe('56');
  });

  it('gives every address another one', () => {
    const mapped = new Set<string>();
    for (let i = 0; i < 4096; i++) mapped.add(ip(`10.3.${i >> 8}.${i & 255}`)).add(ip(`${(i % 223) + 1}.9.8.${i >> 4}`));
    const all = new Set<string>();
    for (let i = 0; i < 4096; i++) all.add(`10.3.${i >> 8}.${i & 255}`).add(`${(i % 223) + 1}.9.8.${i >> 4}`);
    expect(mapped.size).toBe(all.size);
  });

  it('leaves no address of a network that keeps two bytes as it was, whatever is drawn', () => {
    const little = (...octets: number[]): number => new DataView(Uint8Array.from(octets).buffer).getUint32(0, true);
    for (const drawn of [0, 255, 256, 0xffff_ffff])
      for (const word of [little(192, 168, 0, 1), little(172, 16, 5, 9), little(10, 0, 0, 1)])
        for (const changes of ['apart', 'alike'] as const) expect(new AddressMap(() => drawn, [], changes).ipv4(word)).not.toBe(word);
  });

  it('keeps what tells of nobody', () => {
    for (const address of ['0.0.0.0', '127.0.0.1', '224.0.0.251', '255.255.255.255', '::', '::1', 'ff02::fb'])
      expect(ip(address)).toBe(address);
    for (const address of ['ff:ff:ff:ff:ff:ff', '01:80:c2:00:00:02', '00:00:00:00:00:00', '33:33:00:00:00:01'])
      expect(mac(address)).toBe(address);
    expect(ip('192.168.1.1')).toMatch(/^192\.168\./);
    expect(ip('fe80::1')).toMatch(/^fe80:/);
    expect(ip('ff02::1:ff12:3456')).not.toBe('ff02::1:ff12:3456');
  });

  it('keeps the order of stations, and relations by the local bit', () => {
    const stations = ['00:11:22:33:44:55', '00:11:22:33:50:01', '3c:01:02:03:04:05', 'd4:c1:9e:44:10:21'];
    const of = mapperOf(
      new AddressMap(
        wordSource(3),
        stations.map((text) => parseMac(text) ?? 0),
      ),
    );
    const mapped = stations.map(of.mac);
    expect([...mapped].sort()).toEqual(mapped);
    expect(parseMac(of.mac('02:11:22:33:44:55'))).toBe((parseMac(mapped[0]) ?? 0) + 0x0200_0000_0000);
  });

  it('writes texts as they were written', () => {
    const map = new AddressMap(wordSource(5));
    const of = mapperOf(map);
    const texts = new TextMap(map);
    expect(texts.text('Partner Mac Address: D4-C1-9E-44-10-21, 255.255.255.0')).toBe(
      `Partner Mac Address: ${of.mac('d4:c1:9e:44:10:21').toUpperCase().replaceAll(':', '-')}, 255.255.255.0`,
    );
    expect(texts.text('d4c1.9e44.1021')).toBe(
      of
        .mac('d4:c1:9e:44:10:21')
        .replaceAll(':', '')
        .replace(/(.{4})(.{4})/, '$1.$2.'),
    );
    expect(texts.text('inet 10.1.2.3/24 at 02:57:15')).toBe(`inet ${of.ip('10.1.2.3')}/24 at 02:57:15`);
    expect(texts.stateText('core-sw1#show etherchannel summary\ncore-sw1 is up')).toBe(
      'system-1#show etherchannel summary\nsystem-1 is up',
    );
  });
});

describe('an analysis to give away', () => {
  const samples = listSamples().filter(({ name }) => ['ovs-rebalancing', 'vlan-srcmac'].includes(name));

  it.each(samples)(
    'of $name says the same of every flow, and names nobody',
    async (sample) => {
      const inputs = samplePaths(sample, [...sample.captures, ...sample.state]).map((path): AnalysisInput => ({
        path,
        ...openFileSource(path),
      }));
      const recorder = createRecorder(inputs, { scanner: inProcessScanner });
      const before = await analyzeFlows(inputs, DEFAULT_ANALYSIS_OPTIONS, recorder.host);
      const recording = recorder.take(DEFAULT_ANALYSIS_OPTIONS, 'view=flows&where=ip%3D10.0.0.1');
      const { pieces, changed } = await anonymise(packRecording(recording), wordSource(7));
      const bytes = Buffer.concat(pieces);
      const unpacked = unpackRecording(bytes);
      if (!unpacked.ok) throw new Error(unpacked.reason);
      expect(unpacked.recording.fragment).toBe('view=flows');
      const replay = createReplay(bytes);
      const again = unpacked.recording.inputs.map(({ path, memberName }, i) => ({ path, memberName, source: replay.source(i) }));
      const after = await analyzeFlows(again, unpacked.recording.options, {
        scanner: replay.scanner(inProcessScanner),
        reread: replay.reread,
      });
      let differing = 0;
      let flows = 0;
      for (const { id, sides } of before.document.lags) {
        const query = { where: [], sort: 'firstTime' };
        const [first, second] = [before, after].map((of) => of.flows(id, query));
        expect(second.length).toBe(first.length);
        flows += first.length;
        for (let i = 0; i < first.length; i++) {
          const [x, y] = [first.at(i), second.at(i)];
          const said = ({ from, verdict, observed, predicted, bytes: size, firstTime }: typeof x) => [
            from,
            verdict,
            observed,
            predicted?.member,
            size,
            firstTime,
          ];
          if (JSON.stringify(said(x)) !== JSON.stringify(said(y))) differing++;
        }
        const text = JSON.stringify(after.document) + bytes.toString('latin1');
        for (const mac of sides.flatMap(({ macs }) => macs)) expect(text).not.toContain(mac);
      }
      expect(changed).toBe(differing);
      // Of two members the address map keeps everything; among 256 buckets a place is searched, and mostly found.
      if (sample.name === 'vlan-srcmac') expect(changed).toBe(0);
      expect(changed).toBeLessThan(flows / 10);
      expect(after.document.lags.map(({ directions }) => directions.map(({ policy }) => policy.id))).toEqual(
        before.document.lags.map(({ directions }) => directions.map(({ policy }) => policy.id)),
      );
    },
    60_000,
  );
});
