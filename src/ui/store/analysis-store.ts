/** The analysis that the page shows: what is open, how far the scan is, what came out. */
import { batch, computed, signal } from '@preact/signals';
import type { Lag, ResultDocument } from '../../report/document.ts';
import type { AnalysisService, ScanProgress } from '../../pipeline/service.ts';
import { fragment } from './fragment.ts';
import { readOptions } from './options.ts';
import { openedFiles, withFiles, type OpenedFile } from './opened-files.ts';

export type ScanState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'scanning'; readonly progress: ScanProgress; readonly startedMs: number; readonly nowMs: number }
  | { readonly kind: 'failed'; readonly reason: string };

export const scan = signal<ScanState>({ kind: 'idle' });
export const resultDocument = signal<ResultDocument | null>(null);
/** Grows with each finished analysis: what was asked of the worker before is out of date. */
export const generation = signal(0);
/** All workers run: from here on the page asks its server for nothing (but for the files of `lacpviz serve`). */
export const connected = signal(false);
/** The analysis worker broke: only reloading the page helps. */
export const crash = signal<string | null>(null);

let service: AnalysisService | null = null;

export function useService(connected: AnalysisService): void {
  service = connected;
}

export function analysisService(): AnalysisService {
  if (!service) throw new Error('no analysis service is connected');
  return service;
}

/** The LAG on view: that of the fragment, else the first. */
export const lag = computed<Lag | null>(() => {
  const lags = resultDocument.value?.lags ?? [];
  return lags.find((candidate) => candidate.id === fragment.lag.value) ?? lags[0] ?? null;
});

let run = 0;

export async function analyzeOpened(): Promise<void> {
  const files = openedFiles.peek();
  if (files.length === 0) return;
  const mine = ++run;
  const startedMs = performance.now();
  const total = files.some((file) => file.size === undefined) ? undefined : files.reduce((sum, file) => sum + (file.size ?? 0), 0);
  scan.value = { kind: 'scanning', progress: { doneBytes: 0, totalBytes: total, packets: 0, phase: 'scan' }, startedMs, nowMs: startedMs };
  const onProgress = (progress: ScanProgress): void => {
    if (mine === run) scan.value = { kind: 'scanning', progress, startedMs, nowMs: performance.now() };
  };
  const outcome = await analysisService()
    .analyze(
      files.map(({ path, memberName, content }) => ({ path, memberName, content })),
      readOptions(),
      onProgress,
    )
    .catch((error: unknown) => ({ ok: false as const, reason: error instanceof Error ? error.message : String(error), cancelled: false }));
  if (mine !== run) return;
  batch(() => {
    if (outcome.ok) {
      resultDocument.value = outcome.document;
      generation.value++;
      scan.value = { kind: 'idle' };
    } else if (outcome.cancelled) {
      scan.value = { kind: 'idle' };
      analysedFiles.restore();
    } else scan.value = { kind: 'failed', reason: outcome.reason };
  });
  if (outcome.ok) analysedFiles.keep();
}

/** Files of the last finished analysis: what a cancelled scan goes back to. */
const analysedFiles = {
  files: [] as readonly OpenedFile[],
  keep(): void {
    this.files = openedFiles.peek();
  },
  restore(): void {
    openedFiles.value = this.files;
  },
};

export function addFiles(added: readonly OpenedFile[]): void {
  const files = withFiles(openedFiles.peek(), added);
  if (files.length === openedFiles.peek().length) return;
  openedFiles.value = files;
  void analyzeOpened();
}

export function removeFile(path: string): void {
  const files = openedFiles.peek().filter((file) => file.path !== path);
  if (files.length === 0) {
    closeAll();
    return;
  }
  openedFiles.value = files;
  void analyzeOpened();
}

/** Opens these instead of what was open. */
export function replaceFiles(files: readonly OpenedFile[]): void {
  resetAnalysis();
  addFiles(files);
}

/** Back to the start. */
export function closeAll(): void {
  resetAnalysis();
  batch(() => {
    for (const key of ['view', 'lag', 'member', 'flow', 'pdu', 'where', 'sort', 'range', 'sample', 'serve', 'from', 'to'] as const)
      fragment[key].value = '';
  });
}

function resetAnalysis(): void {
  if (scan.peek().kind === 'scanning') analysisService().cancel();
  run++;
  batch(() => {
    openedFiles.value = [];
    resultDocument.value = null;
    scan.value = { kind: 'idle' };
  });
  analysedFiles.keep();
}

/** Back to the analysis before, at once: what the worker still answers is no longer waited for. */
export function cancelScan(): void {
  analysisService().cancel();
  run++;
  batch(() => {
    scan.value = { kind: 'idle' };
    analysedFiles.restore();
  });
}
