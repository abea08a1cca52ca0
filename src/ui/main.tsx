/** The page starts here: connects the worker, the fragment and the theme, then shows the app. */
import './theme/tokens.css';
import './theme/base.css';
import './theme/app.css';
import './theme/views.css';
import './theme/start.css';
import './theme/charts.css';
import './theme/flows.css';
import './theme/hash.css';
import './theme/plan.css';
import './theme/findings.css';
import './theme/lacp.css';
import './theme/policy.css';
import './theme/time.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { connectAnalysisService } from './service/connect-executor.ts';
import { connectExplorer } from './service/explorer-executor.ts';
import { connected, crash, useService } from './store/analysis-store.ts';
import { connectChosenFlow } from './store/chosen-flow.ts';
import { connectExplorerStore } from './store/explorer-store.ts';
import { connectFragment, fragment } from './store/fragment.ts';
import { connectLacp } from './store/lacp-store.ts';
import { connectPlanDetails } from './store/plan-detail-store.ts';
import { connectPlan } from './store/plan-store.ts';
import { keepPage, openReportBlock } from './store/report-block.ts';
import { openSample } from './store/samples.ts';
import { connectShownSpan } from './store/shown-span.ts';
import { openServed } from './store/served-files.ts';
import { connectTheme } from './store/theme-store.ts';

async function start(): Promise<void> {
  connectTheme();
  connectFragment();
  const onCrash = (message: string): void => void (crash.value = message);
  const explorer = connectExplorer(onCrash);
  // The page counts as ready when every worker runs: from then on it asks its server for nothing.
  const service = connectAnalysisService(() => void explorer.ready().then(() => (connected.value = true)), onCrash);
  useService(service);
  keepPage(service);
  connectExplorerStore(explorer);
  connectChosenFlow();
  connectPlan();
  connectPlanDetails();
  connectLacp();
  connectShownSpan();
  const root = document.getElementById('app');
  if (!root) return;
  root.replaceChildren();
  render(<App />, root);
  if (await openReportBlock(service)) return;
  if (fragment.serve.peek()) await openServed(fragment.serve.peek());
  else if (fragment.sample.peek()) await openSample(fragment.sample.peek());
}

void start();
