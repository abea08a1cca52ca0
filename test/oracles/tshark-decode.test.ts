import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeBatch } from '../../src/decoder/decode-batch.ts';
import { icmpIsError } from '../../src/decoder/ip-protocols.ts';
import { createCaptureReader } from '../../src/decoder/open-capture.ts';
import { createPacketBatch } from '../../src/decoder/create-packet-batch.ts';
import { decodedRow } from '../support/decode-frames.ts';
import type { DecodedFrame } from '../support/decode-frames.ts';
import type { ParsedLayer } from '../support/describe-key.ts';
import { hasTshark, tsharkFields } from '../support/tshark.ts';

const CAPTURES = resolve(import.meta.dirname, '../../../shared/captures');
const FILES = [
  'linux/k6.1-layer34-n3/host-enp0s4.pcap',
  'linux/k6.1-layer34-n3/host-slaves.pcapng',
  'linux/k6.1-vminject-layer34-n3/host-enp0s5.pcap',
  'linux/k6.1-encap23-n3/host-enp0s4.pcap',
  'linux/k6.1-encap34-n2/host-enp0s4.pcap',
  'linux/k6.1-encap34-n2/host-enp0s5.pcap',
  'linux/k6.1-snaplen96-layer34-n2/host-enp0s4.pcap',
  'linux/k6.1-dirs-sll2-layer23-n2/host-any-sll2.pcap',
  'ovs/tcp2/eno1.pcap',
];

const FIELDS = [
  'frame.len',
  'eth.dst',
  'eth.src',
  'sll.src.eth',
  'ieee8021ad.id',
  'ieee8021ad.priority',
  'vlan.id',
  'vlan.priority',
  'eth.type',
  'eth.len',
  'ip.src',
  'ip.dst',
  'ip.proto',
  'ip.flags.mf',
  'ip.frag_offset',
  'ipv6.src',
  'ipv6.dst',
  'ipv6.flow',
  'tcp.srcport',
  'tcp.dstport',
  'udp.srcport',
  'udp.dstport',
  'sctp.srcport',
  'sctp.dstport',
  'dccp.srcport',
  'dccp.dstport',
  'esp.spi',
  'ah.spi',
  'icmp.type',
  'icmp.code',
  'icmp.ident',
  'icmpv6.type',
  'icmpv6.code',
  'icmpv6.echo.identifier',
  'arp.opcode',
  'arp.src.proto_ipv4',
  'arp.dst.proto_ipv4',
  'gre.proto',
  'gre.key',
  'mpls.label',
  'vxlan.vni',
  'vxlan.flags',
  'pppoe.session_id',
] as const;
type Row = Record<(typeof FIELDS)[number], string[]>;

function decodeFile(path: string): DecodedFrame[] {
  const reader = createCaptureReader();
  const batch = createPacketBatch();
  const frames: DecodedFrame[] = [];
  const drain = (): void => {
    while (reader.next(batch) > 0) {
      decodeBatch(batch, reader.info.sources);
      for (let row = 0; row < batch.length; row++) frames.push(decodedRow(batch, row));
    }
  };
  reader.push(readFileSync(path));
  drain();
  reader.finish();
  drain();
  return frames;
}

/** RFC 5952 text to all 32 digits. */
function fullIpv6(text: string): string {
  const [head, tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array.from({ length: zeros }, () => '0'), ...right].map((group) => group.padStart(4, '0')).join(':');
}

const number = (text: string): number => Number(text);

/** Both views of a frame in the same words; lists run from the outermost header inwards. */
interface View {
  readonly [name: string]: readonly (string | number)[];
}

const PORT_PROTOCOLS = [
  ['tcp', 6],
  ['udp', 17, 136],
  ['sctp', 132],
  ['dccp', 33],
] as const;

