/** Throughput of one direction in time: a stacked area per member, or one band each; epochs, read-out, brush. */
import { area, curveStepAfter, max, scaleLinear, stack, type ScaleLinear } from 'd3';
import type { Epoch } from '../../report/document.ts';
import { formatBitRate } from '../../report/quantity.ts';
import { memberColor, memberHatched } from '../components/member-label.tsx';
import type { TimeRange } from './time-axis.tsx';
import { placeLabels } from './place-labels.ts';
import { TimePlot, zoomed, type Plot } from './time-plot.tsx';

const TOP = 20;
const STACKED_HEIGHT = 190;
const BAND_HEIGHT = 64;
/** Width of a letter, about. */
const LETTER = 6.6;

export interface MemberSeries {
  readonly name: string;
  readonly index: number;
  readonly bitsPerSecond: Float64Array;
  /** Link speed in bit/s, where it is known. */
  readonly speedBps?: number | null;
}

export interface EpochMark {
  /** Seconds from the first step. */
  readonly atSeconds: number;
  readonly label: string;
  readonly why: Epoch['why'];
}

export interface LoadChartProps {
  label: string;
  stepSeconds: number;
  /** Visible range in seconds from the first step. */
  range: readonly [number, number];
  members: readonly MemberSeries[];
  /** The chosen flow's rate per step, all members together, or null. */
  flow: readonly MemberSeries[] | null;
  stacked: boolean;
  chosenMember: string;
  epochs: readonly EpochMark[];
  /** Step under the read-out, or null. */
  cursor: number | null;
  onCursor: (step: number | null) => void;
  onRange: (range: readonly [number, number] | null) => void;
  testId: string;
}

export function LoadChart(props: LoadChartProps) {
  const { stepSeconds, range, members, flow, stacked, chosenMember, cursor } = props;
  const bands = stacked ? 1 : Math.max(1, members.length);
  const bandHeight = stacked ? STACKED_HEIGHT : BAND_HEIGHT;
  const bodyHeight = bands * bandHeight - 6;
  const firstStep = Math.max(0, Math.floor(range[0] / stepSeconds));
  const steps = members[0]?.bitsPerSecond.length ?? 0;
  const lastStep = Math.min(steps - 1, Math.ceil(range[1] / stepSeconds));
  const highest = stacked
    ? highestSum(members, firstStep, lastStep)
    : (max(members, (member) => highestOf(member, firstStep, lastStep)) ?? 0);
  const y = scaleLinear()
    .domain([0, Math.max(1, highest)])
    .nice(3)
    .range([bandHeight - 6, 0]);
  return (
    <TimePlot
      range={range}
      top={TOP}
      bodyHeight={bodyHeight}
      label={props.label}
      testId={props.testId}
      onRange={props.onRange}
      onPoint={(at, { x }) => {
        const step = at === null ? -1 : Math.floor(x.invert(at.x) / stepSeconds);
        props.onCursor(step >= firstStep && step <= lastStep ? step : null);
      }}
      onKeyDown={(event) => onChartKey(event, props, firstStep, lastStep)}
    >
      {(plot) => {
        const { x, left, right } = plot;
        const paths = drawPaths(members, stacked, firstStep, lastStep, stepSeconds, x, y);
        const flowPaths = flow ? drawPaths(flow, stacked, firstStep, lastStep, stepSeconds, x, y) : null;
        return (
          <>
            {Array.from({ length: bands }, (_, band) => (
              <g key={band} transform={`translate(0,${TOP + band * bandHeight})`}>
                {y.ticks(stacked ? 4 : 2).map((tick) => (
                  <g key={tick}>
                    <line x1={left} x2={right} y1={y(tick)} y2={y(tick)} class="grid" />
                    {(stacked || tick > 0) && (
                      <text x={left - 6} y={y(tick) + 4} text-anchor="end" class="axis-text">
                        {formatBitRate(tick)}
                      </text>
                    )}
                  </g>
                ))}
                <g clip-path={plot.clip}>
                  {members.map((member, i) =>
                    stacked || band === i ? (
                      <path
                        key={member.name}
                        d={paths[i]}
                        fill={memberColor(member.index)}
                        class={`area${memberHatched(member.index) ? ' hatched' : ''}${chosenMember !== '' && chosenMember !== member.name ? ' faded' : ''}`}
                      >
                        <title>{member.name}</title>
                      </path>
                    ) : null,
                  )}
                  {flowPaths?.map((path, i) => (stacked || band === i ? <path key={i} d={path} class="flow-area" /> : null))}
                </g>
                {!stacked && members[band] && <BandName member={members[band]} y={y} left={left} right={right} />}
              </g>
            ))}
            <g clip-path={plot.clip}>
              <EpochMarks epochs={props.epochs} range={range} plot={plot} bottom={TOP + bodyHeight} />
              {cursor !== null && cursor >= firstStep && cursor <= lastStep && (
                <line
                  class="cursor-line"
                  x1={x((cursor + 0.5) * stepSeconds)}
                  x2={x((cursor + 0.5) * stepSeconds)}
                  y1={TOP - 8}
                  y2={TOP + bodyHeight}
                />
              )}
            </g>
          </>
        );
      }}
    </TimePlot>
  );
}

