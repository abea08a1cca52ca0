/** The whole analysis as a file: the JSON document of `lacpviz flows --json`; in the page of one file also a report. */
import { useSignal } from '@preact/signals';
import type { Lag, ResultDocument } from '../../report/document.ts';
import { countNoun, formatCount } from '../../report/quantity.ts';
import { analysisService, resultDocument } from '../store/analysis-store.ts';
import { exportPortions } from '../store/export-portions.ts';
import { saveReport, saveShared } from '../store/report-block.ts';
import { saveFile } from '../store/save-file.ts';

const SHARING = 'Replacing addresses';
const EVERY_FLOW = { where: [], sort: 'firstTime' } as const;

export function AnalysisExport() {
  const written = useSignal<number | null>(null);
  const sharing = useSignal<string | null>(null);
  const run = async (): Promise<void> => {
    const document = resultDocument.peek();
    if (document === null || written.peek() !== null) return;
    written.value = 0;
    saveFile('lacpviz.json', new Blob(await documentParts(document, (flows) => (written.value = flows)), { type: 'application/json' }));
    written.value = null;
  };
  const share = async (): Promise<void> => {
    const save = saveShared.peek();
    if (save === null || sharing.peek() === SHARING) return;
    sharing.value = SHARING;
    const changed = await save();
    sharing.value =
      changed === 0
        ? 'Saved: of every flow it says what is said here'
        : `Saved; of ${countNoun(changed, 'flow')} it says another member or verdict`;
  };
  if (written.value !== null) {
    return (
      <span class="muted" role="status">
        {formatCount(written.value)} flows written
      </span>
    );
  }
  return (
    <>
      {sharing.value !== null && (
        <span class="muted" role="status">
          {sharing.value}
        </span>
      )}
      <button
        type="button"
        class="button quiet small"
        title="Save the analysis with all addresses replaced and no frame of data, to give away"
        onClick={() => void share()}
        data-testid="save-shared"
      >
        Share
      </button>
      {saveReport.value && (
        <button
          type="button"
          class="button quiet small"
          title="Save this page with the analysis in it"
          onClick={() => void saveReport.value?.()}
          data-testid="save-report"
        >
          Report
        </button>
      )}
      <button
        type="button"
        class="button quiet small"
        title="Save the analysis as JSON, with all flows"
        onClick={() => void run()}
        data-testid="save-document"
      >
        JSON
      </button>
    </>
  );
}

/** The document in pieces, each LAG's flows from the worker portion by portion. */
async function documentParts(document: ResultDocument, onWritten: (flows: number) => void): Promise<string[]> {
  const { lags, ...rest } = document;
  const parts: string[] = [`${JSON.stringify(rest).slice(0, -1)},"lags":[`];
  let written = 0;
  for (const [i, lag] of lags.entries()) {
    const { flows: _flows, ...plain } = lag as Lag;
    parts.push(`${i > 0 ? ',' : ''}\n${JSON.stringify(plain).slice(0, -1)},"flows":[`);
    await exportPortions(analysisService(), lag.id, EVERY_FLOW, 'json', ({ text, count }) => {
      parts.push(text);
      written += count;
      onWritten(written);
    });
    parts.push('\n]}');
  }
  parts.push('\n]}\n');
  return parts;
}
