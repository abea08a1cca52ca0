/** The bundled samples: real captures that came with the page, opened without a request. */
import { bundledSamples, type BundledSample } from 'virtual:bundled-samples';
import { decodeBase64, inflate } from '../packed-text.ts';
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

async function unpack({ name, gzipBase64 }: BundledSample['files'][number]): Promise<OpenedFile> {
  const content = new File([await inflate(decodeBase64(gzipBase64))], name);
  return { path: name, size: content.size, content };
}
