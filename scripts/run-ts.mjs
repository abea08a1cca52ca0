/** Runs a TypeScript file of this repository: bundles it below node_modules/.cache and imports it. Usage: node scripts/run-ts.mjs FILE [ARGUMENT…] */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { REPOSITORY, ensureDependencies } from './setup.mjs';

const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node scripts/run-ts.mjs FILE [ARGUMENT…]');
  process.exit(2);
}
ensureDependencies();
const { rolldown } = await import('rolldown');
const input = resolve(file);
const name = `${basename(input, '.ts')}-${createHash('sha256').update(`${input}\0${process.pid}`).digest('hex').slice(0, 8)}.mjs`;
const output = join(REPOSITORY, 'node_modules/.cache/run-ts', name);
const bundle = await rolldown({
  input,
  platform: 'node',
  external: [/^node:/, /^[^./]/],
  logLevel: 'warn',
  resolve: { extensions: ['.ts', '.mjs', '.js'] },
});
await bundle.write({ file: output, format: 'es', codeSplitting: false });
await bundle.close();
process.argv = [process.argv[0], input, ...args];
process.once('exit', () => rmSync(output, { force: true }));
await import(pathToFileURL(output).href);
