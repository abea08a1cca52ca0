/** The flow list, asked of the worker as it comes into view. The page holds some thousand flows at most. */
import { effect, signal } from '@preact/signals';
import type { Flow } from '../../report/document.ts';
import type { FlowBeside, FlowQuery } from '../../pipeline/flows-analysis.ts';
import { analysisService, generation, lag } from './analysis-store.ts';
import { parseFilter } from './flow-filter.ts';
import { fragment } from './fragment.ts';
import { shownSpan } from './shown-span.ts';

/** Rows of a page: what is asked for at once are as many pages as are in view. */
const PAGE_ROWS = 32;
const PAGES_KEPT = 160;
export const DEFAULT_SORT = '-bytes';

/** A flow of the list and what stands beside it. */
export interface FlowEntry {
  readonly flow: Flow;
  readonly beside: FlowBeside | null;
}

/** Flows the filter selects; null until the worker answered. */
export const flowTotal = signal<number | null>(null);
/** Grows when pages arrived. */
export const pagesVersion = signal(0);

/** Steps of a flow's load in the list. */
const LOAD_STEPS = 32;

let pages = new Map<number, readonly FlowEntry[]>();
/** Pages in view, the last one included. */
let view = { from: 0, to: 0 };
/** One question at a time: of a list that scrolls fast only what is in view when the worker has time is asked for. */
let asking = false;
let query: FlowQuery = { where: [], sort: DEFAULT_SORT };
let lagId = '';
let epoch = 0;

/** Follows filter, sort and LAG: a change throws the pages away and asks for the first one. */
export function connectFlowPages(): () => void {
  return effect(() => {
    void generation.value;
    const span = shownSpan.value && { fromTime: shownSpan.value.fromTime, toTime: shownSpan.value.toTime };
    lagId = lag.value?.id ?? '';
    query = { where: parseFilter(fragment.where.value).terms, sort: fragment.sort.value || DEFAULT_SORT, ...(span ? { span } : {}) };
    epoch++;
    pages = new Map();
    view = { from: 0, to: 0 };
    void askForView();
  });
}

/** Filter and order of the list. */
export function flowQuery(): FlowQuery {
  return query;
}

/** The i-th flow of the list, or undefined while it is on its way. */
export function flowAt(index: number): FlowEntry | undefined {
  return pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
}

/** Says which flows of the list are in view, and asks for those that are not there. */
export function showFlows(first: number, last: number): void {
  view = { from: Math.floor(first / PAGE_ROWS), to: Math.floor(last / PAGE_ROWS) };
  void askForView();
}

async function askForView(): Promise<void> {
  let { from, to } = view;
  while (from <= to && pages.has(from)) from++;
  while (to > from && pages.has(to)) to--;
  if (asking || lagId === '' || from > to) return;
  const mine = epoch;
  asking = true;
  try {
    const answer = await analysisService().flows(lagId, query, from * PAGE_ROWS, (to + 1 - from) * PAGE_ROWS, LOAD_STEPS);
    if (mine === epoch) keep(from, to, answer);
  } finally {
    asking = false;
  }
  void askForView();
}

function keep(from: number, to: number, { total, flows, beside }: Awaited<ReturnType<ReturnType<typeof analysisService>['flows']>>): void {
  const entries = flows.map((flow, i) => ({ flow, beside: beside?.[i] ?? null }));
  for (let page = from; page <= to; page++) pages.set(page, entries.slice((page - from) * PAGE_ROWS, (page + 1 - from) * PAGE_ROWS));
  flowTotal.value = total;
  while (pages.size > PAGES_KEPT) dropFarthest(from);
  pagesVersion.value++;
}

function dropFarthest(from: number): void {
  let farthest = from;
  for (const page of pages.keys()) if (Math.abs(page - from) > Math.abs(farthest - from)) farthest = page;
  pages.delete(farthest);
}
