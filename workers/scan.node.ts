/** A scan worker of the command line: reads one capture after another, several workers at the same time. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, type MessagePort } from 'node:worker_threads';
import { expose, transfer, type Endpoint } from 'comlink';
import { openFileSource } from '../src/cli/node-file-source.ts';
import { detachScan, detachSources } from '../src/pipeline/capture-scan.ts';
import type { PartPlan } from '../src/pipeline/part-plan.ts';
import { reportAhead } from '../src/pipeline/report-ahead.ts';
import { scanPart, type ScannedPart } from '../src/pipeline/scan-part.ts';
import { scanInput, type InputScan, type ScanObserver, type ScanOptions } from '../src/pipeline/scan-capture.ts';

async function scan(path: string, options: ScanOptions, observe: ScanObserver): Promise<InputScan> {
  const { source, failure } = openFileSource(path);
  if (source === undefined) {
    return { kind: 'failed', issue: failure ?? { code: 'unreadable', offset: null, reason: 'cannot be opened again', partial: false } };
  }
  const result = detachScan(await scanInput(source, options, reportAhead(observe, nextTurn)));
  return transfer(result.scan, result.buffers);
}

async function scanOnePart(
  path: string,
  plan: PartPlan,
  index: number,
  options: ScanOptions,
  observe: ScanObserver,
): Promise<ScannedPart | null> {
  const { source } = openFileSource(path);
  const scanned = source === undefined ? null : await scanPart(source, plan, index, options, reportAhead(observe, nextTurn));
  if (scanned === null) return null;
  const { sources, buffers } = detachSources(scanned.part.sources);
  return transfer({ ...scanned, part: { ...scanned.part, sources } }, buffers);
}

parentPort?.once('message', ({ port }: { port: MessagePort }) => expose({ scan, scanPart: scanOnePart }, port as unknown as Endpoint));
