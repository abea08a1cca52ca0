import type { OutputParser, StateImporter, StateLine } from '../importer.ts';
import type { LogEvent } from '../state-facts.ts';

/** `ping` (iputils), also with -D, and pasted into a column of a table: which echo requests were not answered. */

const HEADER = /^PING \S{1,255} ?\([^)]{1,64}\)/;
const REPLY = /^(?:\[(\d{1,12}\.\d{1,9})\] )?\d{1,6} bytes from .{1,300}?[: ]icmp_seq=(\d{1,9})\b/;
const REFUSED = /^(?:\[(\d{1,12}\.\d{1,9})\] )?From \S{1,255} icmp_seq=(\d{1,9}) (.{1,100}?)(?: \|.*)?$/;
const SILENT = /^(?:\[(\d{1,12}\.\d{1,9})\] )?no answer yet for icmp_seq=(\d{1,9})/;
const KNOWN = /^(?:--- .{1,300} ping statistics ---|\d{1,9} packets transmitted, .{1,200}|rtt min\/avg\/max.{1,100}|pipe \d{1,6})$/;
/** A row of a table whose column of ping is empty. */
const OTHER_COLUMN = /^\.?\s*\| /;
const MAX_EVENTS = 10_000;

class PingParser implements OutputParser {
  private readonly events: LogEvent[] = [];
  private last = 0;
  private reason = 'no answer';
  private replies = 0;

  accept(line: StateLine): boolean {
    const { text, number } = line;
    if (HEADER.test(text)) return true;
    const reply = REPLY.exec(text);
    if (reply !== null) {
      const sequence = Number(reply[2]);
      if (this.replies > 0 && sequence > this.last + 1) this.add(number, reply[1], this.last + 1, sequence - 1, sequence);
      this.replies++;
      this.last = Math.max(this.last, sequence);
      this.reason = 'no answer';
      return true;
    }
    const refused = REFUSED.exec(text);
    if (refused !== null) this.reason = refused[3].trim();
    return refused !== null || SILENT.test(text) || KNOWN.test(text) || OTHER_COLUMN.test(text);
  }

  finish() {
    return this.replies === 0 ? null : { lags: [], interfaces: [], events: this.events };
  }

  private add(line: number, time: string | undefined, from: number, to: number, back: number): void {
    if (this.events.length >= MAX_EVENTS) return;
    const lost = from === to ? `icmp_seq ${from}` : `icmp_seq ${from} to ${to}`;
    this.events.push({
      line,
      ...(time !== undefined && { time }),
      message: `${lost} not answered (${this.reason}), answered again from ${back} on`,
    });
  }
}

export const ping: StateImporter = {
  id: 'ping',
  title: 'ping (iputils)',
  opens: (line) => (HEADER.test(line) ? 'new' : null),
  start: () => new PingParser(),
};
