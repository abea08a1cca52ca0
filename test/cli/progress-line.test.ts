import { describe, expect, it } from 'vitest';
import { progressText, stepText } from '../../src/cli/progress-line.ts';

describe('progress', () => {
  it('tells bytes, rate, frames and the time left', () => {
    expect(progressText({ doneBytes: 250e6, totalBytes: 1e9, packets: 1234567, phase: 'scan' }, 100e6)).toBe(
      '250 MB of 1.00 GB, 100 MB/s, 1,234,567 frames, 7.50 s left',
    );
  });

  it('promises nothing for a stream', () => {
    expect(progressText({ doneBytes: 5000, totalBytes: undefined, packets: 10, phase: 'scan' }, 1000)).toBe(
      '5.00 kB, 1.00 kB/s, 10 frames',
    );
  });

  it('names the phases after the scan', () => {
    expect(progressText({ doneBytes: 1, totalBytes: 1, packets: 3, phase: 'match-copies' }, 1)).toBe('matching copies, 3 frames');
  });

  it('names the sender that is looked at, and the rules', () => {
    expect(stepText({ from: 'a', source: null })).toBe('looking at how side a sends');
    expect(stepText({ from: 'b', source: 'cisco' })).toBe('looking at how side b sends: weighing cisco rules');
  });
});
