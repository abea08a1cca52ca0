import type { OutputParser, StateImporter, StateLine } from '../importer.ts';
import type { LogEvent, StateNote } from '../state-facts.ts';

/** Messages of the Linux bonding driver in dmesg, syslog or journalctl (drivers/net/bonding, 2.6 to 6.x). */

/** dmesg `[  12.345]`, `[Sat Nov 21 …]`; syslog `Nov 22 09:19:09 host kernel:`; journalctl -o short-iso. */
const PREFIX =
  /^(?:\[\s{0,8}(\d{1,10}\.\d{3,9})\] ?|\[([A-Z][a-z]{2} [A-Z][a-z]{2} +[^\]]{8,24})\] ?|([A-Z][a-z]{2} +\d{1,2} [\d:.]{5,15}|\d{4}-\d\d-\d\d[T ][\d:.,+Z-]{8,24}) \S{1,64} (?:kernel: ?|[\w./@-]{1,48}(?:\[\d{1,10}\])?: ?)(?:\[\s{0,8}\d{1,10}\.\d{3,9}\] ?)?)/;
const SLAVE = /^(?:bonding: )?([\w.-]{1,32}): \(slave ([\w.:@-]{1,32})\): (.{1,300})$/;
const BOND =
  /^(?:bonding: )?(bond[\w.-]{0,28}|[\w.-]{1,32}(?=: (?:link status|making interface|now running without|first active interface|Warning: No 802|active interface up)))(?:: |\s*\(\w+\): )(.{1,300})$/;

interface Message {
  readonly lag: string;
  readonly member?: string;
  readonly text: string;
}

function readMessage(body: string): Message | null {
  const slave = SLAVE.exec(body);
  if (slave !== null) return { lag: slave[1], member: slave[2], text: slave[3] };
  const bond = BOND.exec(body);
  if (bond === null) return null;
  const member = /\b(?:for interface|interface) ([\w.:@-]{1,32}?)[,.]?(?: |$)/.exec(bond[2])?.[1];
  return member === undefined ? { lag: bond[1], text: bond[2] } : { lag: bond[1], member, text: bond[2] };
}

/** Finding that a message is evidence of. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/failed to get link speed\/duplex/, 'bond/no-link-speed'],
  [/No 802\.3ad response from the link partner/, 'lacp/no-partner'],
  [/link status definitely down/, 'bond/failover'],
  [/making interface \S+ the new active one|making interface the new active one/, 'bond/failover'],
  [/An illegal loopback occurred/, 'lacp/loopback'],
  [/the permanent HWaddr of \S+.* is still in use|Error: .* address .* in use/, 'bond/duplicate-mac'],
];

class KernelLogParser implements OutputParser {
  private readonly events: LogEvent[] = [];
  private readonly notes = new Map<string, StateNote>();

  accept(line: StateLine): boolean {
    const prefix = PREFIX.exec(line.text);
    if (prefix === null) return false;
    const message = readMessage(line.text.slice(prefix[0].length));
    if (message === null) return true;
    const time = prefix[1] ?? prefix[2] ?? prefix[3];
    if (this.events.length < 10_000)
      this.events.push({ line: line.number, time, lag: message.lag, member: message.member, message: message.text });
    for (const [pattern, id] of MEANINGS) {
      const key = `${id} ${message.lag} ${message.member ?? ''}`;
      if (pattern.test(message.text) && !this.notes.has(key)) {
        this.notes.set(key, { id, line: line.number, lag: message.lag, member: message.member, detail: `kernel log: ${message.text}` });
      }
    }
    return true;
  }

  finish() {
    return this.events.length === 0 ? null : { lags: [], interfaces: [], events: this.events, notes: [...this.notes.values()] };
  }
}

export const kernelLog: StateImporter = {
  id: 'kernel-log',
  title: 'kernel log lines of the Linux bonding driver',
  opens(line) {
    const prefix = PREFIX.exec(line);
    return prefix !== null && readMessage(line.slice(prefix[0].length)) !== null ? 'more' : null;
  },
  start: () => new KernelLogParser(),
};
