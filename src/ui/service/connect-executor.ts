/** The analysis worker, behind the interface of the service. Created once, when the page starts. */
import { proxy, wrap } from 'comlink';
import type { AnalysisService } from '../../pipeline/service.ts';

export function connectAnalysisService(onCrash: (message: string) => void): AnalysisService {
  const worker = new Worker(new URL('../../../workers/analysis.web.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    onCrash(event.message || 'the analysis worker could not be started');
  });
  const remote = wrap<AnalysisService>(worker);
  return {
    analyze: (files, options, onProgress) => remote.analyze(files, options, proxy(onProgress)),
    cancel: () => void remote.cancel(),
    flows: (lagId, query, offset, limit) => remote.flows(lagId, query, offset, limit),
    flow: (lagId, flowId) => remote.flow(lagId, flowId),
    load: (lagId, steps, flow) => remote.load(lagId, steps, flow),
    explain: (lagId, flowId) => remote.explain(lagId, flowId),
  };
}
