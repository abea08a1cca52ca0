/** Plans from flow records written in a test: no capture, no file. */
import { analyzePlan } from '../../src/pipeline/analyze-plan.ts';
import { DEFAULT_ANALYSIS_OPTIONS, type AnalysisOptions } from '../../src/pipeline/analysis-options.ts';
import type { PlanQuery } from '../../src/pipeline/plan-query.ts';
import type { Direction, ResultDocument } from '../../src/report/document.ts';
import type { PlanScenario } from '../../src/report/plan-document.ts';
import { memoryInput } from './memory-input.ts';

export function planText(text: string, options: Partial<AnalysisOptions>, query: PlanQuery = {}): Promise<ResultDocument> {
  return analyzePlan([memoryInput('flows.csv', text)], { ...DEFAULT_ANALYSIS_OPTIONS, ...options }, {}, query);
}

export interface TestFlow {
  readonly src: string;
  readonly dst: string;
  readonly protocol?: string;
  readonly srcPort?: number;
  readonly dstPort?: number;
  readonly packets?: number;
  readonly bytes?: number;
  /** Seconds from the start. */
  readonly at?: number;
  readonly seconds?: number;
}

const START = 1_790_000_000;

/** Equal flows of a megabyte in ten seconds unless said otherwise. */
export function flowsCsv(flows: readonly TestFlow[]): string {
  const rows = flows.map(
    ({ src, dst, protocol = 'tcp', srcPort = 0, dstPort = 0, packets = 1000, bytes = 1_000_000, at = 0, seconds = 10 }) =>
      [src, dst, protocol, srcPort, dstPort, packets, bytes, START + at, START + at + seconds].join(','),
  );
  return ['src,dst,protocol,srcPort,dstPort,packets,bytes,first,last', ...rows, ''].join('\n');
}

export function directionOf(document: ResultDocument, from: 'a' | 'b' = 'a'): Direction {
  const found = document.lags[0]?.directions.find((direction) => direction.from === from);
  if (found === undefined) throw new Error('no such direction');
  return found;
}

export function scenarioOf(document: ResultDocument, wanted: Partial<PlanScenario>): PlanScenario {
  const found = directionOf(document).scenarios?.find((scenario) =>
    Object.entries(wanted).every(([key, value]) => JSON.stringify(scenario[key as keyof PlanScenario]) === JSON.stringify(value)),
  );
  if (found === undefined) throw new Error(`no scenario ${JSON.stringify(wanted)}`);
  return found;
}

/** Shares of the bytes in per cent, in hash order. */
export function percents({ members }: PlanScenario): number[] {
  return members.map(({ share }) => Math.round(share * 100));
}
