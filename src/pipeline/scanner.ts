import type { ByteSource } from './byte-source.ts';
import { scanInput } from './scan-capture.ts';
import type { InputScan, ScanOptions } from './scan-capture.ts';
import type { ScanProgress } from './service.ts';

/** What runs the scans: in this thread, or one worker per input. */
export interface InputScanner {
  /** Scans all sources; result i belongs to source i. `observe` returning true cancels. */
  scan(
    sources: readonly ByteSource[],
    options: ScanOptions,
    observe: (progress: ScanProgress) => boolean | Promise<boolean>,
  ): Promise<InputScan[]>;
}

/** One after another in this thread. */
export const inProcessScanner: InputScanner = {
  async scan(sources, options, observe) {
    const totalBytes = sumSizes(sources);
    const scans: InputScan[] = [];
    let doneBytes = 0;
    let donePackets = 0;
    for (const source of sources) {
      let bytes = 0;
      let packets = 0;
      scans.push(
        await scanInput(source, options, (readBytes, readPackets) => {
          bytes = readBytes;
          packets = readPackets;
          return observe({ doneBytes: doneBytes + readBytes, totalBytes, packets: donePackets + readPackets, phase: 'scan' });
        }),
      );
      doneBytes += bytes;
      donePackets += packets;
    }
    return scans;
  },
};

export function sumSizes(sources: readonly ByteSource[]): number | undefined {
  let sum = 0;
  for (const { size } of sources) {
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}
