/** The LAG drawn: two systems, the members between them, thickness by load each way, state by mark and word. */
import { scaleLinear } from 'd3';
import type { Direction, Flow, Lag, Side } from '../../report/document.ts';
import { memberState, memberStateWord, sideTitle, type MemberState } from '../../report/summary.ts';
import { formatBytes, formatShare } from '../../report/quantity.ts';
import { memberColor, memberHatched } from '../components/member-label.tsx';
import { useElementWidth } from '../components/use-element-width.ts';
import { shortenText } from './chart-text.ts';

const ROW = 64;
const MARKS: Record<MemberState, string> = { active: '●', lost: '✗', silent: '○', 'no-capture': '?' };

export interface LagDrawingProps {
  lag: Lag;
  chosenMember: string;
  chosenFlow: Flow | null;
  onMember: (name: string) => void;
}

export function LagDrawing({ lag, chosenMember, chosenFlow, onMember }: LagDrawingProps) {
  const [ref, width] = useElementWidth<HTMLDivElement>(720);
  const narrow = width < 520;
  const boxWidth = narrow ? 62 : Math.min(190, Math.round(width * 0.23));
  const left = boxWidth;
  const right = width - boxWidth;
  const height = Math.max(1, lag.members.length) * ROW + 12;
  const loads = lag.directions.flatMap((direction) => direction.members.map((member) => member.observed.bytes));
  const thickness = scaleLinear()
    .domain([0, Math.max(1, ...loads)])
    .range([0, 14]);
  const [sideA, sideB] = [lag.sides.find((side) => side.id === 'a'), lag.sides.find((side) => side.id === 'b')];
  return (
    <div ref={ref} class="drawing">
      <svg
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="group"
        aria-label={describeDrawing(lag)}
        data-testid="lag-drawing"
      >
        {lag.members.map((member, i) => (
          <MemberLink
            key={member.name}
            lag={lag}
            name={member.name}
            index={i}
            speedMbps={member.speedMbps}
            top={6 + i * ROW}
            left={left}
            right={right}
            narrow={narrow}
            thickness={(bytes) => (bytes > 0 ? Math.max(1.5, thickness(bytes)) : 0)}
            chosen={chosenMember === member.name}
            faded={chosenMember !== '' && chosenMember !== member.name}
            flow={chosenFlow}
            onMember={onMember}
          />
        ))}
        <SystemBox side={sideA} x={0} width={boxWidth} height={height} narrow={narrow} />
        <SystemBox side={sideB} x={right} width={boxWidth} height={height} narrow={narrow} />
      </svg>
      {narrow && (
        <p class="muted">
          {[sideA, sideB]
            .map((side) => (side ? `${side.id}: ${sideTitle(side)}${side.role === 'unknown' ? '' : `, ${side.role}`}` : ''))
            .join(' · ')}
        </p>
      )}
    </div>
  );
}

function SystemBox(props: { side: Side | undefined; x: number; width: number; height: number; narrow: boolean }) {
  const { side, x, width, height, narrow } = props;
  const middle = x + width / 2;
  const columns = Math.max(4, Math.floor((width - 12) / 8.8));
  const title = side ? sideTitle(side) : '?';
  const place = side?.role === 'unknown' ? `side ${side.id}` : `side ${side?.id}, ${side?.role}`;
  const lines = side && !narrow && place !== title ? [place] : [];
  if (side?.system && side.system !== title && !narrow) lines.push(side.system);
  if (side && side.key !== null && !narrow) lines.push(`LACP key ${side.key}`);
  const first = height / 2 - lines.length * 8 + 5;
  return (
    <g>
      <title>{side ? `${title}: side ${side.id}, ${side.role}${side.system ? `, LACP system ${side.system}` : ''}` : 'unknown side'}</title>
      <rect x={x + 0.5} y={0.5} width={width - 1} height={height - 1} rx={8} class="system-box" />
      <text x={middle} y={first} text-anchor="middle" class="system-title">
        {narrow ? (side?.id ?? '?') : shortenText(title, columns)}
      </text>
      {lines.map((line, i) => (
        <text key={line} x={middle} y={first + 18 + i * 16} text-anchor="middle" class="system-line">
          {shortenText(line, columns + 3)}
        </text>
      ))}
    </g>
  );
}

interface MemberLinkProps {
  lag: Lag;
  name: string;
  index: number;
  speedMbps: number | null;
  top: number;
  left: number;
  right: number;
  narrow: boolean;
  thickness: (bytes: number) => number;
  chosen: boolean;
  faded: boolean;
  flow: Flow | null;
  onMember: (name: string) => void;
}

