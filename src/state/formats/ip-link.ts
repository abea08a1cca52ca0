import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import type { InterfaceCounters, InterfaceFacts } from '../state-facts.ts';
import { readInteger, readMac } from '../values.ts';
import type { LinkRecord } from './ip-link-bond.ts';
import { readLinks } from './ip-link-bond.ts';

/** Text of `ip link`, `ip -d link`, `ip -s link`, `ip addr` (iproute2). */

const HEADER = /^(\d{1,9}): ([^\s:@]{1,64})(?:@([^\s:]{1,64}))?: <([A-Z0-9_,-]{0,512})>(.*)$/;

/** First words of the detail lines that are known and of no interest here. */
const DETAIL_WORD =
  /^(?:inet6?|valid_lft|altname|alias|veth|bridge|bridge_slave|vlan|gre|gretap|ip6gre|ip6gretap|erspan|ip6erspan|ipip|sit|ip6tnl|vti6?|tun|vxlan|geneve|dummy|ifb|macvlan|macvtap|ipvlan|vrf|vrf_slave|team|team_slave|openvswitch|openvswitch_slave|wireguard|can|ipoib|egress-qos-map|ingress-qos-map|vf|link-netnsid|link-netns|prog\/xdp|xfrm|tunnel6|addrgenmode|hsr|nlmon|netdevsim|rmnet|gtp|bareudp|virt_wifi|parentbus|macsec|lowpan|promiscuity|numtxqueues|RX errors|TX errors)\b/;

/** Attribute words of `bond …` and `bond_slave …` lines: pairs of name and value up to what iproute2 prints for every link. */
function readPairs(text: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  const words = text.split(/\s+/);
  for (let i = 1; i + 1 < words.length; i += 2) {
    if (words[i] === 'addrgenmode' || words[i] === 'numtxqueues') break;
    pairs.set(words[i], words[i + 1]);
  }
  return pairs;
}

function wordAfter(text: string, name: string): string | undefined {
  const words = text.split(/\s+/);
  const at = words.indexOf(name);
  return at < 0 ? undefined : words[at + 1];
}

class IpLinkParser implements OutputParser {
  private readonly records: LinkRecord[] = [];
  private record: LinkRecord | null = null;
  private counters: Draft<InterfaceCounters> = {};
  /** Column names of the counter line below (`RX:  bytes packets …`). */
  private columns: readonly string[] | null = null;

  accept(line: StateLine): boolean {
    const text = line.text;
    const header = HEADER.exec(text);
    if (header !== null) {
      this.openLink(line.number, header);
      return true;
    }
    const { record } = this;
    if (record === null) return false;
    if (this.columns !== null && /^[\d\s]+[KMGT]?/.test(text)) {
      this.readCounters(record, text.split(/\s+/));
      return true;
    }
    this.columns = null;
    if (text.startsWith('link/')) {
      record.facts.mac = readMac(wordAfter(text, text.split(' ', 1)[0]));
      record.facts.permanentMac = readMac(wordAfter(text, 'permaddr'));
      return true;
    }
    if (text.startsWith('bond mode ')) {
      record.bond = readPairs(text);
      record.facts.kind = 'bond';
      return true;
    }
    if (text.startsWith('bond_slave ')) {
      record.bondMember = readPairs(text);
      return true;
    }
    const columns = /^(RX|TX):\s+(bytes\s.*)$/.exec(text);
    if (columns !== null) {
      this.columns = [columns[1], ...columns[2].split(/\s+/)];
      return true;
    }
    if (/^(?:RX|TX) errors:/.test(text)) {
      this.columns = ['', ''];
      return true;
    }
    if (DETAIL_WORD.test(text)) {
      const word = text.split(/\s/, 1)[0];
      if (
        (record.facts.kind === undefined || record.facts.kind === 'bond') &&
        /^(?:veth|bridge|vlan|gre|gretap|ipip|sit|vxlan|geneve|dummy|macvlan|vrf|team|openvswitch|wireguard|tun)$/.test(word)
      )
        record.facts.kind = word;
      return true;
    }
    return false;
  }

  private openLink(number: number, header: RegExpExecArray): void {
    const [, index, name, , flagList, rest] = header;
    const flags = flagList.split(',');
    const facts: Draft<InterfaceFacts> = {
      name,
      ifIndex: readInteger(index),
      master: wordAfter(rest, 'master'),
      linkUp: flags.includes('LOWER_UP'),
    };
    this.record = { facts, line: number };
    this.counters = {};
    this.columns = null;
    // Without -d there is no bond line: the flags still say who is a bond and who is a member.
    if (flags.includes('MASTER')) facts.kind = 'bond';
    if (flags.includes('SLAVE')) this.record.bondMember = new Map();
    // `ip -o` puts the whole link on one line, joined by backslashes.
    this.records.push(this.record);
    for (const part of rest.includes('\\') ? rest.split('\\').slice(1) : []) this.accept({ number, text: part.trim(), indent: 4 });
  }

  private readCounters(record: LinkRecord, values: readonly string[]): void {
    const [direction, ...names] = this.columns ?? [];
    this.columns = null;
    names.forEach((name, i) => {
      const value = readInteger(values[i]);
      if (value === undefined) return;
      const { counters } = this;
      if (direction === 'RX') {
        if (name === 'bytes') counters.rxBytes = value;
        else if (name === 'packets') counters.rxPackets = value;
        else if (name === 'errors') counters.rxErrors = value;
        else if (name === 'dropped') counters.rxDropped = value;
        else if (name === 'mcast') counters.rxMulticastPackets = value;
      } else if (direction === 'TX') {
        if (name === 'bytes') counters.txBytes = value;
        else if (name === 'packets') counters.txPackets = value;
        else if (name === 'errors') counters.txErrors = value;
        else if (name === 'dropped') counters.txDropped = value;
      }
    });
    record.facts.counters = this.counters;
  }

  finish() {
    return this.records.length === 0 ? null : readLinks(this.records);
  }
}

export const ipLink: StateImporter = {
  id: 'ip-link',
  title: 'ip link, ip -d link, ip -s link (iproute2, text)',
  opens: (line) => (HEADER.test(line) ? 'more' : null),
  start: () => new IpLinkParser(),
};
