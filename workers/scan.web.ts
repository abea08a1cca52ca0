/** A scan worker of the page: reads one capture after another, several workers at the same time. */
import { expose, transfer } from 'comlink';
import { scanInput, scanTransferList, type InputScan, type ScanObserver, type ScanOptions } from '../src/pipeline/scan-capture.ts';
import type { ServiceFile } from '../src/pipeline/service.ts';
import { webByteSource } from '../src/ui/web-byte-source.ts';

async function scan(file: ServiceFile, options: ScanOptions, observe: ScanObserver): Promise<InputScan> {
  const result = await scanInput(webByteSource(file), options, observe);
  return transfer(result, scanTransferList(result));
}

expose({ scan });
