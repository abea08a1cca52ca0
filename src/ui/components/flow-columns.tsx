/** The columns of the list of flows; which of them are shown, and in which order, is the reader's choice. */
import { computed } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { FlowBeside } from '../../pipeline/flows-analysis.ts';
import type { Flow } from '../../report/document.ts';
import { formatFlowDetail, formatFlowEnds, predictedMember } from '../../report/format-flow.ts';
import { REASON_TEXTS } from '../../report/format-terms.ts';
import { clockTime, secondsBetween } from '../../report/iso-time.ts';
import { formatBytes, formatCount, formatDuration } from '../../report/quantity.ts';
import { Sparkline } from '../charts/sparkline.tsx';
import { fragment } from '../store/fragment.ts';
import { VERDICT_MARKS } from './flow-text.ts';
import { memberColor, memberIndex, MemberLabel } from './member-label.tsx';

/** A flow of the list, and what stands beside it once it is there. */
export interface ListedFlow {
  readonly flow: Flow;
  readonly beside: FlowBeside | null;
  /** A range of time is on view: figures are of that range. */
  readonly isPart: boolean;
}

export interface FlowColumn {
  readonly id: string;
  readonly title: string;
  /** Key of FLOW_SORT_FIELDS. */
  readonly sort?: string;
  /** Sorts descending first. */
  readonly falling?: boolean;
  /** Least width in pixels, and how much of what is left it takes. */
  readonly width: number;
  readonly share?: number;
  readonly number?: boolean;
  /** May be longer than its column: cut off there. Cutting costs at every cell, so the others go without. */
  readonly cut?: boolean;
  /** Not shown unless asked for. */
  readonly extra?: boolean;
  cell(listed: ListedFlow): ComponentChildren;
}

const NONE = <span class="muted">–</span>;

export const FLOW_COLUMNS: readonly FlowColumn[] = [
  { id: 'id', title: 'Flow', sort: 'id', width: 62, extra: true, cell: ({ flow }) => <span class="mono">{flow.id}</span> },
  { id: 'way', title: 'Way', sort: 'from', width: 40, cell: ({ flow }) => (flow.from ? `${flow.from}→${flow.to}` : '–') },
  {
    id: 'src',
    title: 'Source',
    sort: 'src',
    width: 144,
    share: 1.6,
    cut: true,
    cell: ({ flow }) => <EndCell text={formatFlowEnds(flow).src} port={flow.srcPort} />,
  },
  {
    id: 'dst',
    title: 'Destination',
    sort: 'dst',
    width: 144,
    share: 1.6,
    cut: true,
    cell: ({ flow }) => <EndCell text={formatFlowEnds(flow).dst} port={flow.dstPort} />,
  },
  {
    id: 'srcMac',
    title: 'Source MAC',
    sort: 'srcMac',
    width: 132,
    extra: true,
    cell: ({ flow }) => <span class="mono">{flow.srcMac}</span>,
  },
  {
    id: 'dstMac',
    title: 'Destination MAC',
    sort: 'dstMac',
    width: 132,
    extra: true,
    cell: ({ flow }) => <span class="mono">{flow.dstMac ?? '–'}</span>,
  },
  { id: 'etherType', title: 'EtherType', width: 76, extra: true, cell: ({ flow }) => <span class="mono">{flow.etherType}</span> },
  { id: 'protocol', title: 'Protocol', sort: 'protocol', width: 80, share: 1, cut: true, cell: ({ flow }) => <ProtocolCell flow={flow} /> },
  { id: 'vlan', title: 'VLAN', sort: 'vlan', width: 48, cut: true, cell: ({ flow }) => flow.vlans.join('.') || NONE },
  {
    id: 'observed',
    title: 'Observed',
    sort: 'observed',
    width: 88,
    share: 0.8,
    cut: true,
    cell: ({ flow }) => <ObservedCell flow={flow} />,
  },
  {
    id: 'predicted',
    title: 'Predicted',
    sort: 'predicted',
    width: 78,
    share: 0.7,
    cut: true,
    cell: ({ flow }) => <MemberLabel name={predictedMember(flow)} />,
  },
  { id: 'back', title: 'Way back', width: 82, share: 0.8, cut: true, cell: ({ beside }) => <BackCell reverse={beside?.reverse ?? null} /> },
  {
    id: 'bucket',
    title: 'Bucket',
    sort: 'bucket',
    width: 58,
    number: true,
    extra: true,
    cell: ({ flow }) => flow.bucket ?? flow.predicted?.bucket ?? NONE,
  },
  { id: 'hash', title: 'Hash', width: 88, extra: true, cell: ({ flow }) => <span class="mono">{flow.predicted?.hash ?? '–'}</span> },
  { id: 'verdict', title: 'Verdict', sort: 'verdict', width: 100, cell: ({ flow }) => <VerdictCell flow={flow} /> },
  { id: 'reason', title: 'Reason', sort: 'reason', width: 92, share: 0.8, cut: true, cell: ({ flow }) => <ReasonCell flow={flow} /> },
  { id: 'bytes', title: 'Bytes', sort: 'bytes', falling: true, width: 72, number: true, cell: bytesCell },
  { id: 'packets', title: 'Frames', sort: 'packets', falling: true, width: 60, number: true, cell: packetsCell },
  {
    id: 'load',
    title: 'In time',
    width: 88,
    cell: ({ flow, beside }) => beside && <Sparkline values={beside.load} color={memberColor(memberIndex(flow.observed))} />,
  },
  { id: 'first', title: 'First (UTC)', sort: 'firstTime', width: 92, number: true, cell: ({ flow }) => clockTime(flow.firstTime) },
  { id: 'last', title: 'Last (UTC)', sort: 'lastTime', width: 92, number: true, extra: true, cell: ({ flow }) => clockTime(flow.lastTime) },
  {
    id: 'lasts',
    title: 'Lasts',
    sort: 'duration',
    falling: true,
    width: 66,
    number: true,
    extra: true,
    cell: ({ flow }) => formatDuration(secondsBetween(flow.firstTime, flow.lastTime)),
  },
];

