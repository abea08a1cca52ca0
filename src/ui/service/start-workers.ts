/** The page's workers, each a file beside it. In the page of one file `workers/inline.web.ts` stands in for this. */

export function startAnalysisWorker(): Worker {
  return new Worker(new URL('../../../workers/analysis.web.ts', import.meta.url), { type: 'module' });
}

export function startScanWorker(): Worker {
  return new Worker(new URL('../../../workers/scan.web.ts', import.meta.url), { type: 'module' });
}

export function startExplorerWorker(): Worker {
  return new Worker(new URL('../../../workers/explore.web.ts', import.meta.url), { type: 'module' });
}
