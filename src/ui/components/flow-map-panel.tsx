/** Above the list of flows: which of them fall into which bucket, and so to which member. */
import { useEffect, useState } from 'preact/hooks';
import type { FlowMap } from '../../pipeline/flows-analysis.ts';
import type { Lag } from '../../report/document.ts';
import { countNoun, formatBytes, formatCount } from '../../report/quantity.ts';
import { capitalize, senderName } from '../../report/summary.ts';
import { FlowMapChart } from '../charts/flow-map-chart.tsx';
import type { MapWeight } from '../charts/flow-map-layout.ts';
import { analysisService, generation } from '../store/analysis-store.ts';
import { parseFilter, setTerms } from '../store/flow-filter.ts';
import { fragment } from '../store/fragment.ts';
import { shownSpan } from '../store/shown-span.ts';
import { ChartFrame } from './chart-frame.tsx';
import { flowTitle } from './flow-text.ts';
import { toggleMember } from './member-label.tsx';

/** More are too narrow to be drawn alone. */
const NAMED = 600;
/** Rows of the figures as a table. */
const TABLED = 200;

export function FlowMapPanel({ lag }: { lag: Lag }) {
  const [weight, setWeight] = useState<MapWeight>('bytes');
  const { terms } = parseFilter(fragment.where.value);
  const side = terms.find(({ field }) => field === 'side')?.value ?? (fragment.map.value === 'b' ? 'b' : 'a');
  const from = side === 'b' ? 'b' : 'a';
  const map = useFlowMap(lag.id, from);
  if (!map || fragment.map.value === 'off') return null;
  const epochs = lag.directions.find((direction) => direction.from === from)?.epochs.length ?? 0;
  const bucketTerm = terms.find(({ field }) => field === 'bucket');
  const flows = map.buckets.reduce((sum, bucket) => sum + bucket.flows, 0);
  const memberNames = lag.members.map(({ name }) => name);
  const kind = map.kind === 'bucket' ? 'bucket' : 'index';
  const toBucket = (bucket: number): void => {
    const value = bucketTerm?.value === String(bucket) ? null : String(bucket);
    fragment.where.value = setTerms(fragment.where.peek(), { side: value === null ? null : from, bucket: value });
    if (value === null) fragment.map.value = from === 'b' ? 'b' : '';
  };
  return (
    <ChartFrame
      title={map.kind === 'bucket' ? 'Flow, bucket, member' : 'Flow, index, member'}
      aside={
        <span class="map-aside">
          {lag.directions.map((direction) => (
            <button
              key={direction.from}
              type="button"
              class="button small"
              aria-pressed={direction.from === from}
              title={`${capitalize(senderName(lag, direction.from))} sends`}
              onClick={() => {
                fragment.map.value = direction.from === 'b' ? 'b' : '';
                fragment.where.value = setTerms(fragment.where.peek(), { side: null, bucket: null });
              }}
              data-testid={`map-${direction.from}`}
            >
              {direction.from}→{direction.to}
            </button>
          ))}
          {(['bytes', 'flows'] as const).map((choice) => (
            <button key={choice} type="button" class="button small" aria-pressed={weight === choice} onClick={() => setWeight(choice)}>
              by {choice}
            </button>
          ))}
          <span class="muted">
            {countNoun(flows, 'flow')} in{' '}
            {map.kind === 'bucket' ? countNoun(map.buckets.length, 'bucket') : countNoun(map.buckets.length, 'index', 'indices')}
            {map.kind === 'index' && epochs > 1 && ' · members as in the longest epoch: flows of others may lie elsewhere'}
            {map.unplaced.flows > 0 &&
              ` · ${countNoun(map.unplaced.flows, 'flow')} that no policy places (${formatBytes(map.unplaced.bytes)})`}
          </span>
        </span>
      }
      tools={
        <button type="button" class="button quiet small" onClick={() => (fragment.map.value = 'off')} data-testid="map-hide">
          Hide
        </button>
      }
      table={() => mapTable(map, kind)}
      testId="panel-flow-map"
    >
      {flows === 0 ? (
        <p class="muted">
          {map.kind === null ? 'No policy is known that places what this side sends.' : 'No flow of this filter is placed by the policy.'}
        </p>
      ) : (
        <FlowMapChart
          map={map}
          memberNames={memberNames}
          weight={weight}
          chosenMember={fragment.member.value}
          chosenBucket={
            bucketTerm && map.buckets.some(({ bucket }) => String(bucket) === bucketTerm.value) ? Number(bucketTerm.value) : null
          }
          chosenFlow={fragment.flow.value}
          label={`${countNoun(flows, 'flow')} of side ${from} by ${kind} and member: ${memberNames.map((name) => `${name} ${formatCount(map.buckets.filter((bucket) => bucket.member === name).length)} ${kind === 'bucket' ? 'buckets' : 'indices'}`).join(', ')}`}
          onMember={toggleMember}
          onBucket={toBucket}
          onFlow={(id) => (fragment.flow.value = fragment.flow.peek() === id ? '' : id)}
        />
      )}
    </ChartFrame>
  );
}

function useFlowMap(lagId: string, from: 'a' | 'b'): FlowMap | null {
  const [answer, setAnswer] = useState<FlowMap | null>(null);
  const where = fragment.where.value;
  const span = shownSpan.value;
  const shown = fragment.map.value !== 'off';
  // The map stays whole when a bucket or member is chosen in it.
  const terms = parseFilter(where).terms.filter(({ field }) => field !== 'bucket' && field !== 'member' && field !== 'side');
  const key = `${generation.value} ${lagId} ${from} ${JSON.stringify(terms)} ${span?.fromTime ?? ''} ${span?.toTime ?? ''} ${shown}`;
  useEffect(() => {
    if (!shown) return undefined;
    let waiting = true;
    const query = { where: terms, sort: '-bytes', ...(span ? { span: { fromTime: span.fromTime, toTime: span.toTime } } : {}) };
    void analysisService()
      .flowMap(lagId, from, query, NAMED)
      .then((map) => waiting && setAnswer(map));
    return () => {
      waiting = false;
    };
  }, [key]);
  return answer;
}

function mapTable(map: FlowMap, kind: string) {
  return {
    head: ['Flow', capitalize(kind), 'Predicted', 'Observed', 'Bytes'],
    rows: map.buckets
      .flatMap((bucket) => bucket.named.map((named) => ({ ...named, bucket })))
      .sort((first, second) => second.bytes - first.bytes)
      .slice(0, TABLED)
      .map(({ flow, bytes, bucket }) => [
        flowTitle(flow),
        String(bucket.bucket),
        bucket.member ?? 'unknown',
        flow.observed ?? '–',
        formatBytes(bytes),
      ]),
  };
}
