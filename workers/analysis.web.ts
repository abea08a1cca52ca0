/** The analysis worker of the page: holds the analysis, leaves the reading to the scan workers it is given. */
import { expose } from 'comlink';
import { createAnalysisService } from '../src/pipeline/analysis-service.ts';
import type { InputScanner } from '../src/pipeline/scanner.ts';
import { createScanExecutor } from '../src/ui/service/scan-executor.ts';
import { webByteSource } from '../src/ui/web-byte-source.ts';

const files = createScanExecutor(webByteSource);
let scanner: InputScanner | undefined;

expose({
  ...createAnalysisService(
    (file) => files.open(file),
    () => scanner,
    // A macrotask: messages that came in the meantime are answered before it.
    () => new Promise((resolve) => setTimeout(resolve, 0)),
  ),
  useScanners(ports: readonly MessagePort[]): void {
    scanner = files.over(ports);
  },
});
