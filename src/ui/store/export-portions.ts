/** A list of flows as text, portion by portion from the worker: a million of them never stand in memory as objects. */
import type { FlowExportFormat } from '../../pipeline/export-flows.ts';
import type { FlowQuery } from '../../pipeline/flows-analysis.ts';
import type { AnalysisService } from '../../pipeline/service.ts';

const PORTION = 5000;

export interface ExportPortion {
  readonly head: string;
  readonly text: string;
  readonly tail: string;
  /** Flows in this portion, written so far, and of the whole list. */
  readonly count: number;
  readonly done: number;
  readonly total: number;
}

export async function exportPortions(
  service: AnalysisService,
  lagId: string,
  query: FlowQuery,
  format: FlowExportFormat,
  onPortion: (portion: ExportPortion) => void,
): Promise<void> {
  for (let offset = 0; ; offset += PORTION) {
    const portion = await service.exportFlows(lagId, query, format, offset, PORTION);
    if (!portion) return;
    const done = Math.min(portion.total, offset + PORTION);
    onPortion({ ...portion, count: done - offset, done });
    if (done >= portion.total) return;
  }
}
