/** Per member of one direction: the share of bytes observed, above it the share the policy predicts. */
import { scaleLinear } from 'd3';
import type { Direction, Flow } from '../../report/document.ts';
import { countNoun, formatBytes, formatShare } from '../../report/quantity.ts';
import { memberColor, memberHatched, memberIndex } from '../components/member-label.tsx';
import { useElementWidth } from '../components/use-element-width.ts';
import { shortenText } from './chart-text.ts';

const ROW = 50;
const AXIS = 22;

export interface BalanceBarsProps {
  direction: Direction;
  chosenMember: string;
  chosenFlow: Flow | null;
  onMember: (name: string) => void;
}

export function BalanceBars({ direction, chosenMember, chosenFlow, onMember }: BalanceBarsProps) {
  const [ref, width] = useElementWidth<HTMLDivElement>(560);
  const narrow = width < 460;
  const labelWidth = narrow ? 72 : 104;
  const largest = Math.max(0.01, ...direction.members.flatMap(({ observed, predicted }) => [observed.share, predicted.share]));
  const domain = Math.min(1, Math.ceil(largest * 10) / 10);
  const x = scaleLinear()
    .domain([0, domain])
    .range([labelWidth, width - (narrow ? 8 : 16)]);
  const even = direction.members.length > 0 ? 1 / direction.members.length : 0;
  const height = direction.members.length * ROW + AXIS;
  return (
    <div ref={ref}>
      <svg width={width} height={height} role="group" aria-label={describeBars(direction)} data-testid={`bars-${direction.from}`}>
        {x.ticks(narrow ? 3 : 5).map((tick) => (
          <g key={tick}>
            <line x1={x(tick)} x2={x(tick)} y1={0} y2={height - AXIS} class="grid" />
            <text x={x(tick)} y={height - 6} text-anchor={x(tick) > width - 24 ? 'end' : 'middle'} class="axis-text">
              {Math.round(tick * 100)} %
            </text>
          </g>
        ))}
        {direction.members.map(({ name, observed, predicted }, i) => {
          const index = memberIndex(name);
          const color = memberColor(index);
          const y = i * ROW;
          const chosen = chosenMember === name;
          const ofFlow = chosenFlow?.from === direction.from ? chosenFlow.members.find((member) => member.name === name) : undefined;
          const flowShare = ofFlow && direction.totals.bytes > 0 ? ofFlow.bytes / direction.totals.bytes : 0;
          const label = `${name}: observed ${formatShare(observed.share)} of the bytes, ${formatBytes(observed.bytes)}, ${countNoun(observed.flows, 'flow')}; predicted ${formatShare(predicted.share)}, ${formatBytes(predicted.bytes)}, ${countNoun(predicted.flows, 'flow')}`;
          const figures = `${formatShare(observed.share)} · ${formatBytes(observed.bytes)} · ${countNoun(observed.flows, 'flow')}`;
          const shortFigures = `${formatShare(observed.share)} · ${formatBytes(observed.bytes)}`;
          return (
            <g
              key={name}
              class={`bar-row${chosen ? ' chosen' : ''}${chosenMember !== '' && !chosen ? ' faded' : ''}`}
              role="button"
              tabindex={0}
              aria-pressed={chosen}
              aria-label={label}
              onClick={() => onMember(name)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' && event.key !== ' ') return;
                event.preventDefault();
                onMember(name);
              }}
            >
              <title>{label}</title>
              <rect x={0} y={y} width={width} height={ROW - 4} class="row-ground" />
              <text x={4} y={y + 31} class="bar-name">
                {shortenText(name, narrow ? 9 : 13)}
              </text>
              <rect
                x={x(0)}
                y={y + 20}
                width={Math.max(observed.packets > 0 ? 1.5 : 0, x(observed.share) - x(0))}
                height={14}
                fill={color}
                class={memberHatched(index) ? 'bar hatched' : 'bar'}
              />
              {flowShare > 0 && <rect x={x(0)} y={y + 18} width={Math.max(3, x(flowShare) - x(0))} height={18} class="flow-segment" />}
              <rect
                x={x(0)}
                y={y + 37}
                width={Math.max(predicted.packets > 0 ? 1.5 : 0, x(predicted.share) - x(0))}
                height={6}
                stroke={color}
                class="bar-predicted"
              />
              <text x={x(0) + 2} y={y + 14} class="bar-figures">
                {narrow ? shortFigures : figures}
              </text>
            </g>
          );
        })}
        {even > 0 && even <= domain && direction.members.length > 1 && (
          <line x1={x(even)} x2={x(even)} y1={0} y2={height - AXIS} class="even-line">
            <title>{`an even share: ${formatShare(even)}`}</title>
          </line>
        )}
      </svg>
    </div>
  );
}

function describeBars(direction: Direction): string {
  return `Share of bytes per member from side ${direction.from} to side ${direction.to}: ${direction.members
    .map(({ name, observed, predicted }) => `${name} observed ${formatShare(observed.share)}, predicted ${formatShare(predicted.share)}`)
    .join('; ')}`;
}
