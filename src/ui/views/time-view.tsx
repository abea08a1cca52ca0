/** Throughput per member over time, each direction; epochs on the same axis; drag to zoom. */
import { useState } from 'preact/hooks';
import type { Direction, Lag } from '../../report/document.ts';
import type { LoadSeries } from '../../pipeline/flows-analysis.ts';
import { addSeconds, clockTime, secondsBetween } from '../../report/iso-time.ts';
import { formatBitRate, formatBytes, formatDuration } from '../../report/quantity.ts';
import { describeChange, senderName } from '../../report/summary.ts';
import { LoadChart, type EpochMark, type MemberSeries } from '../charts/load-chart.tsx';
import { clampRange } from '../charts/time-axis.tsx';
import { BucketPanel } from '../components/bucket-panel.tsx';
import { ChartFrame } from '../components/chart-frame.tsx';
import { LacpStrip } from '../components/lacp-strip.tsx';
import { MemberButton, memberIndex } from '../components/member-label.tsx';
import { analyzeOpened, lag as currentLag } from '../store/analysis-store.ts';
import { fragment } from '../store/fragment.ts';
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
            <button type="button" class="button small" onClick={() => analyzeRange(load.fromTime, range)} data-testid="analyze-range">
              Analyse this range only
            </button>
          </>
        )}
        {fragment.from.value !== '' && (
          <button type="button" class="button small" onClick={analyzeAll}>
            Analyse the whole capture
          </button>
        )}
        <span class="muted hint">Drag to zoom, double click for all</span>
      </div>
      {lag.directions.map((direction) => (
        <DirectionLoad
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
      <LacpStrip lag={lag} fromTime={load.fromTime} totalSeconds={total} range={range} onRange={setRange} />
      {lag.directions.map((direction) => (
        <BucketPanel
          key={direction.from}
          lag={lag}
          direction={direction}
          fromTime={load.fromTime}
          totalSeconds={total}
          range={range}
          onRange={setRange}
        />
      ))}
    </div>
  );
}

function useFlowLoad(steps: number): LoadSeries | null {
  const flow = fragment.flow.value;
  return useLoadSeries(steps, flow || null);
}

interface DirectionLoadProps {
  lag: Lag;
  direction: Direction;
  load: LoadSeries;
  flowLoad: LoadSeries | null;
  range: readonly [number, number];
  stacked: boolean;
  cursor: number | null;
  onCursor: (step: number | null) => void;
  onRange: (range: readonly [number, number] | null) => void;
}

function DirectionLoad({ lag, direction, load, flowLoad, range, stacked, cursor, onCursor, onRange }: DirectionLoadProps) {
  const { from, to } = direction;
  const members = toSeries(lag, load, from);
  const flow = flowLoad && flowLoad.steps === load.steps ? toSeries(lag, flowLoad, from) : null;
  const flowHere = flow?.some((member) => member.bitsPerSecond.some((rate) => rate > 0)) ? flow : null;
  const first = Math.max(0, Math.floor(range[0] / load.stepSeconds));
  const last = Math.min(load.steps - 1, Math.ceil(range[1] / load.stepSeconds) - 1);
  const rows = members.map((member) => ({
    name: member.name,
    ...measure(member, first, last),
    now: cursor === null ? null : (member.bitsPerSecond[cursor] ?? 0),
  }));
  const epochs: EpochMark[] = direction.epochs.slice(1).map((epoch, i) => ({
    atSeconds: secondsBetween(load.fromTime, epoch.fromTime),
    label: describeChange(direction.epochs[i], epoch),
    why: epoch.why,
  }));
  const sum = (pick: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + pick(row), 0);
  const name = senderName(lag, from);
  return (
    <ChartFrame
      title={
        <>
          {name.charAt(0).toUpperCase() + name.slice(1)} sends <span class="muted">({`${from}→${to}`})</span>
        </>
      }
      aside={
        <span class="muted" data-testid={`load-total-${from}`}>
          {formatBytes((sum((row) => row.mean) * (last - first + 1) * load.stepSeconds) / 8)} in view, mean{' '}
          {formatBitRate(sum((row) => row.mean))}
        </span>
      }
      table={() => stepTable(load, members, first, last)}
      testId={`panel-load-${from}`}
    >
      <LoadChart
        label={`Throughput ${from} to ${to} per member over ${formatDuration(range[1] - range[0])}: ${rows.map((row) => `${row.name} mean ${formatBitRate(row.mean)}, peak ${formatBitRate(row.peak)}`).join('; ')}`}
        stepSeconds={load.stepSeconds}
        range={range}
        members={members}
        flow={flowHere}
        stacked={stacked}
        chosenMember={fragment.member.value}
        epochs={epochs}
        cursor={cursor}
        onCursor={onCursor}
        onRange={onRange}
        testId={`load-${from}`}
      />
      <div class="scroll-x">
        <table class="plain readout">
          <thead>
            <tr>
              <th scope="col">Member</th>
              <th scope="col" class="number">
                {cursor === null
                  ? 'Under the pointer'
                  : clockTime(addSeconds(load.fromTime, cursor * load.stepSeconds), load.stepSeconds < 0.001 ? 6 : 3)}
              </th>
              <th scope="col" class="number">
                Mean in view
              </th>
              <th scope="col" class="number">
                Peak over {formatDuration(load.stepSeconds)}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <td>
                  <MemberButton name={row.name} />
                </td>
                <td class="number">{row.now === null ? '–' : formatBitRate(row.now)}</td>
                <td class="number">{formatBitRate(row.mean)}</td>
                <td class="number">{formatBitRate(row.peak)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </ChartFrame>
  );
}

function toSeries(lag: Lag, load: LoadSeries, from: Direction['from']): MemberSeries[] {
  return lag.members.map(({ name }) => {
    const bytes = load.series.find((series) => series.from === from && series.member === name)?.bytes ?? new Float64Array(load.steps);
    return { name, index: memberIndex(name), bitsPerSecond: bytes.map((count) => (count * 8) / load.stepSeconds) };
  });
}

function measure(member: MemberSeries, first: number, last: number): { mean: number; peak: number } {
  let sum = 0;
  let peak = 0;
  for (let step = first; step <= last; step++) {
    const rate = member.bitsPerSecond[step] ?? 0;
    sum += rate;
    if (rate > peak) peak = rate;
  }
  return { mean: last >= first ? sum / (last - first + 1) : 0, peak };
}

/** At most some fifty rows: the steps in view, joined. */
function stepTable(load: LoadSeries, members: readonly MemberSeries[], first: number, last: number) {
  const joined = Math.max(1, Math.ceil((last - first + 1) / 50));
  const rows: string[][] = [];
  for (let step = first; step <= last; step += joined) {
    const end = Math.min(last, step + joined - 1);
    rows.push([
      clockTime(addSeconds(load.fromTime, step * load.stepSeconds)),
      ...members.map((member) => formatBitRate(measure(member, step, end).mean)),
    ]);
  }
  return { head: ['From (UTC)', ...members.map((member) => member.name)], rows };
}

function analyzeRange(fromTime: string, range: readonly [number, number]): void {
  fragment.from.value = addSeconds(fromTime, range[0]);
  fragment.to.value = addSeconds(fromTime, range[1]);
  fragment.range.value = '';
  void analyzeOpened();
}

function analyzeAll(): void {
  fragment.from.value = '';
  fragment.to.value = '';
  void analyzeOpened();
}