function viewOfTshark(row: Row): View {
  const view: Record<string, (string | number)[]> = {
    dst: row['eth.dst'],
    src: [...row['sll.src.eth'], ...row['eth.src']],
    tags: [...tagsOf(row['ieee8021ad.id'], row['ieee8021ad.priority']), ...tagsOf(row['vlan.id'], row['vlan.priority'])],
    ipv4: row['ip.src'].map(
      (src, i) => `${src} ${row['ip.dst'][i]} ${row['ip.proto'][i]} ${fragmentText(row['ip.frag_offset'][i], row['ip.flags.mf'][i])}`,
    ),
    ipv6: row['ipv6.dst'].map((dst, i) => `${fullIpv6(row['ipv6.src'][i])} ${fullIpv6(dst)} ${number(row['ipv6.flow'][i])}`),
    spi: [...row['esp.spi'], ...row['ah.spi']].map(number),
    icmp: row['icmp.type'].map((type, i) => `${type} ${row['icmp.code'][i]}`),
    // Twice: in either byte order. tshark has one for address mask messages too.
    icmpId: row['icmp.ident'].filter((_, i) => i % 2 === 0 && number(row['icmp.type'][0]) < 15).map(number),
    icmpv6: row['icmpv6.type'].map((type, i) => `${type} ${row['icmpv6.code'][i]}`),
    icmpv6Id: row['icmpv6.echo.identifier'].map(number),
    arp: row['arp.src.proto_ipv4'].map((source, i) => `${row['arp.opcode'][i]} ${source} ${row['arp.dst.proto_ipv4'][i]}`),
    gre: row['gre.proto'].map(number),
    greKey: row['gre.key'].map(number),
    mpls: row['mpls.label'].map(number),
    vxlan: row['vxlan.vni'].map(number),
    pppoe: row['pppoe.session_id'].map(number),
  };
  for (const [name] of PORT_PROTOCOLS) view[name] = row[`${name}.srcport`].map((source, i) => `${source} ${row[`${name}.dstport`][i]}`);
  return view;
}

function tagsOf(ids: readonly string[], priorities: readonly string[]): number[] {
  return ids.map((id, i) => (number(priorities[i]) << 13) | number(id));
}

function fragmentText(offset: string, more: string): string {
  if (offset !== '0') return 'later';
  return more === '1' || more === 'True' ? 'first' : 'none';
}