/** Name of a member's own band, and its link speed where that lies within the scale. */
function BandName(props: { member: MemberSeries; y: ScaleLinear<number, number>; left: number; right: number }) {
  const { member, y, left, right } = props;
  const speed = member.speedBps ?? null;
  return (
    <>
      <text x={left + 4} y={12} class="band-name">
        {member.name}
        {speed !== null && ` · link ${formatBitRate(speed)}`}
      </text>
      {speed !== null && speed <= y.domain()[1] && (
        <line x1={left} x2={right} y1={y(speed)} y2={y(speed)} class="speed-line">
          <title>{`link speed ${formatBitRate(speed)}`}</title>
        </line>
      )}
    </>
  );
}

function EpochMarks({ epochs, range, plot, bottom }: { epochs: readonly EpochMark[]; range: TimeRange; plot: Plot; bottom: number }) {
  const { x, width } = plot;
  const shown = epochs.filter(({ atSeconds }) => atSeconds >= range[0] && atSeconds <= range[1]);
  const places = placeLabels(
    shown.map(({ atSeconds, label }) => ({ at: x(atSeconds), length: label.length * LETTER })),
    width,
  );
  return (
    <>
      {shown.map(({ atSeconds, label, why }, i) => {
        const left = x(atSeconds);
        const place = places[i];
        return (
          <g key={i} class="epoch-mark">
            <title>{`${why}: ${label}`}</title>
            <line x1={left} x2={left} y1={4} y2={bottom} />
            {place && (
              <text x={place.leftward ? left - 4 : left + 4} y={place.line === 0 ? 12 : 26} text-anchor={place.leftward ? 'end' : 'start'}>
                {label}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}

function onChartKey(event: KeyboardEvent, props: LoadChartProps, first: number, last: number): void {
  const [from, to] = props.range;
  const at = props.cursor ?? Math.floor((first + last) / 2);
  const center = props.cursor === null ? (from + to) / 2 : (props.cursor + 0.5) * props.stepSeconds;
  const range = zoomed(event.key, props.range, center);
  if (event.key === 'ArrowLeft') props.onCursor(Math.max(first, at - (event.shiftKey ? 10 : 1)));
  else if (event.key === 'ArrowRight') props.onCursor(Math.min(last, at + (event.shiftKey ? 10 : 1)));
  else if (range !== undefined) props.onRange(range);
  else return;
  event.preventDefault();
}

function drawPaths(
  members: readonly MemberSeries[],
  stacked: boolean,
  first: number,
  last: number,
  stepSeconds: number,
  x: ScaleLinear<number, number>,
  y: ScaleLinear<number, number>,
): string[] {
  // One step more, so that the last one has its width.
  const steps = Array.from({ length: Math.max(0, last - first + 2) }, (_, i) => first + i);
  const rate = (member: MemberSeries, step: number): number => member.bitsPerSecond[Math.min(step, last)] ?? 0;
  if (!stacked) {
    const shape = (member: MemberSeries) =>
      area<number>()
        .x((step) => x(step * stepSeconds))
        .y0(y(0))
        .y1((step) => y(rate(member, step)))
        .curve(curveStepAfter)(steps) ?? '';
    return members.map(shape);
  }
  const layers = stack<number, number>()
    .keys(members.map((_, i) => i))
    .value((step, i) => rate(members[i], step))(steps);
  const shape = area<[number, number] & { data: number }>()
    .x((point) => x(point.data * stepSeconds))
    .y0((point) => y(point[0]))
    .y1((point) => y(point[1]))
    .curve(curveStepAfter);
  return layers.map((layer) => shape(layer as unknown as ([number, number] & { data: number })[]) ?? '');
}

function highestSum(members: readonly MemberSeries[], first: number, last: number): number {
  let highest = 0;
  for (let step = first; step <= last; step++) {
    let sum = 0;
    for (const member of members) sum += member.bitsPerSecond[step] ?? 0;
    if (sum > highest) highest = sum;
  }
  return highest;
}

function highestOf(member: MemberSeries, first: number, last: number): number {
  let highest = 0;
  for (let step = first; step <= last; step++) highest = Math.max(highest, member.bitsPerSecond[step] ?? 0);
  return highest;
}
