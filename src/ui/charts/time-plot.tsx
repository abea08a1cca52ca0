/** The frame of every chart over time: width, scale, clipping, axis, zooming by dragging and by keys. */
import { scaleLinear } from 'd3';
import type { ComponentChildren } from 'preact';
import { useElementWidth } from '../components/use-element-width.ts';
import { plotLeft } from './plot-left.ts';
import { TimeAxis, TimeBrush, type TimeRange, type TimeScale } from './time-axis.tsx';

const RIGHT = 12;
const BOTTOM = 24;

/** What the marks are drawn with. */
export interface Plot {
  readonly x: TimeScale;
  readonly left: number;
  readonly right: number;
  readonly width: number;
  /** Attribute that clips to the plot. */
  readonly clip: string;
}

export interface TimePlotProps {
  range: TimeRange;
  /** Pixels above the marks, and of the marks. */
  top: number;
  bodyHeight: number;
  /** Room left of the marks for a width of the chart; plotLeft without. */
  leftOf?: (width: number) => number;
  label: string;
  testId: string;
  onRange: (range: TimeRange | null) => void;
  /** A click without dragging, in pixels of the chart. */
  onPick?: (x: number, y: number, plot: Plot) => void;
  /** Place under the pointer in pixels of the chart; null when it leaves. */
  onPoint?: (at: { readonly x: number; readonly y: number } | null, plot: Plot) => void;
  onKeyDown?: (event: KeyboardEvent) => void;
  children: (plot: Plot) => ComponentChildren;
}

export function TimePlot(props: TimePlotProps) {
  const { range, top, bodyHeight, onPick, onPoint } = props;
  const [ref, width] = useElementWidth<HTMLDivElement>(700);
  const left = (props.leftOf ?? plotLeft)(width);
  const right = Math.max(left + 40, width - RIGHT);
  const x = scaleLinear().domain(range).range([left, right]);
  const height = top + bodyHeight + BOTTOM;
  const id = `clip-${props.testId}`;
  const plot: Plot = { x, left, right, width, clip: `url(#${id})` };
  const placeOf = (event: PointerEvent): { x: number; y: number } => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  return (
    <div ref={ref} class="load-chart">
      <svg
        width={width}
        height={height}
        role="img"
        tabindex={props.onKeyDown || onPoint ? 0 : undefined}
        aria-label={props.label}
        data-testid={props.testId}
        onPointerMove={onPoint && ((event) => onPoint(placeOf(event), plot))}
        onPointerLeave={onPoint && (() => onPoint(null, plot))}
        onKeyDown={(event) => {
          props.onKeyDown?.(event);
          if (!event.defaultPrevented) onZoomKey(event, range, props.onRange);
        }}
      >
        <clipPath id={id}>
          <rect x={left} y={0} width={right - left} height={height} />
        </clipPath>
        {props.children(plot)}
        <TimeBrush
          x={x}
          left={left}
          right={right}
          top={top}
          height={bodyHeight}
          onRange={props.onRange}
          onPick={onPick && ((atX, atY) => onPick(atX, atY, plot))}
        />
        <TimeAxis x={x} top={top + bodyHeight} width={width} />
      </svg>
    </div>
  );
}

/** Zooms about the middle of the range; charts with a read-out zoom about that. */
function onZoomKey(event: KeyboardEvent, [from, to]: TimeRange, onRange: (range: TimeRange | null) => void): void {
  const range = zoomed(event.key, [from, to], (from + to) / 2);
  if (range === undefined) return;
  onRange(range);
  event.preventDefault();
}

/** The range after a key: `+` and `-` about a place, `0` all of it; undefined for other keys. */
export function zoomed(key: string, [from, to]: TimeRange, center: number): TimeRange | null | undefined {
  const span = to - from;
  if (key === '+' || key === '=') return [center - span / 4, center + span / 4];
  if (key === '-') return [center - span, center + span];
  return key === '0' ? null : undefined;
}
