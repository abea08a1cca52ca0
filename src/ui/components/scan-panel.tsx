import { useEffect } from 'preact/hooks';
import { countNoun, formatBytes, formatDuration } from '../../report/quantity.ts';
import { analyzeOpened, cancelScan, resultDocument, scan } from '../store/analysis-store.ts';
import { openedFiles } from '../store/opened-files.ts';
import { settingsShown } from '../store/shown-panels.ts';

const PHASES = {
  scan: 'Reading',
  'match-copies': 'Looking for copies of frames',
  analyze: 'All read: comparing the flows with the policies',
} as const;

/** How far the scan is, in bytes, with the way out; or why it failed. */
export function ScanPanel() {
  const state = scan.value;
  useEffect(() => {
    document.title = state.kind === 'scanning' ? 'reading … lacpviz' : 'lacpviz';
    return () => void (document.title = 'lacpviz');
  }, [state.kind]);
  if (state.kind === 'idle') return null;
  if (state.kind === 'failed') {
    return (
      <section class="panel notice error" role="alert" data-testid="scan-failed">
        <h2>✗ The analysis failed</h2>
        <p>{state.reason}</p>
        <p>
          <button type="button" class="button small" onClick={() => void analyzeOpened()}>
            Try again
          </button>{' '}
          {openedFiles.value.length > 0 && (
            <button type="button" class="button small" onClick={() => (settingsShown.value = true)}>
              Settings
            </button>
          )}
        </p>
      </section>
    );
  }
  const { progress } = state;
  const { doneBytes, totalBytes, packets } = progress;
  const seconds = (state.nowMs - state.startedMs) / 1000;
  const rate = seconds > 0.2 ? doneBytes / seconds : 0;
  const phase = totalBytes !== undefined && totalBytes > 0 && doneBytes >= totalBytes ? 'analyze' : progress.phase;
  const left = totalBytes !== undefined && rate > 0 ? (totalBytes - doneBytes) / rate : null;
  return (
    <section class="panel scan" data-testid="scan">
      <div class="scan-text" role="status">
        <strong>{PHASES[phase]}</strong>
        <span>
          {formatBytes(doneBytes)}
          {totalBytes !== undefined && ` of ${formatBytes(totalBytes)}`}
        </span>
        <span class="muted">{countNoun(packets, 'frame')}</span>
        {rate > 0 && <span class="muted">{formatBytes(rate)}/s</span>}
        {left !== null && phase === 'scan' && <span class="muted">{formatDuration(Math.max(0, left))} left</span>}
        <button type="button" class="button small end" onClick={cancelScan} data-testid="cancel">
          Cancel
        </button>
      </div>
      <progress value={totalBytes ? doneBytes : undefined} max={totalBytes || undefined} aria-label="Bytes read" />
      {resultDocument.value === null && (
        <ul class="scan-files muted">
          {openedFiles.value.map(({ path, size }) => (
            <li key={path}>
              <span class="mono">{path}</span> {size === undefined ? '' : formatBytes(size)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
