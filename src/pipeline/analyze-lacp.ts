import type { LagPdu, ResultDocument } from '../report/document.ts';
import { analyzeCaptures } from './analyze-captures.ts';
import type { AnalysisHost, AnalysisInput, CaptureAnalysis } from './analyze-captures.ts';
import type { AnalysisOptions } from './analysis-options.ts';
import { buildFindings } from './build-findings.ts';
import { describeCables, describeControl, describeNeighbours, findNeighbours } from './build-neighbours.ts';
import { describePdus, describePorts, rebuildPorts } from './build-ports.ts';

/** A list whose elements are made on demand. */
export interface PduList {
  readonly length: number;
  at(i: number): LagPdu;
}

/** The analysis of `lacp`: `lags[].ports` stand in the document; the PDUs of each LAG come one at a time. */
export interface LacpAnalysis {
  readonly document: ResultDocument;
  pdus(lagId: string): PduList;
}

const NO_PDUS: PduList = {
  length: 0,
  at() {
    throw new RangeError('no PDU');
  },
};

export async function analyzeLacp(inputs: readonly AnalysisInput[], options: AnalysisOptions, host: AnalysisHost): Promise<LacpAnalysis> {
  return createLacpAnalysis(await analyzeCaptures(inputs, options, host));
}

/** Groups of findings that speak of LACP and of what members do by it. */
const GROUPS = ['lacp/', 'pagp/', 'bond/'];

export function createLacpAnalysis(analysis: CaptureAnalysis): LacpAnalysis {
  const { document, lags, sources, state } = analysis;
  const rebuilt = lags.map((lag) => rebuildPorts(lag, sources));
  return {
    document: {
      ...document,
      command: 'lacp',
      findings: buildFindings(analysis).filter(({ id }) => GROUPS.some((group) => id.startsWith(group))),
      lags: document.lags.map((lag, l) => {
        const neighbours = findNeighbours(lags[l], sources);
        return {
          ...lag,
          ports: describePorts(lags[l], sources, rebuilt[l]),
          neighbours: describeNeighbours(lags[l], sources, neighbours),
          control: describeControl(lags[l], sources),
          cables: describeCables(lags[l], rebuilt[l].ports, neighbours, state),
        };
      }),
    },
    pdus(lagId) {
      const l = lags.findIndex((lag) => lag.plan.id === lagId);
      return l < 0 ? NO_PDUS : describePdus(lags[l], sources, rebuilt[l]);
    },
  };
}
