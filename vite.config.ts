/** Build of the page: static files that work from any sub-path of any web server. */
import { defineConfig } from 'vite';
import { bundledSamples } from './scripts/vite-bundled-samples.ts';

export default defineConfig({
  base: './',
  plugins: [bundledSamples()],
  build: {
    outDir: 'dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // The polyfill fetches; the page asks nothing after load.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4096,
  },
  worker: { format: 'es' },
});