/** The columns of the fragment in their order there; without any, the usual ones. */
const shown = computed<readonly FlowColumn[]>(() => {
  const ids = fragment.cols.value.split(',').filter(Boolean);
  const chosen = ids.flatMap((id) => FLOW_COLUMNS.find((column) => column.id === id) ?? []);
  return chosen.length > 0 ? chosen : FLOW_COLUMNS.filter((column) => column.extra !== true);
});

/** The same array as long as the choice is the same. */
export function shownColumns(): readonly FlowColumn[] {
  return shown.value;
}

/** Shows or hides a column, in its usual place; what is usual leaves no trace in the fragment. */
export function toggleColumn(id: string): void {
  const ids = new Set(shownColumns().map((column) => column.id));
  if (!ids.delete(id)) ids.add(id);
  const next = FLOW_COLUMNS.filter((column) => ids.has(column.id));
  const usual = FLOW_COLUMNS.every((column) => ids.has(column.id) === (column.extra !== true));
  fragment.cols.value = usual || next.length === 0 ? '' : next.map((column) => column.id).join(',');
}

function bytesCell({ flow, beside, isPart }: ListedFlow) {
  if (!isPart) return formatBytes(flow.bytes);
  return beside ? formatBytes(beside.bytes) : '…';
}

function packetsCell({ flow, beside, isPart }: ListedFlow) {
  if (!isPart) return formatCount(flow.packets);
  return beside ? formatCount(beside.packets) : '…';
}

/** An end of a flow. Of one that may be too long for its column the address is cut, not the port. */
function EndCell({ text, port }: { text: string; port: number | null }) {
  if (port === null || text.length <= 18) return <span class="mono">{text}</span>;
  const tail = `:${port}`;
  return (
    <span class="mono end" title={text}>
      <span class="address">{text.slice(0, -tail.length)}</span>
      {tail}
    </span>
  );
}

function ProtocolCell({ flow }: { flow: Flow }) {
  const detail = formatFlowDetail({ ...flow, vlans: [] });
  return (
    <span title={detail}>
      {formatFlowEnds(flow).protocol}
      {detail && <span class="muted"> {detail}</span>}
    </span>
  );
}

function ObservedCell({ flow }: { flow: Flow }) {
  return (
    <>
      <MemberLabel name={flow.observed} />
      {flow.members.length > 1 && <span class="muted"> +{flow.members.length - 1}</span>}
    </>
  );
}

/** The member of the flow back, and the one its own sender's policy says where that is another. */
function BackCell({ reverse }: { reverse: FlowBeside['reverse'] }) {
  if (reverse === null) return NONE;
  const { predicted } = reverse;
  const words = predicted === null ? 'not predicted' : predicted === reverse.observed ? 'as predicted' : `predicted ${predicted}`;
  return (
    <span title={`flow ${reverse.id} on ${reverse.observed ?? 'no member'}, ${words}`}>
      <MemberLabel name={reverse.observed} />
      {predicted !== null && predicted !== reverse.observed && <span class="text-error"> ✗</span>}
    </span>
  );
}

function VerdictCell({ flow }: { flow: Flow }) {
  return (
    <span class={`verdict ${flow.verdict}`}>
      {VERDICT_MARKS[flow.verdict]} {flow.verdict}
    </span>
  );
}

function ReasonCell({ flow: { reason } }: { flow: Flow }) {
  return reason ? <span title={REASON_TEXTS[reason]}>{reason}</span> : NONE;
}
