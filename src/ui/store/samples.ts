/** The bundled samples: real captures that came with the page, opened without a request. */
import { bundledSamples, type BundledSample } from 'virtual:bundled-samples';
import { replaceFiles } from './analysis-store.ts';
import { fragment } from './fragment.ts';
import type { OpenedFile } from './opened-files.ts';

export const SAMPLES: readonly BundledSample[] = bundledSamples;

export async function openSample(id: string): Promise<void> {
  const sample = SAMPLES.find((candidate) => candidate.id === id);
  if (!sample) {
    fragment.sample.value = '';
    return;
  }
  const files = await Promise.all(sample.files.map(unpack));
  replaceFiles(files);
  fragment.sample.value = id;
}

/** The browser's own stream inflates beside the main thread. */
async function unpack({ name, gzipBase64 }: BundledSample['files'][number]): Promise<OpenedFile> {
  const packed = new Blob([decodeBase64(gzipBase64)]);
  const blob = await new Response(packed.stream().pipeThrough(new DecompressionStream('gzip'))).blob();
  const content = new File([blob], name);
  return { path: name, size: content.size, content };
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
