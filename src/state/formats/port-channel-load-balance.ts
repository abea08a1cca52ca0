import type { OutputParser, StateImporter, StateLine } from '../importer.ts';
import { readCiscoPolicy } from '../switch-words.ts';

/**
 * `show etherchannel load-balance` (IOS), `show port-channel load-balance` (NX-OS, UCS). Only the plain methods of IOS
 * have a documented function (low three bits, XOR for src-dst); what NX-OS computes is not published and gets no policy id.
 */

const TITLE = /^(EtherChannel|Port Channel) Load-Balancing Configuration\b/;
const ADDRESSES = /^(?:EtherChannel|Port Channel) Load-Balancing Addresses Used Per-Protocol:$/;
const PER_PROTOCOL = /^(?:Non-IP|IP|IPv4|IPv6|MPLS[^:]{0,40}): \S/;

class LoadBalanceParser implements OutputParser {
  private method: string | null = null;
  private documented = false;
  private readonly protocols: string[] = [];
  private titles = 0;

  accept(line: StateLine): boolean {
    const text = line.text;
    const title = TITLE.exec(text);
    if (title !== null) {
      this.titles++;
      this.documented = title[1] === 'EtherChannel';
      const rest = text.slice(title[0].length).replace(/^[\s:]+/, '');
      if (/^[a-z-]{5,40}$/.test(rest)) this.method = rest;
      return true;
    }
    if (text === 'System config:') {
      this.titles++;
      return true;
    }
    if (ADDRESSES.test(text) || /^(?:modules:|Module \d+:)$/.test(text)) return true;
    if (PER_PROTOCOL.test(text)) {
      if (this.protocols.length < 8) this.protocols.push(text);
      return true;
    }
    const method = /^(?:System: )?"?([a-z]+(?:-[a-z]+){1,6})"?(?: enhanced)?$/.exec(text);
    if (method === null || this.method !== null) return false;
    this.method = method[1];
    return true;
  }

  finish() {
    if (this.titles === 0 || (this.method === null && this.protocols.length === 0)) return null;
    const policy = this.documented && this.method !== null ? readCiscoPolicy(this.method) : undefined;
    return { lags: [], interfaces: [], systemPolicy: { policy, policyText: this.method ?? this.protocols.join('; ') } };
  }
}

export const portChannelLoadBalance: StateImporter = {
  id: 'port-channel-load-balance',
  title: 'show etherchannel load-balance (IOS), show port-channel load-balance (NX-OS)',
  opens(line, next) {
    if (TITLE.test(line)) return 'more';
    return line === 'System config:' && PER_PROTOCOL.test(next) ? 'new' : null;
  },
  start: () => new LoadBalanceParser(),
};
