/** Pages of the flow list, asked of the worker as they come into view. The page holds some thousand flows at most. */
import { effect, signal } from '@preact/signals';
import type { Flow } from '../../report/document.ts';
import type { FlowBeside, FlowQuery } from '../../pipeline/flows-analysis.ts';
import { analysisService, generation, lag } from './analysis-store.ts';
import { parseFilter } from './flow-filter.ts';
import { fragment } from './fragment.ts';
import { shownSpan } from './shown-span.ts';

const PAGE_ROWS = 128;
const PAGES_KEPT = 40;
export const DEFAULT_SORT = '-bytes';

/** Flows the filter selects; null until the worker answered. */
export const flowTotal = signal<number | null>(null);
/** Grows when a page arrived. */
export const pagesVersion = signal(0);

/** Steps of a flow's load in the list. */
const LOAD_STEPS = 32;

let pages = new Map<number, readonly Flow[]>();
let besides = new Map<number, readonly (FlowBeside | null)[]>();
let asked = new Set<number>();
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
    besides = new Map();
    asked = new Set();
    if (lagId !== '') void fetchPage(0);
  });
}

/** Filter and order of the list. */
export function flowQuery(): FlowQuery {
  return query;
}

/** The i-th flow of the list, or undefined while it is on its way (then its page is asked for). */
export function flowAt(index: number): Flow | undefined {
  const page = Math.floor(index / PAGE_ROWS);
  const rows = pages.get(page);
  if (rows) return rows[index % PAGE_ROWS];
  void fetchPage(page);
  return undefined;
}

/** What stands beside the i-th flow; null while it is on its way. */
export function besideAt(index: number): FlowBeside | null {
  return besides.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS] ?? null;
}

async function fetchPage(page: number): Promise<void> {
  if (asked.has(page)) return;
  asked.add(page);
  const mine = epoch;
  const answer = await analysisService().flows(lagId, query, page * PAGE_ROWS, PAGE_ROWS);
  if (mine !== epoch) return;
  pages.set(page, answer.flows);
  flowTotal.value = answer.total;
  if (pages.size > PAGES_KEPT) dropFarthest(page);
  pagesVersion.value++;
  const beside = await analysisService().flowsBeside(
    lagId,
    answer.flows.map((flow) => flow.id),
    LOAD_STEPS,
    query.span,
  );
  if (mine !== epoch || !pages.has(page)) return;
  besides.set(page, beside);
  pagesVersion.value++;
}

function dropFarthest(from: number): void {
  let farthest = from;
  for (const page of pages.keys()) if (Math.abs(page - from) > Math.abs(farthest - from)) farthest = page;
  pages.delete(farthest);
  besides.delete(farthest);
  asked.delete(farthest);
}
