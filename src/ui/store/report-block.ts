/** A report within the page (`lacpviz report`): opened when the page starts, instead of files. */
import { batch, signal } from '@preact/signals';
import type { AnalysisOptions, SenderOptions } from '../../pipeline/analysis-options.ts';
import type { SideId } from '../../report/document.ts';
import { REPORT_BLOCK_ID, splitReportPage } from '../../report/report-page.ts';
import { encodeBase64 } from '../packed-text.ts';
import type { PageService } from '../service/connect-executor.ts';
import type { OpenedReport } from '../service/report-service.ts';
import { addFiles, replaceFiles, scan } from './analysis-store.ts';
import { fragment, readFragment } from './fragment.ts';
import { givenSenders, loadedModels, readOptions } from './options.ts';
import type { OpenedFile } from './opened-files.ts';
import { saveFile } from './save-file.ts';

/** This page shows a report: its inputs cannot be read again. */
export const isReport = signal(false);

/** Saves this page with the analysis in it; null where the page is more than one file. */
export const saveReport = signal<(() => Promise<void>) | null>(null);

/** Saves the analysis with all addresses replaced, and says how many flows could not be kept on their members. */
export const saveShared = signal<(() => Promise<number>) | null>(null);

/** Name of a shared analysis that is no page. */
const SHARED_SUFFIX = '.lacpviz';

let reports: PageService | null = null;

/** Opens what people give: a shared analysis takes the place of what is open, other files join it. */
export async function openFiles(files: readonly OpenedFile[]): Promise<void> {
  const shared = files.find(({ path, content }) => path.endsWith(SHARED_SUFFIX) && content instanceof Blob);
  if (shared === undefined || reports === null) return addFiles(files);
  showReport(await reports.openReport(new Uint8Array(await (shared.content as Blob).arrayBuffer())));
}

/** The page of one file keeps itself, to write reports with. Called before anything in it changes. */
export function keepPage(service: PageService): void {
  reports = service;
  saveShared.value = async () => {
    const { content, changed } = await service.shareReport(readOptions(), location.hash.replace(/^#/, ''));
    saveFile(`shared${SHARED_SUFFIX}`, content);
    return changed;
  };
  const scripts = [...document.scripts];
  if (scripts.some((script) => script.src !== '') || document.querySelector('link[rel=stylesheet]') !== null) return;
  const copy = document.documentElement.cloneNode(true) as HTMLElement;
  copy.querySelector(`#${REPORT_BLOCK_ID}`)?.remove();
  copy.removeAttribute('data-theme');
  const page = splitReportPage(`<!doctype html>\n${copy.outerHTML}\n`);
  if (page === null) return;
  saveReport.value = async () => {
    const text = await service.writeReport(readOptions(), location.hash.replace(/^#/, ''));
    saveFile('lacpviz-report.html', new Blob([page.head, text, page.tail], { type: 'text/html' }));
  };
  saveShared.value = async () => {
    const { content, changed } = await service.shareReport(readOptions(), location.hash.replace(/^#/, ''));
    saveFile('lacpviz-shared.html', new Blob([page.head, await encodeBase64(content), page.tail], { type: 'text/html' }));
    return changed;
  };
}

/** True if the page holds a report. Its text leaves the document: nobody needs it twice. */
export async function openReportBlock(service: PageService): Promise<boolean> {
  const block = document.getElementById(REPORT_BLOCK_ID);
  if (block === null) return false;
  const text = block.textContent;
  block.remove();
  showReport(await service.openReport(text));
  return true;
}

function showReport(opened: OpenedReport): void {
  if (!opened.ok) {
    scan.value = { kind: 'failed', reason: opened.reason };
    return;
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
}

function giveOptions({ sender, sides }: AnalysisOptions): void {
  const of = (side: SideId): SenderOptions => ({ ...sender, ...sides[side] });
  givenSenders.value = { a: of('a'), b: of('b') };
  for (const side of ['a', 'b'] as const) {
    const { model } = of(side);
    if (model) loadedModels[side].value = { name: 'the report’s model', model };
  }
}
