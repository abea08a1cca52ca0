/** The virtual table of flows: rows of equal height, paged from the worker. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { DEFAULT_SORT, flowAt, flowTotal, pagesVersion, showFlows, type FlowEntry } from '../store/flow-pages.ts';
import { fragment } from '../store/fragment.ts';
import { shownSpan } from '../store/shown-span.ts';
import { shownColumns, type FlowColumn } from './flow-columns.tsx';
import { memberColor, memberIndex } from './member-label.tsx';
import { useVirtualRows } from './use-virtual-rows.ts';

const ROW_HEIGHT = 28;
const HEAD_HEIGHT = 32;

/** Between two columns, and what the edges of a row take. */
const GAP = 12;
const EDGES = 26;

export function FlowTable() {
  const count = flowTotal.value ?? 0;
  const columns = shownColumns();
  const template = columns.map(({ width, share }) => (share ? `minmax(${width}px, ${share}fr)` : `${width}px`)).join(' ');
  const least = columns.reduce((sum, { width }) => sum + width + GAP, EDGES - GAP);
  void pagesVersion.value;
  const { element, height, boxTop, rows, scrollTo } = useVirtualRows(count, ROW_HEIGHT, HEAD_HEIGHT);
  useEffect(() => {
    if (rows.length > 0) showFlows(rows[0].index, rows[rows.length - 1].index);
  });
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
      <div class="flow-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template, minWidth: `${least}px` }}>
        {columns.map((column) => (
          <HeadCell key={column.id} column={column} />
        ))}
      </div>
      <div class="flow-body" style={{ height: `${height}px`, minWidth: `${least}px` }}>
        <div class="row-box" style={{ transform: `translateY(${boxTop}px)` }}>
          {rows.map(({ index, slot, top }) => (
            <FlowRow
              key={slot}
              index={index}
              entry={flowAt(index)}
              top={top}
              cursor={index === cursor}
              columns={columns}
              template={template}
              onCursor={setCursor}
            />
          ))}
        </div>
      </div>
      {flowTotal.value === 0 && <p class="flow-none">No flow fits this filter.</p>}
    </div>
  );
}

function open(index: number): void {
  const flow = flowAt(index)?.flow;
  if (flow) fragment.flow.value = fragment.flow.peek() === flow.id ? '' : flow.id;
}

function HeadCell({ column }: { column: FlowColumn }) {
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

/** Of values that stay the same while the list scrolls: a row whose values did not change is not drawn again. */
interface FlowRowProps {
  index: number;
  /** Undefined while it is on its way. */
  entry: FlowEntry | undefined;
  top: number;
  cursor: boolean;
  columns: readonly FlowColumn[];
  template: string;
  onCursor: (index: number) => void;
}

function FlowRow({ index, entry, top, cursor, columns, template, onCursor }: FlowRowProps) {
  // A row that waits keeps the cells of the flow before, unseen: the next one is written into them.
  const drawn = useRef(entry);
  drawn.current = entry ?? drawn.current;
  const isPart = shownSpan.value !== null;
  const cells = useMemo(() => drawn.current && drawCells(drawn.current, columns, isPart), [drawn.current, columns, isPart]);
  const chosen = entry !== undefined && fragment.flow.value === entry.flow.id;
  const marked = fragment.member.value;
  const faded = marked !== '' && entry?.flow.members.some((member) => member.name === marked) === false;
  return (
    <div
      class={`flow-row${entry ? '' : ' waiting'}${chosen ? ' chosen' : ''}${cursor ? ' cursor' : ''}${faded ? ' faded' : ''}`}
      id={`flow-row-${index}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      aria-busy={entry ? undefined : true}
      style={{ top: `${top}px`, gridTemplateColumns: template, borderLeftColor: memberColor(memberIndex(entry?.flow.observed ?? null)) }}
      onClick={() => {
        onCursor(index);
        open(index);
      }}
      data-testid={entry ? 'flow-row' : undefined}
      data-flow={entry?.flow.id}
    >
      {cells}
    </div>
  );
}

function drawCells({ flow, beside }: FlowEntry, columns: readonly FlowColumn[], isPart: boolean) {
  return columns.map((column) => (
    <div key={column.id} class={column.cut ? 'cell' : column.number ? 'number' : undefined} role="gridcell">
      {column.cell({ flow, beside, isPart })}
    </div>
  ));
}
