/** One swim lane per port and end: the eight state bits in time, every LACPDU a tick, transitions with their names. */
import { scaleLinear } from 'd3';
import type { LagPortTransition } from '../../report/lacp-document.ts';
import type { PduTimeline } from '../../pipeline/pdu-timeline.ts';
import { memberColor } from '../components/member-label.tsx';
import { BIT_LETTERS, bitTone } from '../components/state-bits.tsx';
import { useInTurn } from '../components/turns.ts';
import { useElementWidth } from '../components/use-element-width.ts';
import { shortenText } from './chart-text.ts';
import { drawLane, nearestPdu, NO_MARKS, type Lane, type Run } from './lane-model.ts';
import { TimeAxis, TimeBrush, type TimeRange, type TimeScale } from './time-axis.tsx';
import { zoomed } from './time-plot.tsx';

const TOP = 6;
const BOTTOM = 24;
const RIGHT = 12;
const LABELS = 16;
const TICKS = 13;
const BIT_ROW = 10;
const LANE = LABELS + TICKS + 8 * BIT_ROW;
const GAP = 14;

export interface LaneRow {
  readonly lane: Lane;
  readonly member: string;
  readonly side: 'a' | 'b';
  /** How this end is called. */
  readonly end: string;
  /** State at the end, in a word. */
  readonly state: string;
  readonly transitions: readonly (LagPortTransition & { readonly atSeconds: number })[];
  /** When this end was not heard although a LACPDU was due, in seconds. */
  readonly silences: readonly TimeRange[];
}

export interface LacpLanesProps {
  timeline: PduTimeline;
  rows: readonly LaneRow[];
  range: TimeRange;
  endSeconds: number;
  chosenMember: string;
  /** Place of the chosen LACPDU, or -1. */
  chosenPdu: number;
  onPdu: (index: number) => void;
  onRange: (range: TimeRange | null) => void;
  onStep: (step: 1 | -1) => void;
  label: string;
}

export function LacpLanes(props: LacpLanesProps) {
  const { timeline, rows, range, endSeconds, chosenPdu } = props;
  const [ref, width] = useElementWidth<HTMLDivElement>(900);
  const narrow = width < 560;
  const left = narrow ? 86 : 190;
  const right = Math.max(left + 40, width - RIGHT);
  const x = scaleLinear().domain(range).range([left, right]);
  const height = TOP + rows.length * (LANE + GAP) + BOTTOM;
  const onPick = (atX: number, atY: number): void => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, Math.floor((atY - TOP) / (LANE + GAP))))];
    if (row) props.onPdu(nearestPdu(timeline, row.lane, x.invert(atX)));
  };
  return (
    <div ref={ref} class="lacp-lanes">
      <svg
        width={width}
        height={height}
        role="img"
        tabindex={0}
        aria-label={props.label}
        data-testid="lacp-lanes"
        onKeyDown={(event) => onLaneKey(event, props)}
      >
        <clipPath id="clip-lacp">
          <rect x={left} y={0} width={right - left} height={height} />
        </clipPath>
        <TimeBrush x={x} left={left} right={right} top={TOP} height={height - BOTTOM - TOP} onRange={props.onRange} onPick={onPick} />
        {rows.map((row, i) => (
          <LaneDrawing
            key={`${row.member} ${row.side}`}
            row={row}
            top={TOP + i * (LANE + GAP)}
            left={left}
            right={right}
            x={x}
            narrow={narrow}
            timeline={timeline}
            range={range}
            endSeconds={endSeconds}
            faded={props.chosenMember !== '' && props.chosenMember !== row.member}
          />
        ))}
        {chosenPdu >= 0 && <ChosenMark timeline={timeline} rows={rows} index={chosenPdu} x={x} range={range} />}
        <TimeAxis x={x} top={height - BOTTOM} width={width} />
      </svg>
    </div>
  );
}

function LaneDrawing(props: {
  row: LaneRow;
  top: number;
  left: number;
  right: number;
  x: TimeScale;
  narrow: boolean;
  timeline: PduTimeline;
  range: TimeRange;
  endSeconds: number;
  faded: boolean;
}) {
  const { row, top, left, right, x, narrow, timeline, range, endSeconds, faded } = props;
  const columns = Math.max(1, Math.round(right - left));
  const marks =
    useInTurn(
      () => drawLane(timeline, row.lane, range, columns, endSeconds),
      [timeline, row.lane, range[0], range[1], columns, endSeconds],
    ) ?? NO_MARKS;
  const tickTop = top + LABELS;
  const bitsTop = tickTop + TICKS;
  const rect = (runs: readonly Run[], y: number): string =>
    runs.map((run) => `M${left + run.from},${y}h${run.to - run.from}v${BIT_ROW - 2}H${left + run.from}Z`).join('');
  const tick = (at: readonly number[], length: number): string =>
    at.map((column) => `M${left + column + 0.5},${tickTop + TICKS - 2}v${-length}`).join('');
  return (
    <g class={faded ? 'lane faded' : 'lane'}>
      <line x1={0} x2={right} y1={top + LANE + GAP / 2 - 1} y2={top + LANE + GAP / 2 - 1} class="grid" />
      <rect x={0} y={top + 2} width={10} height={10} rx={2} fill={memberColor(row.lane.member)} />
      <text x={15} y={top + 11} class="link-name">
        {shortenText(row.member, narrow ? 7 : 18)}
      </text>
      <text x={15} y={top + 28} class="lane-end">
        {shortenText(narrow ? `side ${row.side}` : row.end, narrow ? 8 : 20)}
      </text>
      <text x={15} y={top + 44} class={`lane-state ${row.state}`}>
        {shortenText(row.state, narrow ? 8 : 20)}
      </text>
      {BIT_LETTERS.map((letter, bit) => (
        <text key={letter} x={left - 6} y={bitsTop + bit * BIT_ROW + 8} text-anchor="end" class="bit-letter">
          {letter}
        </text>
      ))}
      <g clip-path="url(#clip-lacp)" pointer-events="none">
        {BIT_LETTERS.map((letter, bit) => (
          <line key={letter} x1={left} x2={right} y1={bitsTop + bit * BIT_ROW + 4} y2={bitsTop + bit * BIT_ROW + 4} class="bit-ground" />
        ))}
        {marks.set.map((runs, bit) => (
          <path key={bit} d={rect(runs, bitsTop + bit * BIT_ROW)} class={`bit-run ${bitTone(bit)}`} />
        ))}
        {marks.mixed.map((runs, bit) => (
          <path key={bit} d={rect(runs, bitsTop + bit * BIT_ROW)} class={`bit-run mixed ${bitTone(bit)}`} />
        ))}
        {row.silences.map(([from, to], i) => (
          <rect key={i} x={x(from)} y={bitsTop - 1} width={Math.max(1, x(to) - x(from))} height={8 * BIT_ROW} class="lane-silence" />
        ))}
        <path d={tick(marks.ticks, 5)} class="pdu-tick" />
        <path d={tick(marks.changes, 10)} class="pdu-tick change" />
      </g>
      <g clip-path="url(#clip-lacp)">
        <TransitionMarks row={row} x={x} range={range} top={top} bottom={bitsTop + 8 * BIT_ROW - 2} right={right} />
      </g>
    </g>
  );
}

