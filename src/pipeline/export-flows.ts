import { csvLine } from '../report/csv-cells.ts';
import { flattenFlow, flowColumns } from '../report/flatten-flow.ts';
import type { FlowList } from './flows-analysis.ts';

export type FlowExportFormat = 'csv' | 'json';

/** A portion of an exported list: `head` before the first one, `tail` after the last one. */
export interface FlowExport {
  readonly head: string;
  readonly text: string;
  readonly tail: string;
  /** Flows of the whole list. */
  readonly total: number;
}

/** Flows `offset` to `offset + limit` of a list as text: a list of a million never stands in memory as one string. */
export function exportFlows(
  flows: FlowList,
  lagId: string,
  memberCount: number,
  format: FlowExportFormat,
  offset: number,
  limit: number,
): FlowExport {
  const end = Math.min(flows.length, offset + limit);
  const parts: string[] = [];
  if (format === 'json') {
    for (let i = offset; i < end; i++) parts.push(`${i === 0 ? '\n' : ',\n'}${flows.json(i)}`);
    return {
      head: `{"schemaVersion":1,"lag":${JSON.stringify(lagId)},"flows":[`,
      text: parts.join(''),
      tail: '\n]}\n',
      total: flows.length,
    };
  }
  const columns = flowColumns(memberCount);
  for (let i = offset; i < end; i++) parts.push(csvLine([lagId, ...flattenFlow(flows.at(i), columns)].map(withoutFormula)));
  return { head: csvLine(columns.names), text: parts.join(''), tail: '', total: flows.length };
}

/** A spreadsheet takes a cell that begins like this for a formula; names in captures are anybody's text. */
function withoutFormula(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}
