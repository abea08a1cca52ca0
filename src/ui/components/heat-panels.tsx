/** Load in time as heat maps: the members, whose bursts a mean hides, and the largest flows. */
import { useEffect, useState } from 'preact/hooks';
import type { FlowLoads, LoadSeries } from '../../pipeline/flows-analysis.ts';
import type { Lag } from '../../report/document.ts';
import { formatFlowEnds } from '../../report/format-flow.ts';
import { addSeconds, clockTime, secondsBetween } from '../../report/iso-time.ts';
import { formatBitRate, formatBytes, formatDuration, formatShare } from '../../report/quantity.ts';
import { HeatChart, type HeatRow } from '../charts/heat-chart.tsx';
import { HEAT_LEVELS } from '../charts/heat-cells.ts';
import type { TimeRange } from '../charts/time-axis.tsx';
import { analysisService, generation, lag as currentLag } from '../store/analysis-store.ts';
import { parseFilter } from '../store/flow-filter.ts';
import { fragment } from '../store/fragment.ts';
import { useLoadSeries } from '../store/load-series.ts';
import { shownSpan } from '../store/shown-span.ts';
import { ChartFrame } from './chart-frame.tsx';
import { memberIndex, toggleMember } from './member-label.tsx';

/** As fine as the capture allows, and still few numbers: a burst of milliseconds shows in a capture of minutes. */
const FINE_STEPS = 24_000;
const FLOWS_SHOWN = 24;
/** So many of the largest may be frames of control, which are not shown unless asked for. */
const FLOWS_ASKED = 2 * FLOWS_SHOWN;
/** From this share of a link's speed on, the speed is the scale: below it all would look alike. */
const NEAR_FULL = 0.25;
const FLOW_STEPS = 1_440;

interface HeatPanelProps {
  /** Start of the axis of the view, and the part of it that is shown, in seconds. */
  fromTime: string;
  range: TimeRange;
  onRange: (range: TimeRange | null) => void;
}

export function MemberHeat({ lag, fromTime, range, onRange }: HeatPanelProps & { lag: Lag }) {
  const load = useLoadSeries(FINE_STEPS);
  if (!load || load.steps === 0) return null;
  const marked = fragment.member.value;
  const highest = highestRate(load);
  const speeds = lag.members.map(({ speedMbps }) => (speedMbps === null ? null : speedMbps * 1e6));
  const bySpeed = speeds.every((speed) => speed !== null && highest >= NEAR_FULL * speed);
  const rows = lag.directions.flatMap(({ from }) =>
    lag.members.map(({ name }, m): HeatRow => {
      const bytes = load.series.find((series) => series.from === from && series.member === name)?.bytes ?? new Float64Array(load.steps);
      return {
        key: `${from} ${name}`,
        label: `${name} ${from}`,
        index: memberIndex(name),
        bitsPerSecond: toRates(bytes, load.stepSeconds),
        fullBps: (bySpeed ? speeds[m] : null) ?? highest,
        faded: marked !== '' && marked !== name,
        chosen: marked === name,
      };
    }),
  );
  const slowest = speeds.reduce<number | null>(
    (least, speed) => (speed !== null && (least === null || speed < least) ? speed : least),
    null,
  );
  return (
    <HeatPanel
      title="Bursts"
      note={`darkest: ${bySpeed ? 'the link is full' : formatBitRate(highest)}${!bySpeed && slowest !== null ? `, ${formatShare(highest / slowest)} of a link` : ''}`}
      rows={rows}
      load={load}
      view={{ fromTime, range, onRange }}
      rowHeight={22}
      onPick={(row) => toggleMember(row.key.slice(2))}
      testId="heat-members"
    />
  );
}

/** The flows of the list's filter that sent most in the range. */
export function FlowHeat({ fromTime, range, onRange }: HeatPanelProps) {
  const loads = useFlowLoads();
  const withControl = fragment.where.value.includes('verdict=control');
  const shown = (loads?.rows ?? []).filter(({ flow }) => withControl || flow.verdict !== 'control').slice(0, FLOWS_SHOWN);
  if (!loads || shown.length === 0) return null;
  const rates = shown.map(({ bytes }) => toRates(bytes, loads.stepSeconds));
  const highest = rates.reduce((most, row) => row.reduce((max, rate) => Math.max(max, rate), most), 0);
  const rows = shown.map(({ flow }, i): HeatRow => {
    const { src, dst, protocol } = formatFlowEnds(flow);
    const onMarked = flow.members.some((member) => member.name === fragment.member.value);
    return {
      key: flow.id,
      label: `${protocol} ${src} → ${dst}`,
      index: memberIndex(flow.observed),
      bitsPerSecond: rates[i],
      fullBps: highest,
      faded: fragment.member.value !== '' && !onMarked,
      chosen: fragment.flow.value === flow.id,
    };
  });
  return (
    <HeatPanel
      title={fragment.where.value ? 'Largest flows of the filter' : 'Largest flows'}
      note={`darkest: ${formatBitRate(highest)} · click for the flow`}
      rows={rows}
      load={loads}
      view={{ fromTime, range, onRange }}
      rowHeight={18}
      leftOf={(width) => (width > 860 ? 330 : width > 520 ? 200 : 120)}
      onPick={(row) => (fragment.flow.value = fragment.flow.peek() === row.key ? '' : row.key)}
      testId="heat-flows"
    />
  );
}

