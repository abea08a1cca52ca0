import type { Inflater, InflateFault } from './inflater.ts';
export class ZstdInflater implements Inflater {
  fault: InflateFault | null = { code: 'unsupported-format', reason: 'zstd is not read yet' };
  readonly warnings: InflateFault[] = [];
  push(_chunk: Uint8Array): void {}
  finish(): void {}
  next(): Uint8Array | null {
    return null;
  }
}
