/** The virtual table of flows: rows of equal height, paged from the worker. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Flow } from '../../report/document.ts';
import { formatFlowDetail, formatFlowEnds } from '../../report/format-flow.ts';
import { REASON_TEXTS } from '../../report/format-terms.ts';
import { clockTime, secondsBetween } from '../../report/iso-time.ts';
import { formatBytes, formatCount, formatDuration } from '../../report/quantity.ts';
import { DEFAULT_SORT, flowAt, flowTotal, pagesVersion } from '../store/flow-pages.ts';
import { fragment } from '../store/fragment.ts';
import { predictedMember, VERDICT_MARKS } from './flow-text.ts';
import { memberColor, memberIndex, MemberLabel } from './member-label.tsx';
import { useVirtualRows } from './use-virtual-rows.ts';

const ROW_HEIGHT = 28;
const HEAD_HEIGHT = 32;

interface Column {
  readonly title: string;
  /** Key of FLOW_SORT_FIELDS. */
  readonly sort?: string;
  /** Sorts descending first. */
  readonly falling?: boolean;
  readonly width: string;
  readonly number?: boolean;
  cell(flow: Flow): ComponentChildren;
}

const COLUMNS: readonly Column[] = [
  { title: 'Way', width: '44px', cell: (flow) => (flow.from ? `${flow.from}→${flow.to}` : '–') },
  { title: 'Source', sort: 'src', width: 'minmax(150px, 1.4fr)', cell: (flow) => <span class="mono">{formatFlowEnds(flow).src}</span> },
  {
    title: 'Destination',
    sort: 'dst',
    width: 'minmax(150px, 1.4fr)',
    cell: (flow) => <span class="mono">{formatFlowEnds(flow).dst}</span>,
  },
  { title: 'Protocol', sort: 'protocol', width: 'minmax(90px, 1fr)', cell: (flow) => <ProtocolCell flow={flow} /> },
  { title: 'VLAN', width: '58px', cell: (flow) => flow.vlans.join('.') || <span class="muted">–</span> },
  { title: 'Observed', sort: 'observed', width: 'minmax(92px, 0.8fr)', cell: (flow) => <ObservedCell flow={flow} /> },
  { title: 'Predicted', width: 'minmax(84px, 0.7fr)', cell: (flow) => <MemberLabel name={predictedMember(flow)} /> },
  { title: 'Verdict', sort: 'verdict', width: '104px', cell: (flow) => <VerdictCell flow={flow} /> },
  { title: 'Reason', width: 'minmax(104px, 0.8fr)', cell: (flow) => <ReasonCell flow={flow} /> },
  { title: 'Bytes', sort: 'bytes', falling: true, width: '82px', number: true, cell: (flow) => formatBytes(flow.bytes) },
  { title: 'Frames', sort: 'packets', falling: true, width: '76px', number: true, cell: (flow) => formatCount(flow.packets) },
  { title: 'First (UTC)', sort: 'firstTime', width: '100px', number: true, cell: (flow) => clockTime(flow.firstTime) },
  {
    title: 'Lasts',
    sort: 'duration',
    falling: true,
    width: '76px',
    number: true,
    cell: (flow) => formatDuration(secondsBetween(flow.firstTime, flow.lastTime)),
  },
];
const TEMPLATE = COLUMNS.map((column) => column.width).join(' ');

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

function VerdictCell({ flow }: { flow: Flow }) {
  return (
    <span class={`verdict ${flow.verdict}`}>
      {VERDICT_MARKS[flow.verdict]} {flow.verdict}
    </span>
  );
}

function ReasonCell({ flow: { reason } }: { flow: Flow }) {
  if (!reason) return <span class="muted">–</span>;
  return <span title={REASON_TEXTS[reason]}>{reason}</span>;
}

