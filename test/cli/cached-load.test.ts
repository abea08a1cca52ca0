import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createCachedLoader } from '../../src/cli/cached-load.ts';

const folder = mkdtempSync(join(tmpdir(), 'lacpviz-cached-load-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

test('loads files of a folder once each, and what is not in it from the host', () => {
  write('main.js', "const part = require('./part.js'); exports.sum = part.add(2, 3); exports.again = require('./part.js') === part;");
  write('part.js', "exports.add = (a, b) => a + b; exports.sep = require('node:path').sep;");
  const first = createCachedLoader(folder);
  expect(first.load('main.js')).toEqual({ sum: 5, again: true });
  first.writeCache();
  expect(readFileSync(join(folder, 'part.js.cache')).length).toBeGreaterThan(0);
  expect(createCachedLoader(folder).load('main.js')).toEqual({ sum: 5, again: true });
});

test('compiles anew what was compiled of another text, or is cut', () => {
  write('a.js', 'exports.answer = 1;');
  const loader = createCachedLoader(folder);
  loader.load('a.js');
  loader.writeCache();
  write('a.js', 'exports.answer = 12345;');
  expect(createCachedLoader(folder).load('a.js')).toEqual({ answer: 12345 });
  write('a.js.cache', '');
  expect(createCachedLoader(folder).load('a.js')).toEqual({ answer: 12345 });
});

test('an error names the file', () => {
  write('bad.js', '\n\nthrow new Error("no");');
  try {
    createCachedLoader(folder).load('bad.js');
    expect.unreachable();
  } catch (error) {
    expect((error as Error).stack).toContain('bad.js:3');
  }
});
