/** The analysis worker of the page. */
import { expose } from 'comlink';
import type { AnalysisService } from '../src/pipeline/service.ts';

const service: Pick<AnalysisService, 'analyze'> = {
  analyze: async () => ({ ok: false, reason: 'the analysis is not connected yet', cancelled: false }),
};
expose(service);
