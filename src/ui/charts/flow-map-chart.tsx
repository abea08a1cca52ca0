/** Members, the buckets each holds, the flows in each bucket: as wide as what they carry, one below the other. */
import { useMemo } from 'preact/hooks';
import type { FlowMap } from '../../pipeline/flows-analysis.ts';
import type { Flow } from '../../report/document.ts';
import { countNoun, formatBytes, formatShare } from '../../report/quantity.ts';
import { flowTitle } from '../components/flow-text.ts';
import { memberColor, memberHatched, memberIndex, onMemberColor } from '../components/member-label.tsx';
import { useElementWidth } from '../components/use-element-width.ts';
import { shortenText } from './chart-text.ts';
import { layOutFlowMap, type MapFlow, type MapSegment, type MapWeight } from './flow-map-layout.ts';

const ROWS = { member: { y: 0, height: 20 }, bucket: { y: 22, height: 20 }, flow: { y: 44, height: 26 } } as const;
const HEIGHT = 72;
const LETTER = 7;

export interface FlowMapChartProps {
  map: FlowMap;
  memberNames: readonly string[];
  weight: MapWeight;
  chosenMember: string;
  /** Bucket of the filter, or null. */
  chosenBucket: number | null;
  chosenFlow: string;
  label: string;
  onMember: (name: string) => void;
  onBucket: (bucket: number) => void;
  onFlow: (id: string) => void;
}

export function FlowMapChart(props: FlowMapChartProps) {
  const { map, chosenMember, chosenBucket, chosenFlow } = props;
  const [ref, width] = useElementWidth<HTMLDivElement>(1000);
  const layout = useMemo(() => layOutFlowMap(map, props.memberNames, props.weight, width), [map, props.memberNames, props.weight, width]);
  const marked = layout.flows.find(({ flow }) => flow.id === chosenFlow);
  const ofBucket = chosenBucket ?? marked?.bucket ?? null;
  const isFaded = (bucket: number): boolean => chosenBucket !== null && chosenBucket !== bucket;
  const kind = map.kind === 'bucket' ? 'bucket' : 'index';
  return (
    <div ref={ref} class="flow-map">
      <svg
        width={width}
        height={HEIGHT}
        role="group"
        tabindex={0}
        aria-label={props.label}
        data-testid="flow-map"
        onClick={(event) => onMapClick(event, props)}
        onKeyDown={(event) => onMapKey(event, layout.flows, props)}
      >
        {layout.members.map(({ name, share, ...segment }) => (
          <g
            key={name ?? ''}
            data-member={name ?? undefined}
            class={chosenMember !== '' && chosenMember !== name ? 'map-mark faded' : 'map-mark'}
          >
            <title>{`${name ?? 'no member known'}: ${formatShare(share)} of the ${props.weight}`}</title>
            <Mark
              row="member"
              {...segment}
              index={memberIndex(name)}
              text={`${name ?? 'unknown'} ${formatShare(share, 0)}`}
              shorter={name ?? '?'}
            />
          </g>
        ))}
        {layout.buckets.map(({ bucket, ...segment }) => (
          <g
            key={bucket.bucket}
            data-bucket={bucket.bucket}
            class={`map-mark${isFaded(bucket.bucket) ? ' faded' : ''}${ofBucket === bucket.bucket ? ' chosen' : ''}`}
          >
            <title>{`${kind} ${bucket.bucket} on ${bucket.member ?? 'no known member'}: ${countNoun(bucket.flows, 'flow')}, ${formatBytes(bucket.bytes)}`}</title>
            <Mark
              row="bucket"
              {...segment}
              index={memberIndex(bucket.member)}
              text={`${kind} ${bucket.bucket}`}
              shorter={String(bucket.bucket)}
            />
          </g>
        ))}
        {layout.rests.map(({ bucket, flows, ...segment }) => (
          <g key={bucket} data-bucket={bucket} class={isFaded(bucket) ? 'map-mark faded' : 'map-mark'}>
            <title>{`${countNoun(flows, 'smaller flow')} of ${kind} ${bucket}`}</title>
            <Rect row="flow" {...segment} class="map-rest" />
            <Label row="flow" {...segment} text={`+${flows}`} shorter="" color="var(--text)" />
          </g>
        ))}
        {layout.flows.map(({ flow, bucket, bytes, ...segment }) => {
          const wrong = flow.verdict === 'mismatch' || flow.verdict === 'moved';
          return (
            <g
              key={flow.id}
              data-flow={flow.id}
              class={`map-mark${isFaded(bucket) ? ' faded' : ''}${wrong ? ' wrong' : ''}${flow.id === chosenFlow ? ' chosen' : ''}`}
            >
              <title>{`${flowTitle(flow)}: ${formatBytes(bytes)}, on ${flow.observed ?? 'no member'}, ${flow.verdict}`}</title>
              <Mark
                row="flow"
                {...segment}
                index={memberIndex(flow.observed)}
                text={`${wrong ? '✗ ' : ''}${portsText(flow)}`}
                shorter={wrong ? '✗' : ''}
              />
            </g>
          );
        })}
      </svg>
    </div>
  );
}

