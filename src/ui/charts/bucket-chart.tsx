/** The buckets of an Open vSwitch bond in time: a row each in the colour of the member that holds it, moves at their instants. */
import type { BucketEventRow, BucketRow } from '../../report/bucket-document.ts';
import { memberColor, memberIndex } from '../components/member-label.tsx';
import type { TimeRange } from './time-axis.tsx';
import { TimePlot } from './time-plot.tsx';

const TOP = 20;
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
  const rowHeight = Math.max(THINNEST, Math.min(THICKEST, Math.floor(ROWS_HEIGHT / Math.max(1, buckets.length))));
  const bodyHeight = buckets.length * rowHeight;
  const heaviest = Math.max(1, ...buckets.map((row) => row.bytes));
  const labelEvery = Math.ceil(14 / rowHeight);
  return (
    <TimePlot
      range={range}
      top={TOP}
      bodyHeight={bodyHeight}
      label={props.label}
      testId={props.testId}
      onRange={props.onRange}
      onPoint={(at, { x, left, right }) => {
        const place = at === null ? -1 : Math.floor((at.y - TOP) / rowHeight);
        const inside = at !== null && place >= 0 && place < buckets.length && at.x >= left && at.x <= right;
        props.onPoint(inside ? { place, seconds: x.invert(at.x) } : null);
      }}
    >
      {({ x, left, right, clip }) => {
        const toPixel = (seconds: number): number => Math.max(left, Math.min(right, Math.round(x(seconds))));
        const middle = (event: BucketEventRow): number => x((secondsOf(event.fromTime) + secondsOf(event.toTime)) / 2);
        return (
          <>
            <text x={left - 6} y={12} text-anchor="end" class="axis-text">
              bucket
            </text>
            {buckets.map((row, place) => (
              <g key={row.bucket}>
                {place % labelEvery === 0 && (
                  <text x={left - 6} y={TOP + place * rowHeight + Math.min(12, rowHeight / 2 + 4)} text-anchor="end" class="axis-text">
                    {row.bucket}
                  </text>
                )}
              </g>
            ))}
            <path d={drawLoads(buckets, heaviest, 0, rowHeight)} class="bucket-load" />
            <rect x={left} y={TOP} width={right - left} height={bodyHeight} class="bucket-unknown" />
            {[...drawHolds(buckets, secondsOf, endSeconds, toPixel, rowHeight)].map(([member, path]) => (
              <path
                key={member}
                d={path}
                fill={memberColor(memberIndex(member))}
                class={`bucket-hold${chosenMember !== '' && chosenMember !== member ? ' faded' : ''}`}
              />
            ))}
            <g clip-path={clip}>
              {events.map((event, i) => {
                const at = middle(event);
                const next = i + 1 < events.length ? middle(events[i + 1]) : right;
                const text = eventLabel(event);
                return (
                  <g key={i} class="epoch-mark">
                    <title>{`${event.fromTime.slice(11, 23)}: ${text}`}</title>
                    <line x1={at} x2={at} y1={4} y2={TOP + bodyHeight} />
                    {next - at > text.length * 6.6 && (
                      <text x={at + 4} y={13}>
                        {text}
                      </text>
                    )}
                  </g>
                );
              })}
            </g>
          </>
        );
      }}
    </TimePlot>
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
