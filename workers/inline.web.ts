/** The workers as text within the page, for the page of one file: a page opened from a folder may not load others. */
/* oxlint-disable import/default -- the build makes a module of its own of each */
import AnalysisWorker from './analysis.web.ts?worker&inline';
import ExplorerWorker from './explore.web.ts?worker&inline';
import ScanWorker from './scan.web.ts?worker&inline';

export function startAnalysisWorker(): Worker {
  return new AnalysisWorker();
}

export function startScanWorker(): Worker {
  return new ScanWorker();
}

export function startExplorerWorker(): Worker {
  return new ExplorerWorker();
}
