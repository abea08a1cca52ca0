/** LACP in short, below the throughput on the same axis: a row per port and end, distributing above, faults below. */
import { scaleLinear } from 'd3';
import { useMemo } from 'preact/hooks';
import type { PduTimeline } from '../../pipeline/pdu-timeline.ts';
import { useElementWidth } from '../components/use-element-width.ts';
import { shortenText } from './chart-text.ts';
import { drawLane, type Lane, type Run } from './lane-model.ts';
import { TimeAxis, TimeBrush, type TimeRange } from './time-axis.tsx';

// As in the chart of the load, so that the two axes lie below each other.
const LEFT = 74;
const RIGHT = 12;
const TOP = 4;
const BOTTOM = 24;
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
  const { timeline, rows, offsetSeconds, totalSeconds, range } = props;
  const [ref, width] = useElementWidth<HTMLDivElement>(700);
  const right = Math.max(LEFT + 40, width - RIGHT);
  const columns = Math.max(1, Math.round(right - LEFT));
  const height = TOP + rows.length * ROW + BOTTOM;
  const x = scaleLinear().domain(range).range([LEFT, right]);
  const marks = useMemo(
    () =>
      rows.map(({ lane }) =>
        drawLane(timeline, lane, [range[0] - offsetSeconds, range[1] - offsetSeconds], columns, totalSeconds - offsetSeconds),
      ),
    [timeline, rows, range[0], range[1], columns, totalSeconds, offsetSeconds],
  );
  const bars = (runs: readonly Run[], y: number, thickness: number): string =>
    runs.map((run) => `M${LEFT + run.from},${y}h${run.to - run.from}v${thickness}H${LEFT + run.from}Z`).join('');
  return (
    <div ref={ref} class="load-chart">
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={`LACP in time: ${rows.map((row) => row.describe).join('; ')}`}
        data-testid="lacp-strip"
      >
        {rows.map(({ label, describe, silences }, i) => {
          const y = TOP + i * ROW;
          return (
            <g key={label}>
              <title>{describe}</title>
              <line x1={LEFT} x2={right} y1={y + 7} y2={y + 7} class="bit-ground" />
              <text x={LEFT - 6} y={y + 11} text-anchor="end" class="axis-text">
                {shortenText(label, 11)}
              </text>
              <path d={bars(marks[i].set[DISTRIBUTING], y + 2, 7)} class="bit-run works" />
              <path d={bars(marks[i].mixed[DISTRIBUTING], y + 2, 7)} class="bit-run works mixed" />
              {silences.map(([from, to]) => {
                const [start, end] = [from, to].map((seconds) => Math.max(LEFT, Math.min(right, x(seconds + offsetSeconds))));
                return end > start && <rect key={from} x={start} y={y + 1} width={end - start} height={13} class="lane-silence" />;
              })}
              {FAULTS.map((bit) => (
                <path key={bit} d={bars([...marks[i].set[bit], ...marks[i].mixed[bit]], y + 10, 4)} class="bit-run fault" />
              ))}
            </g>
          );
        })}
        <TimeBrush
          x={x}
          left={LEFT}
          right={right}
          top={TOP}
          height={rows.length * ROW}
          onRange={props.onRange}
          onPick={(atX, atY) => {
            const row = rows[Math.max(0, Math.min(rows.length - 1, Math.floor((atY - TOP) / ROW)))];
            if (row) props.onPick(row, x.invert(atX));
          }}
        />
        <TimeAxis x={x} top={height - BOTTOM} width={width} />
      </svg>
    </div>
  );
}