const BAD_EVENTS: readonly string[] = ['expired', 'defaulted', 'lost-sync', 'silent', 'partner-changed', 'actor-changed'];
/** Width of a letter of a mark's label, about. */
const LETTER = 6.4;

/** Transitions that fall on nearly one pixel share a mark; its label names the last of them where there is room. */
function TransitionMarks(props: { row: LaneRow; x: TimeScale; range: TimeRange; top: number; bottom: number; right: number }) {
  const { row, x, range, top, bottom, right } = props;
  const groups: { left: number; events: LaneRow['transitions'][number][] }[] = [];
  for (const transition of row.transitions) {
    if (transition.atSeconds < range[0] || transition.atSeconds > range[1]) continue;
    const left = x(transition.atSeconds);
    const last = groups[groups.length - 1];
    if (last && left - last.left < 5) last.events.push(transition);
    else groups.push({ left, events: [transition] });
  }
  return (
    <>
      {groups.map(({ left, events }, i) => {
        const bad = events.some(({ event }) => BAD_EVENTS.includes(event));
        const words = events.map(({ event }) => event);
        const room = (i + 1 < groups.length ? groups[i + 1].left : right) - left - 10;
        const label = fitLabel(words, Math.floor(room / LETTER));
        return (
          <g key={i} class={bad ? 'transition bad' : 'transition'}>
            <title>{events.map(({ time, event, cause }) => `${time.slice(11, 23)} ${event}: ${cause}`).join('\n')}</title>
            <line x1={left} x2={left} y1={top + 4} y2={bottom} />
            {bad ? <path d={`M${left - 4},${top + 3}h8l-4,7Z`} /> : <circle cx={left} cy={top + 6} r={3.5} />}
            {label && (
              <text x={left + 7} y={top + 10}>
                {label}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}

/** All of the words, the last one, or nothing, as there is room. */
function fitLabel(words: readonly string[], letters: number): string {
  const unique = [...new Set(words)];
  const all = unique.join(', ');
  if (all.length <= letters) return all;
  const last = unique[unique.length - 1];
  const more = `${last} +${unique.length - 1}`;
  if (more.length <= letters) return more;
  return last.length <= letters ? last : '';
}

function ChosenMark(props: { timeline: PduTimeline; rows: readonly LaneRow[]; index: number; x: TimeScale; range: TimeRange }) {
  const { timeline, rows, index, x, range } = props;
  const at = timeline.atSeconds[index];
  const i = rows.findIndex(({ lane }) => lane.member === timeline.member[index] && lane.side === timeline.side[index]);
  if (i < 0 || at < range[0] || at > range[1]) return null;
  const top = TOP + i * (LANE + GAP) + LABELS;
  return (
    <g class="chosen-pdu" pointer-events="none">
      <rect x={x(at) - 3} y={top} width={6} height={TICKS + 8 * BIT_ROW} rx={2} />
    </g>
  );
}

function onLaneKey(event: KeyboardEvent, props: LacpLanesProps): void {
  const [from, to] = props.range;
  const center = props.chosenPdu >= 0 ? props.timeline.atSeconds[props.chosenPdu] : (from + to) / 2;
  const range = zoomed(event.key, props.range, center);
  if (event.key === 'ArrowLeft') props.onStep(-1);
  else if (event.key === 'ArrowRight') props.onStep(1);
  else if (range !== undefined) props.onRange(range);
  else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const at = props.rows.findIndex(
      ({ lane }) =>
        props.chosenPdu >= 0 &&
        lane.member === props.timeline.member[props.chosenPdu] &&
        lane.side === props.timeline.side[props.chosenPdu],
    );
    const row = props.rows[at + (event.key === 'ArrowDown' ? 1 : -1)];
    if (!row) return;
    props.onPdu(nearestPdu(props.timeline, row.lane, center));
  } else return;
  event.preventDefault();
}
