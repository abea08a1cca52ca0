/**
 * `virtual:bundled-samples`: the small cases of samples/, gzip-compressed and in base64, as one module. The page has
 * them at hand without a request after load. A case is bundled when its `case.json` says `"bundled": true`.
 * Types for the importer: src/ui/bundled-samples.d.ts.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const MODULE_ID = 'virtual:bundled-samples';
const RESOLVED_ID = `\0${MODULE_ID}`;

interface CaseFile {
  title: string;
  shows: string;
  bundled?: boolean;
  order?: number;
  files: readonly string[];
}

/** What the module exports, one entry per case. */
export interface BundledSample {
  /** Folder name below samples/. */
  readonly id: string;
  readonly title: string;
  /** One sentence: what the sample shows. */
  readonly shows: string;
  readonly files: readonly { readonly name: string; readonly size: number; readonly gzipBase64: string }[];
}

/** `block`: the module reads them from a data block of the page of one file (scripts/vite-single-file.ts). */
export function bundledSamples(where: 'module' | 'block' = 'module'): Plugin {
  return {
    name: 'bundled-samples',
    resolveId(id) {
      return id === MODULE_ID ? RESOLVED_ID : undefined;
    },
    load(id) {
      if (id !== RESOLVED_ID) return undefined;
      if (where === 'block')
        return `export const bundledSamples = JSON.parse(document.getElementById('lacpviz-samples')?.textContent || '[]');`;
      return `export const bundledSamples = ${JSON.stringify(readBundledSamples())};`;
    },
  };
}

export function readBundledSamples(): BundledSample[] {
  const folder = fileURLToPath(new URL('../samples/', import.meta.url));
  const found: (BundledSample & { order: number })[] = [];
  for (const id of readdirSync(folder).sort()) {
    const path = join(folder, id, 'case.json');
    if (!existsSync(path)) continue;
    const description = JSON.parse(readFileSync(path, 'utf8')) as CaseFile;
    if (!description.bundled) continue;
    const files = description.files.map((name) => {
      const bytes = readFileSync(join(folder, id, name));
      return { name, size: bytes.length, gzipBase64: gzipSync(bytes, { level: 9 }).toString('base64') };
    });
    found.push({ id, title: description.title, shows: description.shows, files, order: description.order ?? 99 });
  }
  found.sort((a, b) => a.order - b.order);
  return found.map(({ order: _order, ...sample }) => sample);
}
