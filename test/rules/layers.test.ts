import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { checkImports, formatViolation, importsOf, readImports } from '../../scripts/check-layers.mjs';
import { LAYERS } from '../../scripts/layers.mjs';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const made: string[] = [];

/** Violations of a small tree of files, as "kind chain" lines. */
function check(files: Record<string, string>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'layers-'));
  made.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return checkImports(readImports(root)).map(({ kind, chain }) => `${kind} ${chain.join(' > ')}`);
}

afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true });
});

describe('layers', () => {
  it('holds in this repository', () => {
    expect(checkImports(readImports(repository)).map(formatViolation)).toEqual([]);
  });

  it('has no cycle between folders', () => {
    for (const [folder, below] of Object.entries(LAYERS)) {
      for (const other of below) expect(LAYERS[other], `${folder} and ${other}`).not.toContain(folder);
    }
  });

  it('finds imports of every form, with their lines, and none in comments', () => {
    const text = [
      "import type { A } from './a.ts';",
      "import './b.css';",
      '// import { no } from "./comment.ts";',
      'import {',
      '  c,',
      "} from './c.ts';",
      "export * from './d.ts';",
      "const e = await import('./e.ts');",
      "/* import './no.ts' */ const url = 'import ';",
    ].join('\n');
    expect(importsOf(text)).toEqual([
      { specifier: './a.ts', line: 1 },
      { specifier: './b.css', line: 2 },
      { specifier: './c.ts', line: 6 },
      { specifier: './d.ts', line: 7 },
      { specifier: './e.ts', line: 8 },
    ]);
  });

  it('allows arrows that skip a layer and refuses reversed ones, with the chain that leads there', () => {
    expect(check({ 'src/report/a.ts': "import { b } from '../base/b.ts';", 'src/base/b.ts': 'export const b = 1;' })).toEqual([]);
    expect(
      check({
        'src/pipeline/run.ts': "import { a } from '../hash/a.ts';",
        'src/hash/a.ts': "import type { P } from '../decoder/p.ts';",
        'src/decoder/p.ts': 'export type P = 1;',
      }),
    ).toEqual(['layer src/pipeline/run.ts > src/hash/a.ts > src/decoder/p.ts']);
  });

  it('keeps hosts apart, and Node out of the core', () => {
    expect(check({ 'src/ui/a.ts': "import { b } from '../cli/b.ts';", 'src/cli/b.ts': "import 'node:fs';" })).toEqual([
      'layer src/ui/a.ts > src/cli/b.ts',
    ]);
    expect(check({ 'src/flows/a.ts': "import { readFileSync } from 'node:fs';" })).toEqual(['package src/flows/a.ts > node:fs']);
    expect(check({ 'workers/a.node.ts': "import { parentPort } from 'node:worker_threads';" })).toEqual([]);
  });

  it('keeps comlink in workers and executors and d3 in charts', () => {
    expect(
      check({
        'workers/a.web.ts': "import { expose } from 'comlink';",
        'src/cli/node-executor.ts': "import { wrap } from 'comlink';",
        'src/ui/charts/bars.tsx': "import { scaleLinear } from 'd3';",
      }),
    ).toEqual([]);
    expect(
      check({ 'src/ui/app.tsx': "import { wrap } from 'comlink';", 'src/ui/views/flows.tsx': "import { max } from 'd3-array';" }),
    ).toEqual(['package src/ui/app.tsx > comlink', 'package src/ui/views/flows.tsx > d3-array']);
  });

  it('finds import cycles', () => {
    expect(
      check({ 'src/flows/a.ts': "import './b.ts';", 'src/flows/b.ts': "import './c.ts';", 'src/flows/c.ts': "import './a.ts';" }),
    ).toEqual(['cycle src/flows/a.ts > src/flows/b.ts > src/flows/c.ts > src/flows/a.ts']);
  });
});
