import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import type { BucketFacts, LagFacts, MemberFacts } from '../state-facts.ts';
import { readInteger } from '../values.ts';

/** `teamnl DEV ports`, `teamnl DEV options` (libteam): ports, and the 256 hash values of a team with `tx_balancer: basic`. */
class TeamnlParser implements OutputParser {
  private readonly members = new Map<string, Draft<MemberFacts>>();
  private readonly mapping: { bucket: number; ifIndex: number }[] = [];
  private method: string | null = null;
  private mode: string | undefined;
  private lines = 0;

  accept(line: StateLine): boolean {
    const text = line.text;
    if (text === '# ports' || text === '# options') return true;
    const port = /^(\d{1,9}): ([\w.:@-]{1,32}): (up|down)(?: (\d+)Mbit)?(?: (FD|HD))?$/.exec(text);
    if (port !== null) {
      const speedMbps = readInteger(port[4]);
      this.members.set(port[2], {
        name: port[2],
        ifIndex: readInteger(port[1]),
        linkUp: port[3] === 'up',
        speedMbps: speedMbps === 0 ? undefined : speedMbps,
      });
      return true;
    }
    const option = /^([a-z_]{2,40})(?: \((?:port:([\w.:@-]{1,32})|arridx:(\d{1,3}))\))?(?: (.*))?$/.exec(text);
    if (option === null) return false;
    this.lines++;
    const [, key, name, index, value] = option;
    if (key === 'enabled' && name !== undefined) {
      const member = this.members.get(name) ?? { name };
      member.active = value === 'true';
      this.members.set(name, member);
    } else if (key === 'lb_tx_hash_to_port_mapping') this.mapping.push({ bucket: Number(index), ifIndex: readInteger(value) ?? 0 });
    else if (key === 'lb_tx_method') this.method = value ?? null;
    else if (key === 'mode') this.mode = value;
    return true;
  }

  finish() {
    if (this.members.size === 0 && this.lines === 0) return null;
    const members = [...this.members.values()];
    const lag: Draft<LagFacts> = { name: null, members, membersInHashOrder: false, policyText: this.method ?? undefined };
    if (this.mode === 'loadbalance') lag.policy = 'teamd';
    else if (this.mode === 'activebackup') lag.mode = 'active-backup';
    else if (this.mode === 'roundrobin') lag.mode = 'balance-rr';
    else if (this.mode === 'broadcast') lag.mode = 'broadcast';
    if (this.method === 'hash_to_port_mapping') {
      const byIndex = new Map(members.map((member) => [member.ifIndex, member.name]));
      const buckets: BucketFacts[] = this.mapping
        .filter((item) => item.ifIndex !== 0)
        .map((item) => ({ bucket: item.bucket, member: byIndex.get(item.ifIndex) }));
      lag.buckets = buckets.sort((a, b) => a.bucket - b.bucket);
    }
    return { lags: [lag], interfaces: members.map(({ name, ifIndex, linkUp, speedMbps }) => ({ name, ifIndex, linkUp, speedMbps })) };
  }
}

export const teamnl: StateImporter = {
  id: 'teamnl',
  title: 'teamnl DEV ports, teamnl DEV options (libteam)',
  opens(line, next) {
    if (line === '# ports') return /^\d+: \S+: (?:up|down)/.test(next) ? 'more' : null;
    return line === '# options' && /^[a-z_]+(?: \((?:port|arridx):|$| \S)/.test(next) ? 'more' : null;
  },
  start: () => new TeamnlParser(),
};
