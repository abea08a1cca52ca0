import type { OutputParser, StateImporter, StateLine } from '../importer.ts';
import type { LogEvent } from '../state-facts.ts';

/** `2026-11-21T02:58:53.859Z|00042|bond|INFO|member eno2: link state down`: ovs-vswitchd.log. */
const VSWITCHD = /^(\d{4}-\d\d-\d\dT[\d:.]{8,12}Z)\|\d{1,9}\|(\w{1,40}(?:\([^|]{0,40}\))?)\|(?:EMER|ERR|WARN|INFO|DBG)\|(.*)$/;
/** `bond bond0: shift 120kB of load (with hash 17) from eno1 to eno2 (now carrying …)` (ofproto/bond.c). */
const SHIFT = /: shift (\d{1,15})kB of load \(with hash (\d{1,3})\) from (\S{1,32}) to (\S{1,32})/;

class VswitchdLogParser implements OutputParser {
  private readonly events: LogEvent[] = [];
  private lines = 0;

  accept(line: StateLine): boolean {
    const match = VSWITCHD.exec(line.text);
    if (match === null) return false;
    this.lines++;
    if ((match[2] !== 'bond' && match[2] !== 'lacp') || this.events.length >= 10_000) return true;
    const member = /\b(?:member|interface|slave) ([\w.@-]{1,32})/.exec(match[3])?.[1];
    const lag = /^bond ([\w.@-]{1,32}):/.exec(match[3])?.[1];
    const shift = SHIFT.exec(match[3]);
    const bucketMove = shift === null ? undefined : { kilobytes: Number(shift[1]), bucket: Number(shift[2]), from: shift[3], to: shift[4] };
    this.events.push({
      line: line.number,
      time: match[1],
      lag,
      member,
      message: match[3].slice(0, 400),
      ...(bucketMove === undefined ? {} : { bucketMove }),
    });
    return true;
  }

  finish() {
    return this.lines === 0 ? null : { lags: [], interfaces: [], events: this.events };
  }
}

export const vswitchdLog: StateImporter = {
  id: 'ovs-vswitchd-log',
  title: 'ovs-vswitchd.log (Open vSwitch)',
  opens: (line) => (VSWITCHD.test(line) ? 'more' : null),
  start: () => new VswitchdLogParser(),
};