export function FlowTable() {
  const count = flowTotal.value ?? 0;
  void pagesVersion.value;
  const { element, height, rows, scrollTo } = useVirtualRows(count, ROW_HEIGHT, HEAD_HEIGHT);
  const [cursor, setCursor] = useState(0);
  const order = `${fragment.where.value}\n${fragment.sort.value}`;
  useEffect(() => {
    setCursor(0);
    element.current?.scrollTo({ top: 0 });
  }, [order]);

  const move = (to: number): void => {
    const next = Math.max(0, Math.min(count - 1, to));
    setCursor(next);
    scrollTo(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((element.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -count, End: count };
    if (event.key in steps) move(cursor + steps[event.key]);
    else if (event.key === 'Enter' || event.key === ' ') open(cursor);
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={element}
      class="flow-table"
      role="grid"
      tabIndex={0}
      aria-label="Flows"
      aria-rowcount={count + 1}
      aria-activedescendant={count > 0 ? `flow-row-${cursor}` : undefined}
      onKeyDown={onKeyDown}
      data-testid="flow-table"
    >
      <div class="flow-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: TEMPLATE }}>
        {COLUMNS.map((column) => (
          <HeadCell key={column.title} column={column} />
        ))}
      </div>
      <div class="flow-body" style={{ height: `${height}px` }}>
        {rows.map(({ index, top }) => (
          <FlowRow key={index} index={index} top={top} cursor={index === cursor} onOpen={() => setCursor(index)} />
        ))}
      </div>
      {flowTotal.value === 0 && <p class="flow-none">No flow fits this filter.</p>}
    </div>
  );
}

function open(index: number): void {
  const flow = flowAt(index);
  if (flow) fragment.flow.value = fragment.flow.peek() === flow.id ? '' : flow.id;
}

function HeadCell({ column }: { column: Column }) {
  const sort = fragment.sort.value || DEFAULT_SORT;
  const field = sort.replace(/^-/, '');
  const active = column.sort !== undefined && field === column.sort;
  const falling = sort.startsWith('-');
  const className = column.number ? 'cell number' : 'cell';
  if (!column.sort) {
    return (
      <div class={className} role="columnheader">
        {column.title}
      </div>
    );
  }
  const next = active ? (falling ? column.sort : `-${column.sort}`) : column.falling ? `-${column.sort}` : column.sort;
  return (
    <div class={className} role="columnheader" aria-sort={active ? (falling ? 'descending' : 'ascending') : 'none'}>
      <button
        type="button"
        class="sort"
        onClick={() => (fragment.sort.value = next === DEFAULT_SORT ? '' : next)}
        data-testid={`sort-${column.sort}`}
      >
        {column.title}
        <span aria-hidden="true">{active ? (falling ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </div>
  );
}

function FlowRow({ index, top, cursor, onOpen }: { index: number; top: number; cursor: boolean; onOpen: () => void }) {
  const flow = flowAt(index);
  const style = { transform: `translateY(${top}px)`, gridTemplateColumns: TEMPLATE };
  if (!flow) {
    return (
      <div class="flow-row" id={`flow-row-${index}`} role="row" aria-rowindex={index + 2} style={style}>
        <div class="cell muted" role="gridcell">
          …
        </div>
      </div>
    );
  }
  const chosen = fragment.flow.value === flow.id;
  const marked = fragment.member.value;
  const faded = marked !== '' && !flow.members.some((member) => member.name === marked);
  return (
    <div
      class={`flow-row${chosen ? ' chosen' : ''}${cursor ? ' cursor' : ''}${faded ? ' faded' : ''}`}
      id={`flow-row-${index}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      style={{ ...style, '--swatch': memberColor(memberIndex(flow.observed)) }}
      onClick={() => {
        onOpen();
        open(index);
      }}
      data-testid="flow-row"
      data-flow={flow.id}
    >
      {COLUMNS.map((column) => (
        <div key={column.title} class={column.number ? 'cell number' : 'cell'} role="gridcell">
          {column.cell(flow)}
        </div>
      ))}
    </div>
  );
}
