import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import type { LagFacts, MemberFacts } from '../state-facts.ts';
import { readCiscoPolicy } from '../switch-words.ts';

/** Running configuration of IOS, NX-OS and EOS: `interface …`, `channel-group N mode …`, `port-channel load-balance …`. */

type Lag = Draft<Omit<LagFacts, 'members'>> & { members: MemberFacts[] };

const INTERFACE = /^interface ([A-Za-z][\w.-]{0,31} ?[\d./:]{1,16})$/;
const GROUP = /^channel-group (\d{1,5})(?: force)?(?: mode (active|passive|on|desirable|auto)(?: non-silent)?)?$/;
/** Lines that may stand below an interface and say nothing about its LAG. */
const KNOWN =
  /^(?:!|description |switchport\b|duplex |speed |mtu |no |ip |ipv6 |spanning-tree |negotiation |shutdown$|lacp |vpc |mlag |exit$|end$|load-interval |storm-control |service-policy |logging |vrf |cdp |lldp |flowcontrol |media-type |qos |port-channel |evpn |bandwidth |nameif |udld )/;

class SwitchConfigParser implements OutputParser {
  private readonly lags = new Map<string, Lag>();
  private policyText: string | null = null;
  private current: string | null = null;
  private groups = 0;
  private readonly fast = new Set<string>();
  private readonly lagOf = new Map<string, Lag>();

  private lag(group: string): Lag {
    let lag = this.lags.get(group);
    if (lag === undefined) {
      lag = { name: `Port-channel${group}`, configured: true, members: [], membersInHashOrder: false };
      this.lags.set(group, lag);
    }
    return lag;
  }

  accept(line: StateLine): boolean {
    const text = line.text;
    const title = INTERFACE.exec(text);
    if (title !== null) {
      this.current = title[1].replace(' ', '');
      const group = /^port-channel(\d{1,5})$/i.exec(this.current);
      if (group !== null) {
        this.lag(group[1]).name = this.current;
        this.groups++;
      }
      return true;
    }
    const balance = /^port-channel load-balance (\S.*)$/.exec(text);
    if (balance !== null) {
      this.policyText = balance[1];
      return true;
    }
    if (this.current === null) return text === '!';
    const group = GROUP.exec(text);
    if (group !== null) {
      const lag = this.lag(group[1]);
      const mode = group[2] ?? 'on';
      lag.members.push({ name: this.current, lacpStatus: mode });
      this.lagOf.set(this.current, lag);
      if (mode === 'active' || mode === 'passive') {
        lag.mode = '802.3ad';
        lag.lacpActive = mode === 'active' || lag.lacpActive === true;
        lag.lacpRate = this.fast.has(this.current) ? 'fast' : (lag.lacpRate ?? 'slow');
      } else if (mode === 'on') lag.mode = 'static';
      else lag.protocol = 'PAgP';
      this.groups++;
      return true;
    }
    const rate = /^lacp (?:rate|timer) (fast|normal|slow)$/.exec(text);
    if (rate !== null) {
      if (rate[1] === 'fast') this.fast.add(this.current);
      const lag = this.lagOf.get(this.current);
      if (lag !== undefined) lag.lacpRate = rate[1] === 'fast' ? 'fast' : 'slow';
      return true;
    }
    return KNOWN.test(text);
  }

  finish() {
    if (this.groups === 0 && this.policyText === null) return null;
    const policy = this.policyText === null ? undefined : readCiscoPolicy(this.policyText);
    return {
      lags: [...this.lags.values()],
      interfaces: [],
      ...(this.policyText === null ? {} : { systemPolicy: { policy, policyText: this.policyText } }),
    };
  }
}

export const switchConfig: StateImporter = {
  id: 'switch-config',
  title: 'running configuration with channel groups (IOS, NX-OS, EOS)',
  opens(line) {
    if (/^port-channel load-balance [a-z]/.test(line)) return 'more';
    return INTERFACE.test(line) && /\d/.test(line) ? 'more' : null;
  },
  start: () => new SwitchConfigParser(),
};
