/** The analysis worker of the page: holds the analysis, leaves the reading to the scan workers it is given. */
import { expose } from 'comlink';
import { createAnalysisService } from '../src/pipeline/analysis-service.ts';
import { inProcessScanner, type InputScanner } from '../src/pipeline/scanner.ts';
import { createOpenReports } from '../src/ui/service/report-service.ts';
import { createScanExecutor } from '../src/ui/service/scan-executor.ts';
import { webByteSource } from '../src/ui/web-byte-source.ts';

const files = createScanExecutor(webByteSource);
const reports = createOpenReports();
let scanner: InputScanner | undefined;

expose({
  ...createAnalysisService(
    (file) => reports.source(file) ?? files.open(file),
    () => reports.replay?.scanner(scanner ?? inProcessScanner) ?? scanner,
    // A macrotask: messages that came in the meantime are answered before it.
    () => new Promise((resolve) => setTimeout(resolve, 0)),
    () => reports.replay?.reread,
  ),
  useScanners(ports: readonly MessagePort[]): void {
    scanner = files.over(ports);
  },
  openReport: (text: string) => reports.open(text),
});
