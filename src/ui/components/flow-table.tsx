/** The virtual table of flows: rows of equal height, paged from the worker. */
import { useEffect, useState } from 'preact/hooks';
import { besideAt, DEFAULT_SORT, flowAt, flowTotal, pagesVersion } from '../store/flow-pages.ts';
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
          {rows.map(({ index, top }) => (
            <FlowRow
              key={index}
              index={index}
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
  const flow = flowAt(index);
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
  top: number;
  cursor: boolean;
  columns: readonly FlowColumn[];
  template: string;
  onCursor: (index: number) => void;
}

function FlowRow({ index, top, cursor, columns, template, onCursor }: FlowRowProps) {
  void pagesVersion.value;
  const flow = flowAt(index);
  const style = { transform: `translateY(${top}px)`, gridTemplateColumns: template };
  if (!flow) {
    return (
      <div class="flow-row" id={`flow-row-${index}`} role="row" aria-rowindex={index + 2} style={style}>
        <div class="cell muted" role="gridcell">
          …
        </div>
      </div>
    );
  }
  const listed = { flow, beside: besideAt(index), isPart: shownSpan.value !== null };
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
        onCursor(index);
        open(index);
      }}
      data-testid="flow-row"
      data-flow={flow.id}
    >
      {columns.map((column) => (
        <div key={column.id} class={column.number ? 'cell number' : 'cell'} role="gridcell">
          {column.cell(listed)}
        </div>
      ))}
    </div>
  );
}
