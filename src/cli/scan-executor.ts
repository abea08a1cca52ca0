import { availableParallelism } from 'node:os';
import { MessageChannel, Worker } from 'node:worker_threads';
import { proxy, wrap, type Endpoint, type Remote } from 'comlink';
import { scanInLanes, type ScanLane } from '../pipeline/executor.ts';
import { scanInput, type InputScan, type ScanObserver, type ScanOptions } from '../pipeline/scan-capture.ts';
import { inProcessScanner, sumSizes, type InputScanner } from '../pipeline/scanner.ts';

/** Below this a worker's start costs more than it saves. */
const LEAST_PARALLEL_BYTES = 8 << 20;

/** What a scan worker exposes. */
interface ScanWorker {
  scan(path: string, options: ScanOptions, observe: ScanObserver): Promise<InputScan>;
}

/**
 * Scans files in worker threads, the largest first; streams and small sets of files stay in this thread. `threads`:
 * workers at most, 0 for one per processor.
 */
export function createWorkerScanner(threads: number): InputScanner {
  return {
    async scan(sources, options, observe) {
      const isFile = (i: number): boolean => sources[i].rereadable && sources[i].size !== undefined;
      const all = sources.map((_, i) => i);
      const files = all.filter(isFile);
      const workers = Math.min(threads > 0 ? threads : availableParallelism(), files.length);
      const fileBytes = sumSizes(files.map((i) => sources[i])) ?? 0;
      if (workers < 2 || fileBytes < LEAST_PARALLEL_BYTES) return inProcessScanner.scan(sources, options, observe);
      const started: Worker[] = [];
      const fileSet = new Set(files);
      const lanes: ScanLane[] = Array.from({ length: workers }, () => {
        const { worker, scanner, died } = startWorker();
        started.push(worker);
        return { only: fileSet, scan: (i, report) => Promise.race([scanner.scan(sources[i].path, options, proxy(report)), died]) };
      });
      const streams = new Set(all.filter((i) => !isFile(i)));
      if (streams.size > 0) lanes.push({ only: streams, scan: (i, report) => scanInput(sources[i], options, report) });
      const queue = all.sort((x, y) => (sources[y].size ?? 0) - (sources[x].size ?? 0));
      try {
        return await scanInLanes(lanes, queue, sumSizes(sources), observe);
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