function HeatPanel(props: {
  title: string;
  note: string;
  rows: readonly HeatRow[];
  load: Pick<LoadSeries, 'fromTime' | 'stepSeconds'>;
  view: HeatPanelProps;
  rowHeight: number;
  leftOf?: (width: number) => number;
  onPick: (row: HeatRow) => void;
  testId: string;
}) {
  const { rows, load, view } = props;
  const [point, setPoint] = useState<{ row: number; step: number } | null>(null);
  // The axis of the view begins at a step of another width.
  const shift = secondsBetween(load.fromTime, view.fromTime);
  const range: TimeRange = [view.range[0] + shift, view.range[1] + shift];
  const first = Math.max(0, Math.floor(range[0] / load.stepSeconds));
  const last = Math.ceil(range[1] / load.stepSeconds);
  const peaks = rows.map((row) => row.bitsPerSecond.subarray(first, last).reduce((most, rate) => Math.max(most, rate), 0));
  const under = point === null ? undefined : rows[point.row];
  return (
    <ChartFrame
      title={props.title}
      aside={
        <span class="muted">
          load over {formatDuration(load.stepSeconds)}, the fullest of each column · {props.note}
        </span>
      }
      table={() => ({
        head: ['', `Peak over ${formatDuration(load.stepSeconds)}`, 'Mean in view', 'Bytes in view'],
        rows: rows.map((row, i) => {
          const part = row.bitsPerSecond.subarray(first, last);
          const mean = part.reduce((sum, rate) => sum + rate, 0) / Math.max(1, part.length);
          return [row.label, formatBitRate(peaks[i]), formatBitRate(mean), formatBytes((mean * part.length * load.stepSeconds) / 8)];
        }),
      })}
      testId={`panel-${props.testId}`}
    >
      <HeatChart
        rows={rows}
        rowHeight={props.rowHeight}
        stepSeconds={load.stepSeconds}
        range={range}
        leftOf={props.leftOf}
        label={`${props.title} over ${formatDuration(load.stepSeconds)}: ${rows.map((row, i) => `${row.label} at most ${formatBitRate(peaks[i])}`).join('; ')}`}
        testId={props.testId}
        onRange={(next) => view.onRange(next && [next[0] - shift, next[1] - shift])}
        onPick={props.onPick}
        onPoint={setPoint}
      />
      <p class="heat-foot">
        <HeatScale />
        <span class="muted" role="status">
          {under && point
            ? `${clockTime(addSeconds(load.fromTime, point.step * load.stepSeconds))} · ${under.label} · ${formatBitRate(under.bitsPerSecond[point.step] ?? 0)} over ${formatDuration(load.stepSeconds)}, ${formatShare((under.bitsPerSecond[point.step] ?? 0) / under.fullBps)} of the darkest`
            : 'Point at a moment to read it.'}
        </span>
      </p>
    </ChartFrame>
  );
}

function HeatScale() {
  return (
    <span class="heat-scale" aria-hidden="true">
      0
      {Array.from({ length: HEAT_LEVELS }, (_, level) => (
        <i key={level} style={{ opacity: (level + 1) / HEAT_LEVELS }} />
      ))}
      most
    </span>
  );
}

function useFlowLoads(): FlowLoads | null {
  const lagId = currentLag.value?.id ?? '';
  const where = fragment.where.value;
  const span = shownSpan.value;
  const [answer, setAnswer] = useState<{ readonly key: string; readonly loads: FlowLoads | null } | null>(null);
  // What is zoomed to is shown finer: as many steps within the range as otherwise in all.
  const finer = span ? Math.min(16, Math.ceil(span.wholeSeconds / span.seconds)) : 1;
  const key = `${generation.value} ${lagId} ${where} ${span?.fromTime ?? ''} ${span?.toTime ?? ''}`;
  useEffect(() => {
    if (lagId === '') return undefined;
    let waiting = true;
    const query = { where: parseFilter(where).terms, sort: '-bytes', top: FLOWS_ASKED, ...(span ? { span } : {}) };
    void analysisService()
      .flowLoads(lagId, query, FLOW_STEPS * finer)
      .then((loads) => waiting && setAnswer({ key, loads }));
    return () => {
      waiting = false;
    };
  }, [key]);
  return answer?.loads ?? null;
}

function toRates(bytes: Float64Array, stepSeconds: number): Float64Array {
  return bytes.map((count) => (count * 8) / stepSeconds);
}

function highestRate(load: LoadSeries): number {
  return load.series.reduce((most, { bytes }) => bytes.reduce((max, count) => Math.max(max, (count * 8) / load.stepSeconds), most), 1);
}
