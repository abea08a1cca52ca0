import type { ByteSource } from './byte-source.ts';
import type { InputScan, ScanObserver, ScanOptions } from './capture-scan.ts';
import { scanInLanes, type ScanLane } from './executor.ts';
import type { PartPlan } from './part-plan.ts';
import { PartPool, type PartScanner } from './part-pool.ts';
import { scanInput, type PartSupply } from './scan-capture.ts';
import { sumSizes, type InputScanner } from './scanner.ts';

/** A worker that scans inputs, named by their places, one at a time. */
export interface RemoteScanner {
  scan(input: number, observe: ScanObserver): Promise<InputScan>;
  readonly scanPart: PartScanner;
  /** Called when nothing is left for it. */
  done?(): Promise<unknown>;
}

export interface WorkerScan {
  readonly sources: readonly ByteSource[];
  readonly options: ScanOptions;
  readonly workers: readonly RemoteScanner[];
  /** Inputs to be read in parts, by place. */
  readonly plans: ReadonlyMap<number, PartPlan>;
  /** Whether a worker can open the input. */
  isSendable(input: number): boolean;
  /** This thread scans whole inputs too. Those in parts are always read from their beginning here, where all has to come in the end. */
  readonly scansHere: boolean;
}

/** Scans inputs in workers and in this thread, the largest first. */
export async function scanByWorkers(
  { sources, options, workers, plans, isSendable, scansHere }: WorkerScan,
  observe: Parameters<InputScanner['scan']>[2],
): Promise<InputScan[]> {
  const pool = new PartPool();
  const supplies = new Map<number, PartSupply>([...plans].map(([i, plan]) => [i, pool.offer(i, plan)]));
  const all = [...sources.keys()];
  const whole = all.filter((i) => isSendable(i) && !supplies.has(i));
  const lanes = workers.map((worker): ScanLane => ({ ...worker, only: new Set(whole), first: () => pool.serve(worker.scanPart) }));
  const scanHere: ScanLane['scan'] = (i, report) => scanInput(sources[i], options, report, supplies.get(i));
  lanes.push({ only: new Set([...supplies.keys(), ...(scansHere ? whole : [])]), scan: scanHere });
  const streams = all.filter((i) => !isSendable(i) && !supplies.has(i));
  if (streams.length > 0) lanes.push({ only: new Set(streams), scan: scanHere });
  const queue = all.sort((x, y) => Number(supplies.has(y)) - Number(supplies.has(x)) || (sources[y].size ?? 0) - (sources[x].size ?? 0));
  try {
    return await scanInLanes(lanes, queue, sumSizes(sources), observe);
  } finally {
    pool.stop();
  }
}
