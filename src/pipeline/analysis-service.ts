import { analyzeFlows, Cancelled, type AnalysisHost } from './analyze.ts';
import { BadCall } from './bad-call.ts';
import type { ByteSource } from './byte-source.ts';
import { exportFlows } from './export-flows.ts';
import type { FlowList, FlowQuery, FlowsAnalysis } from './flows-analysis.ts';
import type { PduViews } from './pdu-timeline.ts';
import { EMPTY_PLAN } from './plan-query.ts';
import type { InputScanner } from './scanner.ts';
import { takeSteps } from './steps.ts';
import type { AnalysisService, ServiceFile } from './service.ts';

/**
 * The service behind the page, in its worker: one analysis at a time, kept until the next one is finished. Nothing is
 * thrown across: failures are values. `pause` gives the host a turn of its event loop, in which it answers other calls.
 */
export function createAnalysisService(
  openFile: (file: ServiceFile) => ByteSource,
  scanner?: () => InputScanner | undefined,
  pause: () => Promise<void> = () => Promise.resolve(),
  reread?: () => AnalysisHost['reread'],
): AnalysisService {
  let analysis: (FlowsAnalysis & PduViews) | null = null;
  /** The list asked for last: its pages come one by one, sorting it takes longer than reading them. */
  let list: { key: string; flows: FlowList } | null = null;
  /** Number of the newest run; an older one that still reads is cancelled. */
  let newest = 0;
  /** The same for inferences. */
  let newestInference = 0;
  const listFlows = (of: FlowsAnalysis, lagId: string, query: FlowQuery): FlowList => {
    const key = JSON.stringify([lagId, query]);
    if (list?.key !== key) list = { key, flows: of.flows(lagId, query) };
    return list.flows;
  };
  return {
    async analyze(files, options, onProgress) {
      const run = ++newest;
      try {
        const inputs = files.map((file) => ({
          path: file.path,
          ...(file.memberName === undefined ? {} : { memberName: file.memberName }),
          source: openFile(file),
        }));
        const result = await analyzeFlows(inputs, options, {
          onProgress,
          isCancelled: async () => {
            await pause();
            return run !== newest;
          },
          scanner: scanner?.(),
          reread: reread?.(),
        });
        if (run !== newest) return { ok: false, reason: 'cancelled', cancelled: true };
        analysis = result;
        list = null;
        return { ok: true, document: result.document };
      } catch (error) {
        if (error instanceof Cancelled || run !== newest) return { ok: false, reason: 'cancelled', cancelled: true };
        const reason = error instanceof Error ? error.message : String(error);
        return { ok: false, reason: error instanceof BadCall ? reason : `internal error: ${reason}`, cancelled: false };
      }
    },
    cancel() {
      newest++;
    },
    async flows(lagId, query, offset, limit, loadSteps) {
      if (analysis === null) return { total: 0, flows: [] };
      const list = listFlows(analysis, lagId, query);
      const count = Math.max(0, Math.min(limit, list.length - offset));
      const flows = Array.from({ length: count }, (_, i) => list.at(offset + i));
      if (loadSteps === undefined) return { total: list.length, flows };
      const ids = flows.map((flow) => flow.id);
      return { total: list.length, flows, beside: analysis.flowsBeside(lagId, ids, loadSteps, query.span) };
    },
    async exportFlows(lagId, query, format, offset, limit) {
      const lag = analysis?.document.lags.find(({ id }) => id === lagId);
      if (analysis === null || lag === undefined) return null;
      return exportFlows(listFlows(analysis, lagId, query), lagId, lag.members.length, format, offset, limit);
    },
    flow: async (lagId, flowId) => analysis?.flow(lagId, flowId) ?? null,
    async load(lagId, steps, flow) {
      return analysis?.load(lagId, steps, flow) ?? { fromTime: '1970-01-01T00:00:00.000000000Z', stepSeconds: 1, steps: 0, series: [] };
    },
    flowLoads: async (lagId, query, steps) => analysis?.flowLoads(lagId, query, steps) ?? null,
    flowMap: async (lagId, from, query, most) => analysis?.flowMap(lagId, from, query, most) ?? null,
    spanBalance: async (lagId, span) => analysis?.spanBalance(lagId, span) ?? [],
    explain: async (lagId, flowId) => analysis?.explain(lagId, flowId) ?? null,
    async plan(lagId, query) {
      try {
        // In turns: a forecast or advice takes longer than a slider that is moved meanwhile may wait.
        return analysis === null
          ? EMPTY_PLAN
          : await takeSteps(analysis.plan(lagId, query), { isCancelled: () => pause().then(() => false) });
      } catch (error) {
        if (error instanceof BadCall) return { failed: error.message };
        throw error;
      }
    },
    learn: async (lagId, from) => analysis?.learn(lagId, from) ?? null,
    async infer(lagId, onProgress) {
      const mine = ++newestInference;
      const [of, run] = [analysis, newest];
      const steps = of?.infer(lagId);
      if (steps === undefined) return [];
      for (;;) {
        const step = steps.next();
        if (step.done === true) return step.value;
        if (step.value !== null) onProgress?.(step.value);
        await pause();
        if (mine !== newestInference || run !== newest || of !== analysis) return null;
      }
    },
    cancelInfer() {
      newestInference++;
    },
    movedFlows: async (lagId, choice, top) => analysis?.movedFlows(lagId, choice, top) ?? null,
    planLoad: async (lagId, choice, steps) => analysis?.planLoad(lagId, choice, steps) ?? null,
    lacp: async (lagId) => analysis?.lacp(lagId) ?? null,
    pduTimeline: async (lagId) => analysis?.pduTimeline(lagId) ?? null,
    pdu: async (lagId, i) => analysis?.pdu(lagId, i) ?? null,
  };
}
