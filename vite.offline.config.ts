/** Build of the page as one file: to be kept and opened from a folder, and what `lacpviz report` writes its data into. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { bundledSamples } from './scripts/vite-bundled-samples.ts';
import { singleFile } from './scripts/vite-single-file.ts';

export default defineConfig({
  base: './',
  plugins: [bundledSamples('block'), singleFile()],
  resolve: {
    alias: [{ find: /^.*\/start-workers\.ts$/, replacement: fileURLToPath(new URL('./workers/inline.web.ts', import.meta.url)) }],
  },
  build: {
    outDir: 'dist/offline',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    chunkSizeWarningLimit: 8192,
  },
  // Module workers may not be made of a blob in a page opened from a folder: its origin is none.
  worker: { format: 'iife' },
});
