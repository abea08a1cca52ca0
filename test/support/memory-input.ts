import type { AnalysisInput } from '../../src/pipeline/analyze-captures.ts';
import type { ByteSource } from '../../src/pipeline/byte-source.ts';
import type { ServiceFile } from '../../src/pipeline/service.ts';

/** Bytes in one chunk, as a file that a host opened. */
function memorySource(path: string, bytes: Uint8Array): ByteSource {
  return {
    path,
    size: bytes.length,
    rereadable: true,
    async *chunks() {
      yield bytes;
    },
  };
}

/** A file of the page, as the service opens it. */
export const openInMemory = ({ path, content }: ServiceFile): ByteSource => memorySource(path, content as Uint8Array);

/** A capture or a text as an input of the analysis. */
export function memoryInput(path: string, content: Uint8Array | string): AnalysisInput {
  return { path, source: memorySource(path, typeof content === 'string' ? new TextEncoder().encode(content) : content) };
}

/** Captures as the analysis takes them, one of each member: port0, port1, … */
export function memberInputs(captures: readonly Uint8Array[]): AnalysisInput[] {
  return captures.map((bytes, m) => ({ ...memoryInput(`port${m}.pcap`, bytes), memberName: `port${m}` }));
}
