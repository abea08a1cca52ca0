import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import { ABSURD_LOAD_KILOBYTES, readOvsMode } from '../ovs-words.ts';
import type { BucketFacts, LagFacts, MemberFacts, StateNote } from '../state-facts.ts';
import { readInteger, readMac } from '../values.ts';

/**
 * `ovs-appctl bond/show` (ofproto/bond.c, bond_print_details; "slave" up to 2.15, "member" since).
 * Its members come in the order of their names; the hash picks a bucket, and the bucket's member is state.
 * Only buckets with a load of 1 kB or more are listed.
 */

type Lag = Draft<Omit<LagFacts, 'members' | 'buckets'>> & { members: Draft<MemberFacts>[]; buckets: BucketFacts[] };

const MASTER: readonly [RegExp, (lag: Lag, match: RegExpExecArray) => void][] = [
  [
    /^bond_mode: (\S+)$/,
    (lag, match) => {
      lag.mode = readOvsMode(match[1]);
      lag.policy = lag.mode;
      lag.policyText = match[1];
    },
  ],
  [
    /^bond may use recirculation: (?:yes|no)(?:, Recirc-ID : (-?\d+))?$/,
    (lag, match) => {
      lag.recirculationId = readInteger(match[1]);
    },
  ],
  [
    /^bond-hash-basis: (\d+)$/,
    (lag, match) => {
      lag.hashBasis = readInteger(match[1]);
    },
  ],
  [
    /^lb_output action: (enabled|disabled)(?:, bond-id: (-?\d+))?$/,
    (lag, match) => {
      lag.lbOutput = match[1] === 'enabled';
      lag.datapathBondId = readInteger(match[2]);
    },
  ],
  [/^all (?:members|slaves) active: (?:true|false)$/, () => undefined],
  [
    /^updelay: (\d+) ms$/,
    (lag, match) => {
      lag.upDelayMs = readInteger(match[1]);
    },
  ],
  [
    /^downdelay: (\d+) ms$/,
    (lag, match) => {
      lag.downDelayMs = readInteger(match[1]);
    },
  ],
  [
    /^next rebalance: (\d+) ms$/,
    (lag, match) => {
      lag.nextRebalanceMs = readInteger(match[1]);
    },
  ],
  [
    /^lacp_status: (\S+)$/,
    (lag, match) => {
      lag.lacpStatus = match[1];
    },
  ],
  [
    /^lacp_fallback_ab: (true|false)$/,
    (lag, match) => {
      lag.lacpFallbackToActiveBackup = match[1] === 'true';
    },
  ],
  [
    /^active-backup primary: (\S.*)$/,
    (lag, match) => {
      if (match[1] !== '<none>') lag.primaryMember = match[1].replace(/,? \(.*$|, no such .*$/, '');
    },
  ],
  [
    /^active (?:member|slave) mac: (\S+?)\((.*)\)$/,
    (lag, match) => {
      if (match[2] === 'none') return;
      lag.activeMemberMac = readMac(match[1]);
      lag.activeMember = match[2];
    },
  ],
];

class OvsBondShowParser implements OutputParser {
  private readonly lags: Lag[] = [];
  private readonly notes: StateNote[] = [];
  private member: Draft<MemberFacts> | null = null;

  private lag(): Lag {
    if (this.lags.length === 0) this.lags.push({ name: null, membersInHashOrder: false, members: [], buckets: [] });
    return this.lags[this.lags.length - 1];
  }

  accept(line: StateLine): boolean {
    const text = line.text;
    const title = /^---- (\S+) ----$/.exec(text);
    if (title !== null) {
      this.lags.push({ name: title[1], membersInHashOrder: false, members: [], buckets: [] });
      this.member = null;
      return true;
    }
    const member = /^(?:member|slave) (\S+): (enabled|disabled)$/.exec(text);
    if (member !== null) {
      this.member = { name: member[1], enabled: member[2] === 'enabled' };
      this.lag().members.push(this.member);
      return true;
    }
    if (this.member !== null) return this.acceptMemberLine(this.member, line);
    for (const [pattern, apply] of MASTER) {
      const match = pattern.exec(text);
      if (match === null) continue;
      apply(this.lag(), match);
      return true;
    }
    return false;
  }

  private acceptMemberLine(member: Draft<MemberFacts>, line: StateLine): boolean {
    const text = line.text;
    if (text === 'active member' || text === 'active slave') {
      this.lag().activeMember = member.name;
      return true;
    }
    const mayEnable = /^may_enable: (true|false)$/.exec(text);
    if (mayEnable !== null) {
      member.mayEnable = mayEnable[1] === 'true';
      return true;
    }
    if (/^(?:updelay|downdelay) expires in \d+ ms$/.test(text)) return true;
    const bucket = /^hash (\d{1,3}): (\d+) kB load$/.exec(text);
    if (bucket === null) return false;
    this.addBucket(member.name, Number(bucket[1]), bucket[2], line.number);
    return true;
  }

  private addBucket(member: string, bucket: number, load: string, line: number): void {
    if (bucket > 255) return;
    const loadKilobytes = Number(load);
    if (loadKilobytes > ABSURD_LOAD_KILOBYTES) {
      const lag = this.lag().name ?? undefined;
      this.notes.push({
        id: 'ovs/absurd-load',
        line,
        lag,
        member,
        detail: `bucket ${bucket}: ${load} kB is more than any link carries; the figure is an underflow in Open vSwitch and is not used`,
      });
      this.lag().buckets.push({ bucket, member });
    } else this.lag().buckets.push({ bucket, member, loadKilobytes });
  }

  finish() {
    for (const lag of this.lags) {
      for (const member of lag.members) {
        member.active = lag.mode === 'ovs-active-backup' ? member.enabled === true && member.name === lag.activeMember : member.enabled;
        if (member.name === lag.activeMember && lag.activeMemberMac !== undefined) member.mac = lag.activeMemberMac;
      }
    }
    const lags = this.lags.filter((lag) => lag.mode !== undefined || lag.members.length > 0);
    return lags.length === 0 ? null : { lags, interfaces: [], notes: this.notes };
  }
}

export const ovsBondShow: StateImporter = {
  id: 'ovs-bond-show',
  title: 'ovs-appctl bond/show (Open vSwitch)',
  opens(line, next) {
    if (/^---- \S+ ----$/.test(line) && next.startsWith('bond_mode: ')) return 'more';
    return /^bond_mode: \S+$/.test(line) ? 'more' : null;
  },
  start: () => new OvsBondShowParser(),
};
