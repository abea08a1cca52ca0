/** Throughput per member over time, each direction; epochs on the same axis; drag to zoom. */
import { useState } from 'preact/hooks';
import type { LoadSeries } from '../../pipeline/flows-analysis.ts';
import { addSeconds, clockTime, secondsBetween } from '../../report/iso-time.ts';
import { formatDuration } from '../../report/quantity.ts';
import { clampRange } from '../charts/time-axis.tsx';
import { BucketPanels } from '../components/bucket-panel.tsx';
import { FlowHeat, MemberHeat } from '../components/heat-panels.tsx';
import { Later } from '../components/later.tsx';
import { LacpStrip } from '../components/lacp-strip.tsx';
import { LoadPanel } from '../components/load-panel.tsx';
import { analyzeSpan } from '../components/span-bar.tsx';
import { analyzeOpened, lag as currentLag } from '../store/analysis-store.ts';
import { fragment } from '../store/fragment.ts';
import { isReport } from '../store/report-block.ts';
import { useLoadSeries } from '../store/load-series.ts';
import { firstFrameTime, parseRange } from '../store/time-range.ts';
import type { PageView } from './page-view.ts';

export const timeView: PageView = { id: 'time', title: 'Time', key: '3', render: () => <TimeView /> };

/** Steps in view: about half as many as a wide window has pixels. */
const VISIBLE_STEPS = 720;
const MOST_STEPS = 24_000;

function TimeView() {
  const lag = currentLag.value;
  const [cursor, setCursor] = useState<number | null>(null);
  const [stacked, setStacked] = useState(true);
  // In the fragment the range counts from the first frame; in the chart from the first step, which moves with the zoom.
  const origin = firstFrameTime();
  const fixedRange = parseRange(fragment.range.value);
  const [span, setSpan] = useState<number | null>(null);
  const steps =
    fixedRange && span ? Math.min(MOST_STEPS, Math.ceil((VISIBLE_STEPS * span) / (fixedRange[1] - fixedRange[0]))) : VISIBLE_STEPS;
  const load = useLoadSeries(steps);
  const flowLoad = useFlowLoad(steps);
  if (!lag) return null;
  if (!load) return <p class="muted">Adding up the load in time</p>;
  const total = load.stepSeconds * load.steps;
  if (span !== total) setSpan(total);
  if (load.steps === 0 || !(total > 0)) return <p class="muted">All frames have one time: there is nothing to draw over time.</p>;
  const shift = secondsBetween(load.fromTime, origin ?? load.fromTime);
  const range = fixedRange ? clampRange([fixedRange[0] + shift, fixedRange[1] + shift], total) : ([0, total] as const);
  const setRange = (next: readonly [number, number] | null): void => {
    const clamped = next && clampRange(next, total);
    fragment.range.value =
      clamped && (clamped[0] > 0 || clamped[1] < total) ? clamped.map((seconds) => (seconds - shift).toPrecision(9)).join(',') : '';
  };
  return (
    <div class="stack">
      <div class="time-bar">
        <div class="facet" role="group" aria-label="Drawing">
          <button type="button" class="button small" aria-pressed={stacked} onClick={() => setStacked(true)}>
            Stacked
          </button>
          <button type="button" class="button small" aria-pressed={!stacked} onClick={() => setStacked(false)}>
            Each member
          </button>
        </div>
        <span data-testid="time-range">
          {clockTime(addSeconds(load.fromTime, range[0]))} – {clockTime(addSeconds(load.fromTime, range[1]))} UTC{' '}
          <span class="muted">
            · {formatDuration(range[1] - range[0])} · steps of {formatDuration(load.stepSeconds)}
          </span>
        </span>
        {fragment.range.value !== '' && (
          <>
            <button type="button" class="button small" onClick={() => setRange(null)}>
              Show all
            </button>
            {!isReport.value && (
              <button
                type="button"
                class="button small"
                onClick={() => analyzeSpan(addSeconds(load.fromTime, range[0]), addSeconds(load.fromTime, range[1]))}
                data-testid="analyze-range"
              >
                Analyse this range only
              </button>
            )}
          </>
        )}
        {fragment.from.value !== '' && (
          <button type="button" class="button small" onClick={analyzeAll}>
            Analyse the whole capture
          </button>
        )}
        <span class="muted hint">Drag to zoom, double click for all; the other views follow</span>
      </div>
      {lag.directions.map((direction) => (
        <LoadPanel
          key={direction.from}
          lag={lag}
          direction={direction}
          load={load}
          flowLoad={flowLoad}
          range={range}
          stacked={stacked}
          cursor={cursor}
          onCursor={setCursor}
          onRange={setRange}
        />
      ))}
      <MemberHeat lag={lag} fromTime={load.fromTime} range={range} onRange={setRange} />
      <Later>
        <LacpStrip lag={lag} fromTime={load.fromTime} totalSeconds={total} range={range} onRange={setRange} />
      </Later>
      <Later>
        {lag.directions.map((direction) => (
          <BucketPanels
            key={direction.from}
            lag={lag}
            direction={direction}
            fromTime={load.fromTime}
            totalSeconds={total}
            range={range}
            onRange={setRange}
          />
        ))}
      </Later>
      <FlowHeat fromTime={load.fromTime} range={range} onRange={setRange} />
    </div>
  );
}

function useFlowLoad(steps: number): LoadSeries | null {
  const flow = fragment.flow.value;
  return useLoadSeries(steps, flow || null);
}

function analyzeAll(): void {
  fragment.from.value = '';
  fragment.to.value = '';
  void analyzeOpened();
}
