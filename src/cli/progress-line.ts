import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { ScanProgress } from '../pipeline/service.ts';
import { truncateText } from '../report/format-text.ts';
import { formatBytes, formatCount, formatDuration } from '../report/quantity.ts';

const FIRST_AFTER_MS = 250;
const EVERY_MS = 100;
/** Weight of the newest stretch in the rate shown: the rate of the last second or so, not that of the start. */
const NEWEST_WEIGHT = 0.15;
const ERASE_LINE = '\r\u001b[K';

export interface ProgressLine {
  update(progress: ScanProgress): void;
  /** Removes the line from the terminal. */
  clear(): void;
}

/** One line on standard error, only if that is a terminal: done/total, rate, frames, time left. */
export function createProgressLine(wanted: boolean, now: () => number = Date.now): ProgressLine {
  if (!wanted || !isatty(2)) return { update: () => {}, clear: () => {} };
  const started = now();
  let drawnAt = started + FIRST_AFTER_MS - EVERY_MS;
  let drawn = false;
  let rate = 0;
  let lastTime = started;
  let lastBytes = 0;
  return {
    update(progress) {
      const time = now();
      if (time - drawnAt < EVERY_MS) return;
      drawnAt = time;
      const newest = ((progress.doneBytes - lastBytes) / Math.max(1, time - lastTime)) * 1000;
      rate = rate === 0 ? newest : rate + NEWEST_WEIGHT * (newest - rate);
      lastTime = time;
      lastBytes = progress.doneBytes;
      drawn = true;
      writeStandardError(ERASE_LINE + truncateText(progressText(progress, rate), (process.stderr.columns ?? 80) - 1));
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

function writeStandardError(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // A terminal that went away is no reason to stop.
  }
}
