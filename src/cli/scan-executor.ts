import { availableParallelism } from 'node:os';
import { MessageChannel, Worker } from 'node:worker_threads';
import { proxy, wrap, type Endpoint, type Remote } from 'comlink';
import type { PartPlan } from '../pipeline/part-plan.ts';
import { scanByWorkers, type RemoteScanner } from '../pipeline/scan-by-workers.ts';
import type { InputScan, ScanObserver, ScanOptions } from '../pipeline/scan-capture.ts';
import type { ScannedPart } from '../pipeline/scan-part.ts';
import { inProcessScanner, sumSizes, type InputScanner } from '../pipeline/scanner.ts';
import { splitInputs } from '../pipeline/split-inputs.ts';

/** Below this a worker's start costs more than it saves. */
const LEAST_PARALLEL_BYTES = 8 << 20;

/** What a scan worker exposes. */
interface ScanWorker {
  scan(path: string, options: ScanOptions, observe: ScanObserver): Promise<InputScan>;
  scanPart(path: string, plan: PartPlan, index: number, options: ScanOptions, observe: ScanObserver): Promise<ScannedPart | null>;
}

/**
 * Scans files in worker threads and in this one, the largest first; large ones in parts. Streams and small sets of files
 * stay in this thread. `threads`: at most, 0 for one per processor.
 */
export function createWorkerScanner(threads: number): InputScanner {
  return {
    async scan(sources, options, observe) {
      const most = threads > 0 ? threads : availableParallelism();
      const isFile = (i: number): boolean => sources[i].rereadable && sources[i].size !== undefined;
      const files = [...sources.keys()].filter(isFile);
      const fileBytes = sumSizes(files.map((i) => sources[i])) ?? 0;
      if (most < 2 || fileBytes < LEAST_PARALLEL_BYTES) return inProcessScanner.scan(sources, options, observe);
      const plans = await splitInputs(sources, most);
      const parts = [...plans.values()].reduce((sum, plan) => sum + plan.starts.length - 1, 0);
      const count = Math.min(most, files.length + parts) - 1;
      if (count < 1) return inProcessScanner.scan(sources, options, observe);
      const started: Worker[] = [];
      const workers = Array.from({ length: count }, (): RemoteScanner => {
        const { worker, scanner, died } = startWorker();
        started.push(worker);
        return {
          scan: (i, report) => Promise.race([scanner.scan(sources[i].path, options, proxy(report)), died]),
          scanPart: (i, plan, index, report) =>
            Promise.race([scanner.scanPart(sources[i].path, plan, index, options, proxy(report)), died]),
          // Its memory is wanted elsewhere.
          done: () => worker.terminate(),
        };
      });
      try {
        return await scanByWorkers({ sources, options, workers, plans, isSendable: isFile, scansHere: true }, observe);
      } finally {
        await Promise.all(started.map((worker) => worker.terminate()));
      }
    },
  };
}

function startWorker(): { worker: Worker; scanner: Remote<ScanWorker>; died: Promise<never> } {
  const worker = new Worker(new URL('./scan-worker.js', import.meta.url));
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ port: port2 }, [port2]);
  const died = new Promise<never>((_, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a scan worker ended with code ${code}`)));
  });
  // After the scan the worker is ended on purpose; only a lane that still waits for it should hear of that.
  died.catch(() => undefined);
  return { worker, scanner: wrap<ScanWorker>(port1 as unknown as Endpoint), died };
}
