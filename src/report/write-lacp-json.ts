import type { Lag, ResultDocument } from './document.ts';
import type { LagPdu, LagPort } from './lacp-document.ts';
import type { TextTarget } from './write-target.ts';
import { ROWS_PER_DRAIN } from './write-flows-report.ts';

/** What the writers of `lacp` need: the document with `lags[].ports`, and the PDUs of a LAG one at a time where they are asked for. */
export interface LacpReport {
  readonly document: ResultDocument;
  /** The ports to list; absent: all. */
  readonly portsOf?: (lag: Lag) => readonly LagPort[];
  readonly pdusOf: ((lagId: string) => { readonly length: number; at(i: number): LagPdu }) | null;
}

/** The document of `lacp`; PDUs one a line, never all held as text. */
export async function writeLacpJson({ document, portsOf, pdusOf }: LacpReport, target: TextTarget): Promise<void> {
  const { lags, ...rest } = document;
  target.write(`${JSON.stringify(rest).slice(0, -1)},\n"lags":[`);
  for (let l = 0; l < lags.length; l++) {
    const text = JSON.stringify(portsOf === undefined ? lags[l] : { ...lags[l], ports: portsOf(lags[l]) });
    target.write(l === 0 ? '\n' : ',\n');
    if (pdusOf === null) {
      target.write(text);
      continue;
    }
    const pdus = pdusOf(lags[l].id);
    target.write(`${text.slice(0, -1)},\n"pdus":[`);
    for (let i = 0; i < pdus.length; i++) {
      target.write(`${i === 0 ? '\n' : ',\n'}${JSON.stringify(pdus.at(i))}`);
      if (i % ROWS_PER_DRAIN === 0 && target.isFull) await target.drain();
    }
    target.write(']}');
  }
  target.write(']}\n');
}
