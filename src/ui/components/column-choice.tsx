/** Which columns the list of flows has. */
import { useState } from 'preact/hooks';
import { fragment } from '../store/fragment.ts';
import { FLOW_COLUMNS, shownColumns, toggleColumn } from './flow-columns.tsx';

export function ColumnChoice() {
  const [open, setOpen] = useState(false);
  const shown = shownColumns();
  return (
    <>
      <button type="button" class="button quiet small" aria-expanded={open} onClick={() => setOpen(!open)} data-testid="columns">
        Columns
      </button>
      {open && (
        <div class="column-choice panel" role="group" aria-label="Columns">
          {FLOW_COLUMNS.map(({ id, title }) => (
            <label key={id} class="check">
              <input
                type="checkbox"
                checked={shown.some((column) => column.id === id)}
                onChange={() => toggleColumn(id)}
                data-testid={`column-${id}`}
              />
              {title}
            </label>
          ))}
          {fragment.cols.value !== '' && (
            <button type="button" class="button small" onClick={() => (fragment.cols.value = '')}>
              The usual ones
            </button>
          )}
        </div>
      )}
    </>
  );
}
