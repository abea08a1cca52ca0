/** A scan worker of the command line: reads one capture after another, several workers at the same time. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { expose, transfer, type Endpoint } from 'comlink';
import { openFileSource } from '../src/cli/node-file-source.ts';
import { scanInput, scanTransferList, type InputScan, type ScanObserver, type ScanOptions } from '../src/pipeline/scan-capture.ts';

async function scan(path: string, options: ScanOptions, observe: ScanObserver): Promise<InputScan> {
  const { source, failure } = openFileSource(path);
  if (source === undefined) {
    return { kind: 'failed', issue: failure ?? { code: 'unreadable', offset: null, reason: 'cannot be opened again', partial: false } };
  }
  const result = await scanInput(source, options, observe);
  return transfer(result, scanTransferList(result));
}

parentPort?.once('message', ({ port }: { port: MessagePort }) => expose({ scan }, port as unknown as Endpoint));
