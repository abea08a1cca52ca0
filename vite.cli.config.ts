/**
 * Build of the command line: one entry, its lazily imported commands as chunks beside it, and the scan worker.
 * Dependencies are bundled in, so that start-up opens few files, and compiled code is kept beside each (`cached-load.ts`;
 * for that the chunks are CommonJS: Node loads ES modules by no other code than their text).
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
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

/** The project's own package.json would call the files ES modules. */
function commonJsFolder(): Plugin {
  return {
    name: 'commonjs-folder',
    writeBundle({ dir }) {
      writeFileSync(join(dir ?? OUT_DIR, 'package.json'), '{ "type": "commonjs" }\n');
    },
  };
}

/** Has the built program run once, and keeps what was compiled for it. It works without, too. */
function codeCache(): Plugin {
  return {
    name: 'code-cache',
    writeBundle: {
      order: 'post',
      sequential: true,
      handler({ dir }) {
        const { status, stderr } = spawnSync(process.execPath, ['scripts/write-code-cache.mjs', dir ?? OUT_DIR], { encoding: 'utf8' });
        if (status !== 0) this.warn(`no compiled code is kept, each start will be slower: ${stderr}`);
      },
    },
  };
}

export default defineConfig({
  plugins: [bundledSamples(), executableEntry('lacpviz'), commonJsFolder(), codeCache()],
  publicDir: false,
  build: {
    ssr: true,
    outDir: OUT_DIR,
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      input: {
        lacpviz: 'src/cli/start.ts',
        main: 'src/cli/main.ts',
        'scan-worker': 'workers/start-scan.node.ts',
        'scan-main': 'workers/scan.node.ts',
        'cached-load': 'src/cli/cached-load.ts',
      },
      output: {
        format: 'cjs',
        // All files flat in one folder: `new URL('./scan-worker.js', import.meta.url)` is right from every chunk.
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
        // As the sources are; nothing of CommonJS says so by itself.
        intro: "'use strict';",
      },
    },
  },
  ssr: { noExternal: true, target: 'node' },
});
