/**
 * Build of the command line: one entry, its lazily imported commands as chunks beside it, and the scan worker.
 * Dependencies are bundled in, so that start-up opens few files.
 */
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { bundledSamples } from './scripts/vite-bundled-samples.ts';

const OUT_DIR = 'dist/cli';
const SHEBANG = '#!/usr/bin/env node\n';

/** npm links `bin` to the entry: it needs a shebang and the executable bit. */
function executableEntry(name: string): Plugin {
  return {
    name: 'executable-entry',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === 'chunk' && chunk.isEntry && chunk.name === name && !chunk.code.startsWith('#!'))
          chunk.code = SHEBANG + chunk.code;
      }
    },
    writeBundle({ dir }) {
      chmodSync(join(dir ?? OUT_DIR, `${name}.js`), 0o755);
    },
  };
}

const workers: Record<string, string> = existsSync('workers/scan.node.ts') ? { 'scan-worker': 'workers/scan.node.ts' } : {};

export default defineConfig({
  plugins: [bundledSamples(), executableEntry('lacpviz')],
  publicDir: false,
  build: {
    ssr: true,
    outDir: OUT_DIR,
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      input: { lacpviz: 'src/cli/main.ts', ...workers },
      // All files flat in one folder: `new URL('./scan-worker.js', import.meta.url)` is right from every chunk.
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
  ssr: { noExternal: true, target: 'node' },
});
