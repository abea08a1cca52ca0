/** The views of the page. A new view is one file here and one line below. */
import { flowsView } from './flows-view.tsx';
import { hashView } from './hash-view.tsx';
import { lacpView } from './lacp-view.tsx';
import { overviewView } from './overview-view.tsx';
import { planPageView } from './plan-view.tsx';
import type { PageView } from './page-view.ts';
import { timeView } from './time-view.tsx';

export const PAGE_VIEWS: readonly PageView[] = [overviewView, flowsView, timeView, lacpView, planPageView, hashView];
