/** A scan worker of the page: reads one capture after another, several workers at the same time. */
import { expose, transfer } from 'comlink';
import { detachScan, detachSources } from '../src/pipeline/capture-scan.ts';
import type { PartPlan } from '../src/pipeline/part-plan.ts';
import { reportAhead } from '../src/pipeline/report-ahead.ts';
import { scanInput, type InputScan, type ScanObserver, type ScanOptions } from '../src/pipeline/scan-capture.ts';
import { scanPart, type ScannedPart } from '../src/pipeline/scan-part.ts';
import type { ServiceFile } from '../src/pipeline/service.ts';
import { webByteSource } from '../src/ui/web-byte-source.ts';

/** A macrotask, sooner than a timer gives one. */
function nextTurn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(null);
  });
}

async function scan(file: ServiceFile, options: ScanOptions, observe: ScanObserver): Promise<InputScan> {
  const result = detachScan(await scanInput(webByteSource(file), options, reportAhead(observe, nextTurn)));
  return transfer(result.scan, result.buffers);
}

async function scanOnePart(
  file: ServiceFile,
  plan: PartPlan,
  index: number,
  options: ScanOptions,
  observe: ScanObserver,
): Promise<ScannedPart | null> {
  const scanned = await scanPart(webByteSource(file), plan, index, options, reportAhead(observe, nextTurn));
  if (scanned === null) return null;
  const { sources, buffers } = detachSources(scanned.part.sources);
  return transfer({ ...scanned, part: { ...scanned.part, sources } }, buffers);
}

expose({ scan, scanPart: scanOnePart });
