import type { Lag, ResultDocument } from '../report/document.ts';
import type { LagPdu } from '../report/lacp-document.ts';
import { analyzeCaptures } from './analyze-captures.ts';
import type { AnalysisHost, AnalysisInput, CaptureAnalysis } from './analyze-captures.ts';
import type { AnalysisOptions } from './analysis-options.ts';
import { findChassisPair, findMaker } from '../lacp/fingerprint.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { diagnose } from './build-findings.ts';
import { describeCables, describeControl, describeNeighbours, findNeighbours } from './build-neighbours.ts';
import type { MemberNeighbour } from './build-neighbours.ts';
import { describePdus, describePorts, rebuildPorts } from './build-ports.ts';
import type { LagPorts } from './build-ports.ts';
import type { LagLacp } from './pdu-timeline.ts';
import { takeSteps } from './steps.ts';
import type { Steps } from './steps.ts';

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
  return takeSteps(createLacpAnalysis(await analyzeCaptures(inputs, options, host)), host);
}

/** Groups of findings that speak of LACP and of what members do by it. */
const GROUPS = ['lacp/', 'pagp/', 'bond/'];

export function* createLacpAnalysis(analysis: CaptureAnalysis): Steps<LacpAnalysis> {
  const { lags, sources } = analysis;
  const document = yield* diagnose(analysis);
  const rebuilt = lags.map((lag) => rebuildPorts(lag, sources));
  return {
    document: {
      ...document,
      command: 'lacp',
      findings: document.findings.filter(({ id }) => GROUPS.some((group) => id.startsWith(group))),
      lags: document.lags.map((lag, l): Lag => ({ ...lag, ...describeLacp(analysis, l, rebuilt[l]) })),
    },
    pdus(lagId) {
      const l = lags.findIndex((lag) => lag.plan.id === lagId);
      return l < 0 ? NO_PDUS : describePdus(lags[l], sources, rebuilt[l]);
    },
  };
}

/** What `lacp` adds to a LAG of the document. */
export function describeLacp({ lags, sources, state }: CaptureAnalysis, l: number, lagPorts: LagPorts): LagLacp {
  const neighbours = findNeighbours(lags[l], sources);
  return {
    ports: describePorts(lags[l], sources, lagPorts),
    neighbours: describeNeighbours(lags[l], sources, neighbours),
    control: describeControl(lags[l], sources),
    cables: describeCables(lags[l], lagPorts.ports, neighbours, state),
    ...describeEnds(lags[l], lagPorts, neighbours),
  };
}

/** Who probably made each end, and whether two chassis stand behind one of them. */
function describeEnds(lag: LagAnalysis, { ports }: LagPorts, neighbours: readonly MemberNeighbour[]): Pick<LagLacp, 'makers' | 'chassis'> {
  const makers: LagLacp['makers'] = [];
  const chassis: LagLacp['chassis'] = [];
  for (const side of [0, 1] as const) {
    const id = side === 0 ? 'a' : 'b';
    const own = ports.flatMap((port) => (port.side === side && port.actor !== null ? [{ ...port, actor: port.actor }] : []));
    const maker = findMaker(
      own.map(({ actor }) => actor),
      own.flatMap(({ mac }) => mac ?? []),
    );
    if (maker !== null) makers.push({ side: id, ...maker });
    const pair = findChassisPair(
      own.map(({ member, actor, mac }) => {
        const found = neighbours.find(
          (entry) => entry.member === member && entry.side === side && entry.record.neighbour.malformed === null,
        );
        return {
          member: lag.plan.members[member].name,
          system: actor.system,
          port: actor.port,
          mac,
          chassis: found?.record.neighbour.systemName ?? null,
        };
      }),
    );
    if (pair !== null) chassis.push({ side: id, groups: pair.groups.map((names) => [...names]), why: pair.why });
  }
  return { makers, chassis };
}
