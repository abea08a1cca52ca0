import { describe, expect, it } from 'vitest';
import { countTests, formatTotals } from '../../scripts/test-totals.mjs';

const file = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((test) => ({ status: test })) });

describe('totals of a test run', () => {
  it('counts tests by outcome', () => {
    const totals = countTests({
      success: false,
      testResults: [file('passed', 'passed', 'skipped', 'todo'), file('failed', 'failed', 'passed', 'pending')],
    });
    expect(totals).toEqual({ passed: 2, failed: 1, skipped: 3 });
    expect(formatTotals(totals)).toBe('2 passed, 1 failed, 3 skipped');
  });

  it('never calls a broken run clean', () => {
    expect(countTests({ success: false, testResults: [file('failed'), file('passed', 'passed')] })).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    });
    expect(countTests({ success: false, testResults: [file('passed', 'passed')] })).toEqual({ passed: 1, failed: 1, skipped: 0 });
    expect(formatTotals({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  });
});
