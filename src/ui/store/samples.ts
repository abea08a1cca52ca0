/** The bundled samples: real captures that came with the page, opened without a request. */
import { gunzipSync } from 'fflate';
import { bundledSamples, type BundledSample } from 'virtual:bundled-samples';
import { replaceFiles } from './analysis-store.ts';
import { fragment } from './fragment.ts';

export const SAMPLES: readonly BundledSample[] = bundledSamples;

export function openSample(id: string): void {
  const sample = SAMPLES.find((candidate) => candidate.id === id);
  if (!sample) {
    fragment.sample.value = '';
    return;
  }
  replaceFiles(
    sample.files.map(({ name, gzipBase64 }) => {
      const content = new File([gunzipSync(decodeBase64(gzipBase64)) as Uint8Array<ArrayBuffer>], name);
      return { path: name, size: content.size, content };
    }),
  );
  fragment.sample.value = id;
}

function decodeBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
