/** Bytes of what the user opened in the page, as the core wants them. Used inside the workers. */
import type { ByteRange, ByteSource } from '../pipeline/byte-source.ts';
import type { ServiceFile } from '../pipeline/service.ts';

/** A file of `lacpviz serve`: fetched from the page's own origin. */
export interface RemoteFile {
  readonly url: string;
  readonly size: number | undefined;
}

/** An input of a report: what was read of it is in the page, not its bytes. */
export interface RecordedFile {
  readonly recorded: number;
}

export type FileContent = Blob | string | RemoteFile | RecordedFile;

export function webByteSource(file: ServiceFile): ByteSource {
  const content = file.content as Exclude<FileContent, RecordedFile>;
  if (typeof content === 'string') {
    const bytes = new TextEncoder().encode(content);
    return { path: file.path, size: bytes.length, rereadable: true, chunks: () => once(bytes) };
  }
  if (content instanceof Blob) {
    const range = (from: number, to?: number): ByteRange => ({ chunks: () => readStream(content.slice(from, to).stream()) });
    return { path: file.path, size: content.size, rereadable: true, ...range(0), range };
  }
  const remote = content;
  return { path: file.path, size: remote.size, rereadable: true, chunks: () => fetchChunks(remote.url) };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

async function* fetchChunks(url: string): AsyncGenerator<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
  yield* readStream(response.body);
}

/** A reader, not `for await`: Firefox and Chromium both have it, and the stream is given up early without an error. */
async function* readStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
