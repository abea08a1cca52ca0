/** The flows of the filter as a file, portion by portion from the worker. */
import { useSignal } from '@preact/signals';
import { formatCount } from '../../report/quantity.ts';
import type { FlowExportFormat } from '../../pipeline/export-flows.ts';
import { analysisService, lag } from '../store/analysis-store.ts';
import { flowQuery, flowTotal } from '../store/flow-pages.ts';
import { exportPortions } from '../store/export-portions.ts';
import { saveFile } from '../store/save-file.ts';

const TYPES: Record<FlowExportFormat, string> = { csv: 'text/csv;charset=utf-8', json: 'application/json' };

export function FlowExport() {
  const progress = useSignal<{ done: number; total: number } | null>(null);
  const run = async (format: FlowExportFormat): Promise<void> => {
    const lagId = lag.peek()?.id;
    if (!lagId || progress.peek()) return;
    const query = flowQuery();
    const parts: string[] = [];
    let tail = '';
    await exportPortions(analysisService(), lagId, query, format, (portion) => {
      if (parts.length === 0) parts.push(portion.head);
      parts.push(portion.text);
      tail = portion.tail;
      progress.value = portion;
    });
    progress.value = null;
    saveFile(`lacpviz-${lagId}-flows.${format}`, new Blob([...parts, tail], { type: TYPES[format] }));
  };
  if (!flowTotal.value) return null;
  if (progress.value) {
    const { done, total } = progress.value;
    return (
      <span class="muted end" role="status">
        {formatCount(done)} of {formatCount(total)} flows written
      </span>
    );
  }
  return (
    <span class="end">
      {(['csv', 'json'] as const).map((format) => (
        <button
          key={format}
          type="button"
          class="button quiet small"
          title={`Save these flows as ${format.toUpperCase()}`}
          data-testid={`save-${format}`}
          onClick={() => void run(format)}
        >
          {format.toUpperCase()}
        </button>
      ))}
    </span>
  );
}
