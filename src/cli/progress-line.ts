import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { ScanProgress } from '../pipeline/service.ts';
import type { InferProgress } from '../pipeline/steps.ts';
import { truncateText } from '../report/format-text.ts';
import { formatBytes, formatCount, formatDuration } from '../report/quantity.ts';

const FIRST_AFTER_MS = 250;
const EVERY_MS = 100;
/** Weight of the newest stretch in the rate shown: the rate of the last second or so, not that of the start. */
const NEWEST_WEIGHT = 0.15;
const ERASE_LINE = '\r\u001b[K';

export interface ProgressLine {
  update(progress: ScanProgress): void;
  /** What is looked at once everything is read. */
  step(progress: InferProgress): void;
  /** Removes the line from the terminal. */
  clear(): void;
}

/** One line on standard error, only if that is a terminal: done/total, rate, frames, time left. */
export function createProgressLine(wanted: boolean, now: () => number = Date.now): ProgressLine {
  if (!wanted || !isatty(2)) return { update: () => {}, step: () => {}, clear: () => {} };
  const started = now();
  let drawnAt = started + FIRST_AFTER_MS - EVERY_MS;
  let drawn = false;
  let rate = 0;
  let lastTime = started;
  let lastBytes = 0;
  const isDue = (time: number): boolean => {
    if (time - drawnAt < EVERY_MS) return false;
    drawnAt = time;
    return true;
  };
  const draw = (text: string): void => {
    drawn = true;
    writeStandardError(ERASE_LINE + truncateText(text, (process.stderr.columns ?? 80) - 1));
  };
  return {
    update(progress) {
      const time = now();
      if (!isDue(time)) return;
      const newest = ((progress.doneBytes - lastBytes) / Math.max(1, time - lastTime)) * 1000;
      rate = rate === 0 ? newest : rate + NEWEST_WEIGHT * (newest - rate);
      lastTime = time;
      lastBytes = progress.doneBytes;
      draw(progressText(progress, rate));
    },
    step(progress) {
      if (isDue(now())) draw(stepText(progress));
    },
    clear() {
      if (drawn) writeStandardError(ERASE_LINE);
      drawn = false;
    },
  };
}

/** `rate`: bytes per second. */
export function progressText(progress: ScanProgress, rate: number): string {
  const { doneBytes, totalBytes, packets, phase } = progress;
  if (phase !== 'scan') return `${phase === 'match-copies' ? 'matching copies' : 'analysing'}, ${formatCount(packets)} frames`;
  const parts = [
    `${formatBytes(doneBytes)}${totalBytes === undefined ? '' : ` of ${formatBytes(totalBytes)}`}`,
    `${formatBytes(rate)}/s`,
    `${formatCount(packets)} frames`,
  ];
  if (totalBytes !== undefined && rate > 0 && totalBytes >= doneBytes)
    parts.push(`${formatDuration((totalBytes - doneBytes) / rate)} left`);
  return parts.join(', ');
}

/** The sender that is looked at, and the family of rules that is weighed. */
export function stepText({ from, source }: InferProgress): string {
  return `looking at how side ${from} sends${source === null ? '' : `: weighing ${source} rules`}`;
}

function writeStandardError(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // A terminal that went away is no reason to stop.
  }
}
