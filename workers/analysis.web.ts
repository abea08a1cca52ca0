/** The analysis worker of the page: holds the analysis, leaves the reading to the scan workers it is given. */
import { expose } from 'comlink';
import type { AnalysisOptions } from '../src/pipeline/analysis-options.ts';
import { createAnalysisService } from '../src/pipeline/analysis-service.ts';
import { inProcessScanner, type InputScanner } from '../src/pipeline/scanner.ts';
import { createReports } from '../src/ui/service/report-service.ts';
import { createScanExecutor } from '../src/ui/service/scan-executor.ts';
import { webByteSource } from '../src/ui/web-byte-source.ts';

const files = createScanExecutor(webByteSource);
const reports = createReports((file) => files.open(file));
let scanner: InputScanner = inProcessScanner;

expose({
  ...createAnalysisService(
    (file) => reports.source(file),
    () => reports.scanner(scanner),
    // A macrotask: messages that came in the meantime are answered before it.
    () => new Promise((resolve) => setTimeout(resolve, 0)),
    () => reports.reread,
  ),
  useScanners(ports: readonly MessagePort[]): void {
    scanner = files.over(ports);
  },
  openReport: (content: string | Uint8Array<ArrayBuffer>) => reports.open(content),
  writeReport: (options: AnalysisOptions, fragment: string) => reports.write(options, fragment),
  shareReport: (options: AnalysisOptions, fragment: string) => reports.share(options, fragment),
});
