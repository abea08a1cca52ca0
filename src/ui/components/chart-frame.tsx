import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { saveChart } from '../charts/save-chart.ts';

export interface ChartTable {
  readonly head: readonly string[];
  /** Cells as text; the first column is the row's name. */
  readonly rows: readonly (readonly string[])[];
}

/** A chart with its title and, on demand, the same figures as a table. */
export function ChartFrame(props: {
  title: ComponentChildren;
  aside?: ComponentChildren;
  /** Buttons before those that every chart has. */
  tools?: ComponentChildren;
  table: () => ChartTable;
  testId?: string;
  children: ComponentChildren;
}) {
  const [asTable, setAsTable] = useState(false);
  const panel = useRef<HTMLElement>(null);
  const save = (kind: 'svg' | 'png'): void => {
    const charts = [...(panel.current?.querySelectorAll('svg') ?? [])].filter((svg) => svg.parentElement?.closest('svg') === null);
    void saveChart(charts, panel.current?.querySelector('h2')?.textContent ?? 'chart', kind);
  };
  return (
    <section ref={panel} class="panel" data-testid={props.testId}>
      <div class="panel-head">
        <h2>{props.title}</h2>
        {props.aside}
        <span class="chart-tools end">
          {props.tools}
          {!asTable && (
            <>
              <button
                type="button"
                class="button quiet small"
                title="Save the chart as SVG"
                data-testid="save-svg"
                onClick={() => save('svg')}
              >
                SVG
              </button>
              <button
                type="button"
                class="button quiet small"
                title="Save the chart as PNG"
                data-testid="save-png"
                onClick={() => save('png')}
              >
                PNG
              </button>
            </>
          )}
          <button type="button" class="button quiet small" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {asTable ? 'Show as chart' : 'Show as table'}
          </button>
        </span>
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
