/** A report within the page (`lacpviz report`): opened when the page starts, instead of files. */
import { batch, signal } from '@preact/signals';
import type { AnalysisOptions, SenderOptions } from '../../pipeline/analysis-options.ts';
import type { SideId } from '../../report/document.ts';
import { REPORT_BLOCK_ID } from '../../report/report-page.ts';
import type { OpenedReport } from '../service/report-service.ts';
import { replaceFiles, scan } from './analysis-store.ts';
import { fragment, readFragment } from './fragment.ts';
import { givenSenders, loadedModels } from './options.ts';

/** This page shows a report: its inputs cannot be read again. */
export const isReport = signal(false);

/** True if the page holds a report. Its text leaves the document: nobody needs it twice. */
export async function openReportBlock(open: (text: string) => Promise<OpenedReport>): Promise<boolean> {
  const block = document.getElementById(REPORT_BLOCK_ID);
  if (block === null) return false;
  const text = block.textContent;
  block.remove();
  const opened = await open(text);
  if (!opened.ok) {
    scan.value = { kind: 'failed', reason: opened.reason };
    return true;
  }
  const untouched = location.hash === '' || location.hash === '#';
  batch(() => {
    isReport.value = true;
    giveOptions(opened.options);
    // What was kept or sent of this page's address wins over what the report was written with.
    if (untouched) readFragment(opened.fragment);
  });
  const view = fragment.view.peek();
  replaceFiles(opened.files.map(({ path, memberName, size }, i) => ({ path, memberName, size, content: { recorded: i } })));
  fragment.view.value = view;
  return true;
}

function giveOptions({ sender, sides }: AnalysisOptions): void {
  const of = (side: SideId): SenderOptions => ({ ...sender, ...sides[side] });
  givenSenders.value = { a: of('a'), b: of('b') };
  for (const side of ['a', 'b'] as const) {
    const { model } = of(side);
    if (model) loadedModels[side].value = { name: 'the report’s model', model };
  }
}
