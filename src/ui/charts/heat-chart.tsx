/** Rows of load in time as a heat map: each column shows the fullest moment that falls into it, so that no burst is lost. */
import { useMemo } from 'preact/hooks';
import { memberColor } from '../components/member-label.tsx';
import { shortenText } from './chart-text.ts';
import { heatCells, HEAT_LEVELS } from './heat-cells.ts';
import type { TimeRange } from './time-axis.tsx';
import { TimePlot, type Plot } from './time-plot.tsx';

const TOP = 6;
/** Pixels of a column: one would be finer than the eye. */
const COLUMN = 2;
const LETTER = 6.6;

export interface HeatRow {
  readonly key: string;
  readonly label: string;
  /** Place of the member that gives the row its swatch, -1 without. */
  readonly index: number;
  readonly bitsPerSecond: Float64Array;
  /** Load that makes the darkest colour. */
  readonly fullBps: number;
  readonly faded: boolean;
  readonly chosen: boolean;
}

export interface HeatChartProps {
  rows: readonly HeatRow[];
  rowHeight: number;
  stepSeconds: number;
  range: TimeRange;
  leftOf?: (width: number) => number;
  label: string;
  testId: string;
  onRange: (range: TimeRange | null) => void;
  onPick: (row: HeatRow) => void;
  /** The row and column under the pointer: its fullest step. */
  onPoint: (point: { readonly row: number; readonly step: number } | null) => void;
}

export function HeatChart(props: HeatChartProps) {
  const { rows, rowHeight, stepSeconds, range } = props;
  const rowAt = (y: number): number => Math.floor((y - TOP) / rowHeight);
  return (
    <TimePlot
      range={range}
      top={TOP}
      bodyHeight={rows.length * rowHeight}
      leftOf={props.leftOf}
      label={props.label}
      testId={props.testId}
      onRange={props.onRange}
      onPick={(_x, y) => {
        const row = rows[rowAt(y)];
        if (row) props.onPick(row);
      }}
      onPoint={(at, { x, left, right }) => {
        const row = at === null ? -1 : rowAt(at.y);
        if (at === null || !rows[row] || at.x < left || at.x > right) props.onPoint(null);
        else
          props.onPoint({
            row,
            step: fullest(rows[row].bitsPerSecond, x.invert(at.x - 1) / stepSeconds, x.invert(at.x + 1) / stepSeconds),
          });
      }}
    >
      {(plot) =>
        rows.map((row, i) => (
          <HeatLane
            key={row.key}
            row={row}
            top={TOP + i * rowHeight}
            height={rowHeight}
            stepSeconds={stepSeconds}
            range={range}
            plot={plot}
          />
        ))
      }
    </TimePlot>
  );
}

function HeatLane(props: { row: HeatRow; top: number; height: number; stepSeconds: number; range: TimeRange; plot: Plot }) {
  const { row, top, height, stepSeconds, range, plot } = props;
  const { left, right } = plot;
  const columns = Math.max(1, Math.floor((right - left) / COLUMN));
  const cells = useMemo(
    () => heatCells(row.bitsPerSecond, stepSeconds, range, columns, row.fullBps),
    [row.bitsPerSecond, stepSeconds, range[0], range[1], columns, row.fullBps],
  );
  const width = (right - left) / columns;
  return (
    <g class={row.faded ? 'heat-row faded' : 'heat-row'} data-row={row.key}>
      <rect x={left} y={top} width={right - left} height={height - 2} class="heat-ground" />
      {cells.map((runs, level) =>
        runs.length === 0 ? null : (
          <path
            key={level}
            d={runs
              .map(
                ([from, to]) =>
                  `M${(left + from * width).toFixed(1)},${top}H${(left + to * width).toFixed(1)}v${height - 2}H${(left + from * width).toFixed(1)}Z`,
              )
              .join('')}
            class="heat-cell"
            fill-opacity={(level + 1) / HEAT_LEVELS}
          />
        ),
      )}
      {row.index >= 0 && <rect x={0} y={top + height / 2 - 6} width={9} height={9} rx={2} fill={memberColor(row.index)} />}
      <text x={row.index >= 0 ? 13 : 0} y={top + height / 2 + 3} class={row.chosen ? 'heat-name chosen' : 'heat-name'}>
        {shortenText(row.label, Math.max(3, Math.floor((left - 18) / LETTER)))}
      </text>
    </g>
  );
}

/** The step with the highest rate between two places. */
function fullest(rates: Float64Array, from: number, to: number): number {
  let best = Math.max(0, Math.min(rates.length - 1, Math.floor(from)));
  for (let step = best; step <= Math.min(rates.length - 1, Math.floor(to)); step++) if (rates[step] > rates[best]) best = step;
  return best;
}