function viewOfKey({ key }: DecodedFrame): View {
  const ethernet = key.layers.filter((layer) => layer.kind === 'ethernet' && layer.flags.length === 0);
  const ip = key.layers.filter((layer) => (layer.kind === 'ipv4' || layer.kind === 'ipv6') && layer.src !== undefined);
  const ipv4 = ip.filter((layer) => layer.kind === 'ipv4');
  const ipv6 = ip.filter((layer) => layer.kind === 'ipv6');
  // tshark gives the sub-layers of a cut or padded header differently: those words are compared in the unit tests.
  const plain = ip.filter((layer) => !layer.flags.some((flag) => ['l4-cut', 'padding', 'absent', 'invalid'].includes(flag)));
  const of = (protocol: number): ParsedLayer[] => plain.filter((layer) => layer.protocol === protocol);
  const icmp = of(1).filter((layer) => layer.icmp !== undefined);
  const icmpv6 = of(58).filter((layer) => layer.icmp !== undefined);
  const view: Record<string, (string | number)[]> = {
    dst: [...(key.flags.includes('no-destination') ? [] : [key.dst]), ...ethernet.map((layer) => layer.dst!)],
    src: [key.src, ...ethernet.map((layer) => layer.src!)],
    tags: [...key.tags, ...ethernet.flatMap((layer) => layer.tags!)].map((tag) => tag.tci & ~0x1000),
    ipv4: ipv4.map((layer) => `${layer.src} ${layer.dst} ${layer.protocol} ${layer.fragment}`),
    ipv6: ipv6.map((layer) => `${layer.src} ${layer.dst} ${layer.flowLabel}`),
    spi: plain
      .filter((layer) => layer.ports !== undefined && (layer.protocol === 50 || layer.protocol === 51))
      .map((layer) => layer.ports![0] * 0x10000 + layer.ports![1]),
    icmp: icmp.map((layer) => `${layer.icmp!.type} ${layer.icmp!.code}`),
    icmpId: icmp.filter((layer) => [0, 8, 13, 14].includes(layer.icmp!.type)).map((layer) => layer.icmp!.id),
    icmpv6: icmpv6.map((layer) => `${layer.icmp!.type} ${layer.icmp!.code}`),
    icmpv6Id: icmpv6.filter((layer) => [128, 129].includes(layer.icmp!.type)).map((layer) => layer.icmp!.id),
    arp: key.layers
      .filter((layer) => layer.kind === 'arp' && layer.flags.length === 0)
      .map((layer) => `${layer.opcode} ${layer.src} ${layer.dst}`),
    gre: key.layers.filter((layer) => layer.kind === 'gre').map((layer) => layer.etherType!),
    greKey: key.layers.filter((layer) => layer.kind === 'gre' && layer.id !== undefined).map((layer) => layer.id!),
    mpls: key.layers.filter((layer) => layer.kind === 'mpls').flatMap((layer) => layer.labels!),
    vxlan: key.layers.filter((layer) => layer.kind === 'vxlan').map((layer) => layer.id!),
    pppoe: key.layers.filter((layer) => layer.kind === 'pppoe').map((layer) => layer.id!),
  };
  for (const [name, ...protocols] of PORT_PROTOCOLS) {
    view[name] = protocols
      .flatMap(of)
      .filter((layer) => layer.ports !== undefined)
      .map((layer) => layer.ports!.join(' '));
  }
  return view;
}

/**
 * tshark reads on where no sender does: behind AH in IPv4, all of a quoted packet, errors inside tunnels, headers that
 * the snap length cut, VXLAN without its I flag. There, ours is the beginning of theirs.
 */
function endsEarly({ key }: DecodedFrame, row: Row): boolean {
  if (row['vxlan.flags'].some((flags) => (number(flags) & 0x0800) === 0)) return true;
  return key.layers.some(
    (layer) =>
      layer.kind === 'quoted' ||
      layer.protocol === 51 ||
      layer.flags.includes('cut') ||
      (layer.icmp !== undefined && icmpIsError(layer.protocol!, layer.icmp.type)),
  );
}

function agree(ours: readonly (string | number)[], theirs: readonly (string | number)[], isPrefix: boolean): boolean {
  return (isPrefix || ours.length === theirs.length) && ours.every((value, i) => value === theirs[i]);
}

const ready = hasTshark() && existsSync(CAPTURES);

describe.skipIf(!ready)('tshark reads the same headers (skipped where tshark or ../shared/captures is absent)', () => {
  for (const name of FILES) {
    const path = join(CAPTURES, name);
    it.skipIf(!existsSync(path))(name, { timeout: 60_000 }, () => {
      const rows = tsharkFields(path, FIELDS);
      const frames = decodeFile(path);
      expect(frames.length).toBe(rows.length);
      const differences: string[] = [];
      let compared = 0;
      rows.forEach((row, i) => {
        const theirs = viewOfTshark(row);
        const ours = viewOfKey(frames[i]);
        // tshark does not read addresses behind a bad header length or a bad version, as Linux does.
        if (frames[i].key.layers.some((layer) => layer.flags.includes('invalid') || layer.flags.includes('bad-version'))) return;
        for (const field of Object.keys(ours)) {
          compared += ours[field].length;
          if (!agree(ours[field], theirs[field], endsEarly(frames[i], row)))
            differences.push(`frame ${i + 1} ${field}: ${ours[field].join(',')} | tshark ${theirs[field].join(',')}`);
        }
      });
      expect(compared).toBeGreaterThan(rows.length * 3);
      expect(differences).toEqual([]);
    });
  }
});
