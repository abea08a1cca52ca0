/** LACP in short, below the throughput on the same axis: a row per port and end, distributing above, faults below. */
import { useInTurn } from '../components/turns.ts';
import type { PduTimeline } from '../../pipeline/pdu-timeline.ts';
import { shortenText } from './chart-text.ts';
import { plotLetters } from './plot-left.ts';
import { drawLane, NO_MARKS, type Lane, type Run } from './lane-model.ts';
import type { TimeRange } from './time-axis.tsx';
import { TimePlot, type Plot } from './time-plot.tsx';

const TOP = 4;
const ROW = 18;
const DISTRIBUTING = 5;
const FAULTS = [6, 7] as const;

export interface StripRow {
  readonly lane: Lane;
  readonly label: string;
  readonly describe: string;
  /** When this end was due and not heard, in seconds from the start of the timeline. */
  readonly silences: readonly TimeRange[];
}

export interface LacpStripChartProps {
  timeline: PduTimeline;
  rows: readonly StripRow[];
  /** Seconds from the start of the axis to that of the timeline. */
  offsetSeconds: number;
  totalSeconds: number;
  range: TimeRange;
  onRange: (range: TimeRange | null) => void;
  onPick: (row: StripRow, seconds: number) => void;
}

export function LacpStripChart(props: LacpStripChartProps) {
  const { rows, range } = props;
  return (
    <TimePlot
      range={range}
      top={TOP}
      bodyHeight={rows.length * ROW}
      label={`LACP in time: ${rows.map((row) => row.describe).join('; ')}`}
      testId="lacp-strip"
      onRange={props.onRange}
      onPick={(atX, atY, { x }) => {
        const row = rows[Math.max(0, Math.min(rows.length - 1, Math.floor((atY - TOP) / ROW)))];
        if (row) props.onPick(row, x.invert(atX));
      }}
    >
      {(plot) => rows.map((row, i) => <StripLane key={row.label} chart={props} row={row} y={TOP + i * ROW} plot={plot} />)}
    </TimePlot>
  );
}

function StripLane({ chart, row, y, plot }: { chart: LacpStripChartProps; row: StripRow; y: number; plot: Plot }) {
  const { timeline, offsetSeconds, totalSeconds, range } = chart;
  const { x, left, right } = plot;
  const columns = Math.max(1, Math.round(right - left));
  const marks =
    useInTurn(
      () => drawLane(timeline, row.lane, [range[0] - offsetSeconds, range[1] - offsetSeconds], columns, totalSeconds - offsetSeconds),
      [timeline, row.lane, range[0], range[1], columns, totalSeconds, offsetSeconds],
    ) ?? NO_MARKS;
  const bars = (runs: readonly Run[], top: number, thickness: number): string =>
    runs.map((run) => `M${left + run.from},${top}h${run.to - run.from}v${thickness}H${left + run.from}Z`).join('');
  return (
    <g>
      <title>{row.describe}</title>
      <line x1={left} x2={right} y1={y + 7} y2={y + 7} class="bit-ground" />
      <text x={left - 6} y={y + 11} text-anchor="end" class="axis-text">
        {shortenText(row.label, plotLetters(left))}
      </text>
      <path d={bars(marks.set[DISTRIBUTING], y + 2, 7)} class="bit-run works" />
      <path d={bars(marks.mixed[DISTRIBUTING], y + 2, 7)} class="bit-run works mixed" />
      {row.silences.map(([from, to]) => {
        const [start, end] = [from, to].map((seconds) => Math.max(left, Math.min(right, x(seconds + offsetSeconds))));
        return end > start && <rect key={from} x={start} y={y + 1} width={end - start} height={13} class="lane-silence" />;
      })}
      {FAULTS.map((bit) => (
        <path key={bit} d={bars([...marks.set[bit], ...marks.mixed[bit]], y + 10, 4)} class="bit-run fault" />
      ))}
    </g>
  );
}
