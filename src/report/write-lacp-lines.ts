import { cellText, csvLine, valueAt } from './csv-cells.ts';
import type { LacpReport } from './write-lacp-json.ts';
import { ROWS_PER_DRAIN } from './write-flows-report.ts';
import type { TextTarget } from './write-target.ts';

const INFO = ['systemPriority', 'system', 'key', 'portPriority', 'port', 'state', 'bits'];
const ends = (names: readonly string[]): string[] => ['actor', 'partner'].flatMap((end) => names.map((name) => `${end}.${name}`));

const PORT_COLUMNS = [
  'member',
  'side',
  'state',
  'stateSource',
  'since',
  ...ends(INFO),
  'mac',
  'version',
  'pdus',
  'interval.median',
  'interval.max',
  'interval.expected',
  'machines.receive',
  'machines.periodic',
  'machines.mux',
  'machines.actorChurn',
  'machines.partnerChurn',
  'secondsToDistributing',
  'transitions',
];
const PDU_COLUMNS = [
  'path',
  'packet',
  'time',
  'member',
  'side',
  'srcMac',
  'subtype',
  'version',
  ...ends(INFO),
  'collectorMaxDelay',
  'tlvs',
  'malformed',
];

/** JSON Lines: one port a line, with the id of its LAG; with --pdus one PDU a line. */
export async function writeLacpJsonLines(report: LacpReport, target: TextTarget): Promise<void> {
  await eachRow(report, target, (lag, row) => `${JSON.stringify({ lag, ...row })}\n`);
}

/** CSV (RFC 4180) of the same, flattened with dots; transitions as `time event` pairs in one cell. */
export async function writeLacpCsv(report: LacpReport, target: TextTarget): Promise<void> {
  const columns = report.pdusOf === null ? PORT_COLUMNS : PDU_COLUMNS;
  target.write(csvLine(['lag', ...columns]));
  await eachRow(report, target, (lag, row) =>
    csvLine([lag, ...columns.map((column) => cellText(valueAt(row, column.split('.')), itemText))]),
  );
}

async function eachRow(
  { document, portsOf, pdusOf }: LacpReport,
  target: TextTarget,
  lineOf: (lag: string, row: object) => string,
): Promise<void> {
  for (const lag of document.lags) {
    if (pdusOf === null) {
      for (const port of portsOf?.(lag) ?? lag.ports ?? []) target.write(lineOf(lag.id, port));
      continue;
    }
    const pdus = pdusOf(lag.id);
    for (let i = 0; i < pdus.length; i++) {
      target.write(lineOf(lag.id, pdus.at(i)));
      if (i % ROWS_PER_DRAIN === 0 && target.isFull) await target.drain();
    }
  }
}

function itemText(item: unknown): string {
  if (item === null || typeof item !== 'object') return String(item);
  if ('event' in item && 'time' in item) return `${String(item.time)} ${String(item.event)}`;
  if ('type' in item && 'length' in item) return `${String(item.type)}:${String(item.length)}`;
  return JSON.stringify(item);
}
