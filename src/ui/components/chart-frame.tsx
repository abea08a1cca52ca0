import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

export interface ChartTable {
  readonly head: readonly string[];
  /** Cells as text; the first column is the row's name. */
  readonly rows: readonly (readonly string[])[];
}

/** A chart with its title and, on demand, the same figures as a table. */
export function ChartFrame(props: {
  title: ComponentChildren;
  aside?: ComponentChildren;
  table: () => ChartTable;
  testId?: string;
  children: ComponentChildren;
}) {
  const [asTable, setAsTable] = useState(false);
  return (
    <section class="panel" data-testid={props.testId}>
      <div class="panel-head">
        <h2>{props.title}</h2>
        {props.aside}
        <button type="button" class="button quiet small end" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? 'Show as chart' : 'Show as table'}
        </button>
      </div>
      {asTable ? <FigureTable table={props.table()} /> : props.children}
    </section>
  );
}

function FigureTable({ table }: { table: ChartTable }) {
  return (
    <div class="scroll-x">
      <table class="plain">
        <thead>
          <tr>
            {table.head.map((title, i) => (
              <th key={title} scope="col" class={i === 0 ? '' : 'number'}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, r) => (
            <tr key={r}>
              {row.map((cell, i) => (
                <td key={i} class={i === 0 ? '' : 'number'}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
