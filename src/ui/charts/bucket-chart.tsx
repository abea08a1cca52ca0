/** The buckets of an Open vSwitch bond in time: a row each in the colour of the member that holds it, moves at their instants. */
import { scaleLinear } from 'd3';
import type { BucketEventRow, BucketRow } from '../../report/bucket-document.ts';
import { memberColor, memberIndex } from '../components/member-label.tsx';
import { useElementWidth } from '../components/use-element-width.ts';
import { TimeAxis, TimeBrush, type TimeRange } from './time-axis.tsx';

const TOP = 20;
const BOTTOM = 24;
const LEFT = 74;
const RIGHT = 12;
/** Room for the bytes of each bucket, left of its number. */
const LOAD = 38;
/** Height of all rows together, about; a row is never thinner than it can be seen. */
const ROWS_HEIGHT = 384;
const THINNEST = 2;
const THICKEST = 14;

export interface BucketChartProps {
  buckets: readonly BucketRow[];
  events: readonly BucketEventRow[];
  /** Seconds of a time of the document from the start of the axis. */
  secondsOf: (time: string) => number;
  range: TimeRange;
  endSeconds: number;
  chosenMember: string;
  /** Place in `buckets` under the pointer, and the seconds there; null without. */
  onPoint: (point: { place: number; seconds: number } | null) => void;
  onRange: (range: TimeRange | null) => void;
  label: string;
  testId: string;
}

export function BucketChart(props: BucketChartProps) {
  const { buckets, events, secondsOf, range, endSeconds, chosenMember } = props;
  const [ref, width] = useElementWidth<HTMLDivElement>(700);
  const rowHeight = Math.max(THINNEST, Math.min(THICKEST, Math.floor(ROWS_HEIGHT / Math.max(1, buckets.length))));
  const height = TOP + buckets.length * rowHeight + BOTTOM;
  const right = Math.max(LEFT + 40, width - RIGHT);
  const x = scaleLinear().domain(range).range([LEFT, right]);
  const heaviest = Math.max(1, ...buckets.map((row) => row.bytes));
  const paths = drawHolds(buckets, secondsOf, endSeconds, (seconds) => Math.max(LEFT, Math.min(right, Math.round(x(seconds)))), rowHeight);
  const labelEvery = Math.ceil(14 / rowHeight);
  const toPoint = (event: PointerEvent): { place: number; seconds: number } | null => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const place = Math.floor((event.clientY - box.top - TOP) / rowHeight);
    const atX = event.clientX - box.left;
    return place >= 0 && place < buckets.length && atX >= LEFT && atX <= right ? { place, seconds: x.invert(atX) } : null;
  };
  const clip = `clip-${props.testId}`;
  return (
    <div ref={ref} class="load-chart">
      <svg
        width={width}
        height={height}
        role="img"
        tabindex={0}
        aria-label={props.label}
        data-testid={props.testId}
        onPointerMove={(event) => props.onPoint(toPoint(event))}
        onPointerLeave={() => props.onPoint(null)}
      >
        <clipPath id={clip}>
          <rect x={LEFT} y={0} width={right - LEFT} height={height} />
        </clipPath>
        <text x={LEFT - 6} y={12} text-anchor="end" class="axis-text">
          bucket
        </text>
        {buckets.map((row, place) => (
          <g key={row.bucket}>
            {place % labelEvery === 0 && (
              <text x={LEFT - 6} y={TOP + place * rowHeight + Math.min(12, rowHeight / 2 + 4)} text-anchor="end" class="axis-text">
                {row.bucket}
              </text>
            )}
          </g>
        ))}
        <path d={drawLoads(buckets, heaviest, 0, rowHeight)} class="bucket-load" />
        <rect x={LEFT} y={TOP} width={right - LEFT} height={buckets.length * rowHeight} class="bucket-unknown" />
        {[...paths].map(([member, path]) => (
          <path
            key={member}
            d={path}
            fill={memberColor(memberIndex(member))}
            class={`bucket-hold${chosenMember !== '' && chosenMember !== member ? ' faded' : ''}`}
          />
        ))}
        <g clip-path={`url(#${clip})`}>
          {events.map((event, i) => {
            const at = x((secondsOf(event.fromTime) + secondsOf(event.toTime)) / 2);
            const next = i + 1 < events.length ? x((secondsOf(events[i + 1].fromTime) + secondsOf(events[i + 1].toTime)) / 2) : right;
            const text = eventLabel(event);
            return (
              <g key={i} class="epoch-mark">
                <title>{`${event.fromTime.slice(11, 23)}: ${text}`}</title>
                <line x1={at} x2={at} y1={4} y2={TOP + buckets.length * rowHeight} />
                {next - at > text.length * 6.6 && (
                  <text x={at + 4} y={13}>
                    {text}
                  </text>
                )}
              </g>
            );
          })}
        </g>
        <TimeBrush x={x} left={LEFT} right={right} top={TOP} height={buckets.length * rowHeight} onRange={props.onRange} />
        <TimeAxis x={x} top={height - BOTTOM} width={right} />
      </svg>
    </div>
  );
}

export function eventLabel({ kind, member, moves }: BucketEventRow): string {
  const count = moves.length === 1 ? '1 bucket moved' : `${moves.length} buckets moved`;
  if (kind === 'member-down') return `${member ?? 'a member'} lost, ${count}`;
  return kind === 'rebalance' ? `rebalance, ${count}` : `map changed, ${count}`;
}

/** One path a member; what is narrower than a pixel is drawn with its neighbour. */
function drawHolds(
  buckets: readonly BucketRow[],
  secondsOf: (time: string) => number,
  endSeconds: number,
  toPixel: (seconds: number) => number,
  rowHeight: number,
): Map<string, string> {
  const paths = new Map<string, string[]>();
  const inner = rowHeight > 6 ? rowHeight - 1 : rowHeight;
  buckets.forEach(({ holds }, place) => {
    const y = TOP + place * rowHeight;
    holds.forEach(({ fromTime, member }, h) => {
      if (member === null) return;
      const from = toPixel(secondsOf(fromTime));
      const to = toPixel(h + 1 < holds.length ? secondsOf(holds[h + 1].fromTime) : endSeconds);
      if (to <= from) return;
      const pieces = paths.get(member) ?? [];
      pieces.push(`M${from},${y}H${to}v${inner}H${from}Z`);
      paths.set(member, pieces);
    });
  });
  return new Map([...paths].map(([member, pieces]) => [member, pieces.join('')]));
}

function drawLoads(buckets: readonly BucketRow[], heaviest: number, left: number, rowHeight: number): string {
  const inner = rowHeight > 3 ? rowHeight - 2 : rowHeight;
  return buckets
    .map(({ bytes }, place) => {
      const length = bytes > 0 ? Math.max(1, (bytes / heaviest) * (LOAD - 4)) : 0;
      return length > 0 ? `M${left},${TOP + place * rowHeight}h${length.toFixed(1)}v${inner}H${left}Z` : '';
    })
    .join('');
}
