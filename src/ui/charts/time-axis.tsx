/** What all charts over time share: the axis, zooming by dragging, clipping to a range. */
import { brushX, select, type ScaleLinear } from 'd3';
import { useEffect, useRef } from 'preact/hooks';
import type { TimeRange } from './time-range.ts';
import { formatDuration } from '../../report/quantity.ts';

export type { TimeRange };
export type TimeScale = ScaleLinear<number, number>;

export function TimeAxis({ x, top, width }: { x: TimeScale; top: number; width: number }) {
  const ticks = x.ticks(Math.max(2, Math.floor(width / 110)));
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : 1;
  return (
    <g>
      {ticks.map((tick) => (
        <text key={tick} x={x(tick)} y={top + 18} text-anchor={x(tick) > width - 34 ? 'end' : 'middle'} class="axis-text">
          {formatOffset(tick, step)}
        </text>
      ))}
    </g>
  );
}

/** Seconds from the first step, as fine as the steps of the axis. */
export function formatOffset(seconds: number, step: number): string {
  if (step >= 60) return formatDuration(seconds);
  const decimals = Math.max(0, Math.min(9, Math.ceil(-Math.log10(step) - 1e-9)));
  if (step < 1e-3) return `${(seconds * 1e3).toFixed(Math.max(0, decimals - 3))} ms`;
  return `${seconds.toFixed(decimals)} s`;
}

export interface TimeBrushProps {
  x: TimeScale;
  left: number;
  right: number;
  top: number;
  height: number;
  onRange: (range: TimeRange | null) => void;
  /** A click without dragging, at this place of the chart in pixels. */
  onPick?: (x: number, y: number) => void;
}

/** Drag to zoom, double click for all. The brush clears itself: the axis tells what is shown. */
export function TimeBrush(props: TimeBrushProps) {
  const ref = useRef<SVGGElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const { left, right, top, height } = props;
  useEffect(() => {
    const group = ref.current;
    if (!group) return;
    const selection = select(group);
    const brush = brushX<unknown>()
      .extent([
        [left, top],
        [Math.max(left + 1, right), top + height],
      ])
      .on('end', (event: { selection: [number, number] | null; sourceEvent: MouseEvent | TouchEvent | null }) => {
        if (!event.sourceEvent) return;
        if (!event.selection) {
          const box = group.ownerSVGElement?.getBoundingClientRect();
          const at = 'changedTouches' in event.sourceEvent ? event.sourceEvent.changedTouches[0] : event.sourceEvent;
          if (box && at) latest.current.onPick?.(at.clientX - box.left, at.clientY - box.top);
          return;
        }
        const [from, to] = event.selection;
        brush.move(selection, null);
        if (to - from > 3) latest.current.onRange([latest.current.x.invert(from), latest.current.x.invert(to)]);
      });
    selection.call(brush);
    selection.on('dblclick', () => latest.current.onRange(null));
  }, [left, right, top, height]);
  return <g ref={ref} class="brush" />;
}

/** A range within [0, total] that is never empty. */
export function clampRange([from, to]: TimeRange, total: number): TimeRange {
  const start = Math.max(0, Math.min(from, total));
  const end = Math.min(total, Math.max(to, start + total / 1e5));
  return end > start ? [start, end] : [0, total];
}
