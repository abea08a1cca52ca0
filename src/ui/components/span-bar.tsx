/** Says in every view that a range of time is chosen, and leads back to all of it. */
import { clockTime } from '../../report/iso-time.ts';
import { formatDuration } from '../../report/quantity.ts';
import { analyzeOpened } from '../store/analysis-store.ts';
import { fragment } from '../store/fragment.ts';
import { isReport } from '../store/report-block.ts';
import { shownSpan } from '../store/shown-span.ts';

/** What each view does with the range; the others are not listed. */
const FOLLOWS: Record<string, string> = {
  overview: 'The drawing and the bars are of this range',
  flows: 'Flows with frames in this range, with their bytes and frames in it',
  plan: 'The plan is of the whole capture',
};

export function SpanBar({ view }: { view: string }) {
  const span = shownSpan.value;
  if (span === null || !(view in FOLLOWS)) return null;
  return (
    <p class="span-bar" role="status" data-testid="span-bar">
      <strong>
        {clockTime(span.fromTime)} – {clockTime(span.toTime)} UTC
      </strong>{' '}
      <span class="muted">
        {formatDuration(span.seconds)} · {FOLLOWS[view]}
      </span>
      <button type="button" class="button small" onClick={() => (fragment.range.value = '')} data-testid="span-all">
        All of the time
      </button>
      {view === 'plan' && !isReport.value && (
        <button type="button" class="button small" onClick={() => analyzeSpan(span.fromTime, span.toTime)}>
          Analyse this range only
        </button>
      )}
    </p>
  );
}

export function analyzeSpan(fromTime: string, toTime: string): void {
  fragment.from.value = fromTime;
  fragment.to.value = toTime;
  fragment.range.value = '';
  void analyzeOpened();
}