/** What tells flows of one pair of hosts apart. */
function portsText({ srcPort, dstPort, protocol }: Flow): string {
  return srcPort === null || dstPort === null ? String(protocol ?? '') : `${srcPort}→${dstPort}`;
}

type Row = keyof typeof ROWS;

function Rect({ row, from, to, ...rest }: MapSegment & { row: Row; class: string; fill?: string }) {
  return <rect x={from} y={ROWS[row].y} width={Math.max(0.6, to - from - (to - from > 4 ? 1 : 0))} height={ROWS[row].height} {...rest} />;
}

interface Words {
  readonly text: string;
  /** Where there is no room for the text. */
  readonly shorter: string;
}

function Mark({ index, text, shorter, ...segment }: MapSegment & Words & { row: Row; index: number }) {
  return (
    <>
      <Rect {...segment} fill={memberColor(index)} class={memberHatched(index) ? 'map-rect hatched' : 'map-rect'} />
      <Label {...segment} text={text} shorter={shorter} color={onMemberColor(index)} />
    </>
  );
}

/** The text, the shorter one, or none, as there is room. */
function Label({ row, from, to, text, shorter, color }: MapSegment & Words & { row: Row; color: string }) {
  const letters = Math.floor((to - from - 8) / LETTER);
  const fits =
    text.length <= letters
      ? text
      : shorter.length <= letters
        ? shorter
        : letters >= 5 && row === 'member'
          ? shortenText(shorter, letters)
          : '';
  if (fits === '') return null;
  return (
    <text x={from + 4} y={ROWS[row].y + ROWS[row].height / 2 + 4} class="map-label" style={{ fill: color }}>
      {fits}
    </text>
  );
}

function onMapClick(event: MouseEvent, props: FlowMapChartProps): void {
  const mark = (event.target as Element).closest<SVGGElement>('[data-member],[data-bucket],[data-flow]');
  const { member, bucket, flow } = mark?.dataset ?? {};
  if (flow !== undefined) props.onFlow(flow);
  else if (bucket !== undefined) props.onBucket(Number(bucket));
  else if (member !== undefined) props.onMember(member);
}

/** Arrows go along the flows of the map, Enter takes the bucket of the chosen one. */
function onMapKey(event: KeyboardEvent, flows: readonly MapFlow[], props: FlowMapChartProps): void {
  const at = flows.findIndex(({ flow }) => flow.id === props.chosenFlow);
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  const next = step !== 0 ? flows[at < 0 ? 0 : at + step] : undefined;
  if (next) props.onFlow(next.flow.id);
  else if (event.key === 'Enter' && at >= 0) props.onBucket(flows[at].bucket);
  else return;
  event.preventDefault();
}
