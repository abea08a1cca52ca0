/** The analysis worker and its scan workers, behind the interface of the service. Created once, when the page starts. */
import { createEndpoint, proxy, transfer, wrap } from 'comlink';
import type { AnalysisOptions } from '../../pipeline/analysis-options.ts';
import type { AnalysisService } from '../../pipeline/service.ts';
import type { OpenedReport, SharedReport } from './report-service.ts';
import type { ScanWorker } from './scan-executor.ts';
import { startAnalysisWorker, startScanWorker } from './start-workers.ts';

/** The service, and what only the page has. */
export interface PageService extends AnalysisService {
  /** Opens a report from its text, or a shared file from its bytes; its inputs are then files with `recorded` contents. */
  openReport(content: string | Uint8Array<ArrayBuffer>): Promise<OpenedReport>;
  /** The last analysis as a report's text. */
  writeReport(options: AnalysisOptions, fragment: string): Promise<Blob>;
  /** The same with all addresses replaced. */
  shareReport(options: AnalysisOptions, fragment: string): Promise<SharedReport>;
}

interface AnalysisWorker extends PageService {
  useScanners(ports: readonly MessagePort[]): void;
}

/** More would wait for the disk and hold memory. */
const MOST_SCAN_WORKERS = 4;

export function connectAnalysisService(onConnected: () => void, onCrash: (message: string) => void): PageService {
  const watch = (worker: Worker): Worker => {
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      onCrash(event.message || 'a worker of the page could not be started');
    });
    return worker;
  };
  const remote = wrap<AnalysisWorker>(watch(startAnalysisWorker()));
  const count = Math.max(1, Math.min(MOST_SCAN_WORKERS, navigator.hardwareConcurrency || 1));
  const scanners = Array.from({ length: count }, () => wrap<ScanWorker>(watch(startScanWorker())));
  const connected = Promise.all(scanners.map((scanner) => scanner[createEndpoint]())).then((ports) =>
    remote.useScanners(transfer(ports, ports)),
  );
  void connected.then(onConnected);
  return {
    analyze: async (files, options, onProgress) => {
      await connected;
      return remote.analyze(files, options, proxy(onProgress));
    },
    openReport: (content) => remote.openReport(content),
    writeReport: (options, fragment) => remote.writeReport(options, fragment),
    shareReport: (options, fragment) => remote.shareReport(options, fragment),
    cancel: () => void remote.cancel(),
    flows: (lagId, query, offset, limit, loadSteps) => remote.flows(lagId, query, offset, limit, loadSteps),
    exportFlows: (lagId, query, format, offset, limit) => remote.exportFlows(lagId, query, format, offset, limit),
    flow: (lagId, flowId) => remote.flow(lagId, flowId),
    load: (lagId, steps, flow) => remote.load(lagId, steps, flow),
    flowLoads: (lagId, query, steps) => remote.flowLoads(lagId, query, steps),
    flowMap: (lagId, from, query, most) => remote.flowMap(lagId, from, query, most),
    spanBalance: (lagId, span) => remote.spanBalance(lagId, span),
    explain: (lagId, flowId) => remote.explain(lagId, flowId),
    plan: (lagId, query) => remote.plan(lagId, query),
    planLoad: (lagId, choice, steps) => remote.planLoad(lagId, choice, steps),
    movedFlows: (lagId, choice, top) => remote.movedFlows(lagId, choice, top),
    learn: (lagId, from) => remote.learn(lagId, from),
    infer: (lagId, onProgress) => remote.infer(lagId, onProgress === undefined ? undefined : proxy(onProgress)),
    cancelInfer: () => void remote.cancelInfer(),
    lacp: (lagId) => remote.lacp(lagId),
    pduTimeline: (lagId) => remote.pduTimeline(lagId),
    pdu: (lagId, i) => remote.pdu(lagId, i),
  };
}
