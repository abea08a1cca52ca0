/** Counts of a test run, from the file that vitest's JSON reporter wrote. Usage: node scripts/test-totals.mjs [FILE] */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { REPOSITORY } from './setup.mjs';

export const RESULTS_FILE = join(REPOSITORY, 'test-results', 'results.json');

/**
 * @typedef {{ status: string, assertionResults: { status: string }[] }} FileResult
 * @typedef {{ passed: number, failed: number, skipped: number }} Totals
 */

/**
 * A test file that could not be loaded has no tests: it counts as one failure.
 * @param {{ success: boolean, testResults: FileResult[] }} results
 * @returns {Totals}
 */
export function countTests(results) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults } of results.testResults) {
    let failed = 0;
    for (const test of assertionResults) {
      if (test.status === 'passed') totals.passed++;
      else if (test.status === 'failed') failed++;
      else totals.skipped++;
    }
    totals.failed += status === 'failed' && failed === 0 ? 1 : failed;
  }
  // Errors outside any test, such as an unhandled rejection.
  if (!results.success && totals.failed === 0) totals.failed = 1;
  return totals;
}

/** Counts of the last run; a run that never came to its tests (the build failed) is one failure. @param {string} [file] @returns {Totals} */
export function readTotals(file = RESULTS_FILE) {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  return countTests(JSON.parse(readFileSync(file, 'utf8')));
}

/** @param {Totals} totals */
export function formatTotals({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const totals = readTotals(process.argv[2]);
  console.log(formatTotals(totals));
  process.exitCode = totals.failed > 0 ? 1 : 0;
}
