/** The ledger: every flow, the member it used and the one its sender's policy says. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Verdict } from '../../report/document.ts';
import { countNoun } from '../../report/quantity.ts';
import { senderName } from '../../report/summary.ts';
import { ColumnChoice } from '../components/column-choice.tsx';
import { FlowExport } from '../components/flow-export.tsx';
import { FlowMapPanel } from '../components/flow-map-panel.tsx';
import { FlowTable } from '../components/flow-table.tsx';
import { VERDICT_MARKS } from '../components/flow-text.ts';
import { Swatch, memberIndex } from '../components/member-label.tsx';
import { lag } from '../store/analysis-store.ts';
import { hasTerm, parseFilter, toggleTerm } from '../store/flow-filter.ts';
import { connectFlowPages, flowTotal } from '../store/flow-pages.ts';
import { fragment } from '../store/fragment.ts';
import { filterAsked } from '../store/shown-panels.ts';
import type { PageView } from './page-view.ts';

export const flowsView: PageView = { id: 'flows', title: 'Flows', key: '2', render: () => <FlowsView /> };

function FlowsView() {
  useEffect(connectFlowPages, []);
  const total = flowTotal.value;
  return (
    <div class="flows">
      <FilterBar />
      <div class="flow-line">
        <p class="muted" role="status" data-testid="flow-total">
          {total === null ? 'Asking for the flows' : countNoun(total, 'flow')}
          {fragment.where.value && total !== null ? ' of this filter' : ''}
        </p>
        <span class="flow-tools">
          {fragment.map.value === 'off' && (
            <button type="button" class="button quiet small" onClick={() => (fragment.map.value = '')} data-testid="map-show">
              Map
            </button>
          )}
          <ColumnChoice />
          <FlowExport />
        </span>
      </div>
      {/* One child, so that the rows of the grid stay as they are while the map is away. */}
      <div>{lag.value && <FlowMapPanel lag={lag.value} />}</div>
      <FlowTable />
    </div>
  );
}

const VERDICTS: readonly Verdict[] = ['match', 'mismatch', 'moved', 'unpredicted', 'control'];

function FilterBar() {
  const input = useRef<HTMLInputElement>(null);
  const asked = filterAsked.value;
  useEffect(() => {
    if (asked > 0) input.current?.select();
  }, [asked]);
  const where = fragment.where.value;
  const { trouble } = parseFilter(where);
  const current = lag.value;
  return (
    <div class="filter">
      <div class="filter-line">
        <label class="filter-box">
          <span>Filter</span>
          <input
            ref={input}
            class="field mono"
            value={where}
            spellcheck={false}
            autocomplete="off"
            placeholder="ip=10.0.0.0/8,port=443,verdict=mismatch"
            aria-invalid={trouble !== null}
            aria-describedby="filter-trouble"
            data-testid="filter"
            onInput={(event) => (fragment.where.value = event.currentTarget.value)}
          />
        </label>
        {where && (
          <button type="button" class="button small" onClick={() => (fragment.where.value = '')}>
            Clear
          </button>
        )}
      </div>
      <p id="filter-trouble" class={trouble ? 'text-error' : 'visually-hidden'} role="status">
        {trouble ?? ''}
      </p>
      <div class="facets">
        <Facet title="Verdict">
          {VERDICTS.map((verdict) => (
            <FacetButton key={verdict} field="verdict" value={verdict}>
              {VERDICT_MARKS[verdict]} {verdict}
            </FacetButton>
          ))}
        </Facet>
        {current && (
          <Facet title="Sender">
            {current.directions.map((direction) => (
              <FacetButton key={direction.from} field="side" value={direction.from}>
                {senderName(current, direction.from)} ({direction.from}→{direction.to})
              </FacetButton>
            ))}
          </Facet>
        )}
        {current && (
          <Facet title="Member">
            {current.members.map(({ name }) => (
              <FacetButton key={name} field="member" value={name}>
                <Swatch index={memberIndex(name)} />
                {name}
              </FacetButton>
            ))}
          </Facet>
        )}
      </div>
    </div>
  );
}

function Facet(props: { title: string; children: ComponentChildren }) {
  return (
    <div class="facet" role="group" aria-label={props.title}>
      <span class="muted">{props.title}</span>
      {props.children}
    </div>
  );
}

function FacetButton(props: { field: 'verdict' | 'side' | 'member'; value: string; children: ComponentChildren }) {
  const pressed = hasTerm(fragment.where.value, props.field, props.value);
  return (
    <button
      type="button"
      class="button small"
      aria-pressed={pressed}
      onClick={() => (fragment.where.value = toggleTerm(fragment.where.peek(), props.field, props.value))}
    >
      {props.children}
    </button>
  );
}
