/**
 * `npm test`: installs what the tests need, builds, runs all tests. Starts from a bare checkout.
 * Arguments go to vitest, e.g. `npm test -- --project unit`.
 */
import { rmSync } from 'node:fs';
import { ensureBrowser, ensureDependencies, npm, requireNode, runPackage, say } from './setup.mjs';
import { RESULTS_FILE, formatTotals, readTotals } from './test-totals.mjs';

requireNode();
rmSync(RESULTS_FILE, { force: true });
const started = Date.now();
const vitestArgs = process.argv.slice(2);

ensureDependencies();
const browser = await ensureBrowser();

say('Building');
if (npm(['run', 'build', '--silent']) !== 0) {
  console.error('\nThe build failed: no test was run.');
  process.exit(1);
}

say('path' in browser ? `Testing (browser: ${browser.path})` : 'Testing');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${RESULTS_FILE}`];
const withoutBrowser = ['--project', '!e2e'];
const status = runPackage(
  'vitest/vitest.mjs',
  ['run', ...reporters, ...('path' in browser ? [] : withoutBrowser), ...vitestArgs],
  // What was built above needs no building again.
  { LACPVIZ_FRESH_BUILD: 'dist', ...('path' in browser ? { CHROMIUM: browser.path } : {}) },
);

if ('reason' in browser) console.log(`\nSkipped: the end-to-end tests (${browser.reason}).`);
const totals = readTotals();
console.log(`\n${formatTotals(totals)} in ${((Date.now() - started) / 1000).toFixed(0)} s`);
process.exitCode = status !== 0 || totals.failed > 0 ? 1 : 0;
