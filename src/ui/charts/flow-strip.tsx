/** One flow in time, a strip per member it used: when it moved, it shows here. */
import { max, scaleLinear } from 'd3';
import type { Flow, Lag } from '../../report/document.ts';
import { formatBytes, formatDuration } from '../../report/quantity.ts';
import { memberColor, memberIndex } from '../components/member-label.tsx';
import { useElementWidth } from '../components/use-element-width.ts';
import { useLoadSeries } from '../store/load-series.ts';

const STEPS = 160;
const ROW = 26;

export function FlowStrip({ lag, flow }: { lag: Lag; flow: Flow }) {
  const [ref, width] = useElementWidth<HTMLDivElement>(380);
  const load = useLoadSeries(STEPS, flow.id);
  if (!load) return <div ref={ref} style={{ height: `${flow.members.length * ROW + 16}px` }} />;
  const series = lag.members
    .map(({ name }) => ({ name, bytes: load.series.find((candidate) => candidate.member === name && candidate.from === flow.from)?.bytes }))
    .filter((row) => row.bytes && flow.members.some((member) => member.name === row.name));
  const highest = max(series, (row) => max(row.bytes ?? [])) ?? 1;
  const x = scaleLinear().domain([0, load.steps]).range([0, width]);
  const y = scaleLinear()
    .domain([0, Math.max(1, highest)])
    .range([0, ROW - 5]);
  const height = series.length * ROW + 16;
  return (
    <div ref={ref} class="flow-strip">
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={`Bytes of the flow in time per member over ${formatDuration(load.stepSeconds * load.steps)}: ${flow.members.map((member) => `${member.name} ${formatBytes(member.bytes)}`).join(', ')}`}
      >
        {series.map(({ name, bytes }, i) => (
          <g key={name} transform={`translate(0,${(i + 1) * ROW})`}>
            <line x1={0} x2={width} y1={0} y2={0} class="grid" />
            <path d={barsPath(bytes ?? new Float64Array(0), x, y)} fill={memberColor(memberIndex(name))} />
          </g>
        ))}
        <text x={0} y={height - 2} class="axis-text">
          0
        </text>
        <text x={width} y={height - 2} text-anchor="end" class="axis-text">
          {formatDuration(load.stepSeconds * load.steps)}
        </text>
      </svg>
    </div>
  );
}

function barsPath(bytes: Float64Array, x: (step: number) => number, y: (bytes: number) => number): string {
  const width = Math.max(1, x(1) - x(0));
  let path = '';
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] > 0) path += `M${x(i).toFixed(1)},0v${(-Math.max(2, y(bytes[i]))).toFixed(1)}h${width.toFixed(1)}V0Z`;
  }
  return path;
}