function MemberLink(props: MemberLinkProps) {
  const { lag, name, index, top, left, right, narrow, thickness, chosen, faded, flow, onMember } = props;
  const state = memberState(lag, name);
  const color = memberColor(index);
  const lanes = (['a', 'b'] as const).map((from) => lag.directions.find((direction) => direction.from === from));
  const flowCarried = flow?.members.find((member) => member.name === name);
  const middle = (left + right) / 2;
  const label = `${MARKS[state]} ${memberStateWord(state)}${props.speedMbps ? `, ${formatSpeed(props.speedMbps)}` : ''}`;
  const describe = `${name}: ${memberStateWord(state)}. ${lanes
    .map((lane) =>
      lane ? `${lane.from} to ${lane.to} ${formatBytes(memberLoad(lane, name).bytes)}, ${formatShare(memberLoad(lane, name).share)}` : '',
    )
    .filter(Boolean)
    .join('; ')}`;
  return (
    <g
      class={`link${chosen ? ' chosen' : ''}${faded ? ' faded' : ''}`}
      role="button"
      tabindex={0}
      aria-pressed={chosen}
      aria-label={describe}
      onClick={() => onMember(name)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onMember(name);
      }}
    >
      <title>{describe}</title>
      <rect x={left} y={top} width={Math.max(0, right - left)} height={ROW - 2} class="link-ground" />
      {lanes.map((lane, l) => (
        <Lane
          key={l}
          lane={lane}
          name={name}
          y={top + 29 + l * 18}
          left={left}
          right={right}
          color={color}
          hatched={memberHatched(index)}
          thickness={thickness}
          carries={flowCarried !== undefined && flow?.from === lane?.from}
          narrow={narrow}
        />
      ))}
      <text x={middle} y={top + 13} text-anchor="middle" class="link-label">
        <tspan class="link-name">{shortenText(name, narrow ? 12 : 24)}</tspan>
        <tspan class={`link-state ${state}`} dx={8}>
          {narrow ? MARKS[state] + ' ' + memberStateWord(state).split(' ').slice(0, 2).join(' ') : label}
        </tspan>
      </text>
    </g>
  );
}

function Lane(props: {
  lane: Direction | undefined;
  name: string;
  y: number;
  left: number;
  right: number;
  color: string;
  hatched: boolean;
  thickness: (bytes: number) => number;
  carries: boolean;
  narrow: boolean;
}) {
  const { lane, name, y, left, right, color, thickness, carries, narrow } = props;
  if (!lane) return null;
  const load = memberLoad(lane, name);
  const rightward = lane.from === 'a';
  // The figure stands at the sender's end; the line begins behind it.
  const room = narrow ? 55 : 62;
  const start = rightward ? left + room : right - room;
  const end = rightward ? right - 8 : left + 8;
  const tip = rightward ? end + 7 : end - 7;
  const wide = thickness(load.bytes);
  const head = Math.max(4, wide / 2 + 2);
  return (
    <g>
      <text x={rightward ? left + 6 : right - 6} y={y + 4} text-anchor={rightward ? 'start' : 'end'} class="lane-share">
        {formatShare(load.share)}
      </text>
      {wide > 0 ? (
        <>
          <line x1={start} x2={end} y1={y} y2={y} stroke={color} stroke-width={wide} stroke-dasharray={props.hatched ? '6 2' : undefined} />
          <path d={`M${end},${y - head} L${tip},${y} L${end},${y + head} Z`} fill={color} />
        </>
      ) : (
        <line x1={start} x2={end} y1={y} y2={y} class="lane-empty" />
      )}
      {carries && (
        <g class="flow-mark">
          <line x1={start} x2={end} y1={y} y2={y} />
          <circle cx={(start + end) / 2} cy={y} r={5} />
        </g>
      )}
    </g>
  );
}

function memberLoad(direction: Direction, name: string): { bytes: number; share: number } {
  return direction.members.find((member) => member.name === name)?.observed ?? { bytes: 0, share: 0 };
}

function formatSpeed(megabits: number): string {
  return megabits >= 1000 ? `${megabits / 1000} Gbit/s` : `${megabits} Mbit/s`;
}

function describeDrawing(lag: Lag): string {
  return `${lag.id}: ${lag.members.length} members between side a and side b, drawn as thick as the bytes they carried each way`;
}
