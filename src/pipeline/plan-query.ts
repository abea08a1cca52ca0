import type { EntropyAudit } from '../plan/entropy-types.ts';
import type { Forecast } from '../plan/forecast.ts';
import type { ColumnMap } from '../records/flow-record.ts';
import type { SideId } from '../report/document.ts';
import type { FlowFieldsInput } from '../flows/flow-field-types.ts';
import type { PlanAdvice, PlanCover, PlanScenario } from '../report/plan-document.ts';

/** A policy to try. Without a variant: the era of the sender's kernel where that is known, else the policy's default. */
export interface PlanPolicy {
  readonly id: string;
  readonly variant?: string;
  readonly basis?: number;
}

/** What is to be covered. */
export interface CoverQuery {
  /** Addresses, and MAC addresses where they count; absent: those of the direction's heaviest TCP or UDP flow. */
  readonly packet?: FlowFieldsInput;
  /** Server addresses to choose from (`10.0.0.16/28`, `10.0.0.20-40`); absent: ports are chosen. */
  readonly servers?: string;
}

/** What to work out. Everything is optional: `{}` gives the current scenario, all Linux policies and single failures. */
export interface PlanQuery {
  /** Absent: the policy in use and every Linux policy. An empty list: the policy in use only. */
  readonly policies?: readonly PlanPolicy[];
  /** True: the policy in use only as it is, with none of the members and failures asked for. */
  readonly onlyAsked?: boolean;
  /** 1 to 16 each; absent: the number of members there are. */
  readonly memberCounts?: readonly number[];
  /** Sets of members that fail together, by name. Absent: each member alone. An empty list: no failure. */
  readonly failed?: readonly (readonly string[])[];
  /** Megabits per second: one for all, or one per member in the order of the listing (the last one repeats). Absent: what state texts tell. */
  readonly speedsMbps?: readonly number[];
  readonly sides?: readonly SideId[];
  /** `time` (default) replays the captures in time: means and peaks. `shares`: whole-capture shares only, much faster. */
  readonly detail?: 'time' | 'shares';
  /** False: leave `balance.pValue` null, which takes most of the time of a small query. */
  readonly chance?: boolean;
  /** Tables drawn for senders whose table is random (Open vSwitch). */
  readonly draws?: number;
  /** False: no advice. */
  readonly advice?: boolean;
  /** Fixes in this syntax only (`--for`). */
  readonly syntax?: string;
  /** So many simultaneous flows of this kind (`--forecast`): how likely is some link fuller than four fifths. */
  readonly forecastFlows?: number;
  /** With the entropy audit of each direction. */
  readonly entropy?: boolean;
  /** Flow records: which column holds which field (`--columns`). */
  readonly columns?: ColumnMap;
  /** The fewest test flows that reach every member (`--cover`). */
  readonly cover?: CoverQuery;
}

export interface PlanDirection {
  readonly from: SideId;
  readonly to: SideId;
  /** The current scenario first; then in the order asked for: policy, member count, failure. */
  readonly scenarios: readonly PlanScenario[];
  readonly cover?: PlanCover | null;
  readonly forecast?: readonly Forecast[];
  readonly entropy?: EntropyAudit;
}

export interface PlanResult {
  readonly directions: readonly PlanDirection[];
  readonly advice: readonly PlanAdvice[];
}

/** One scenario, for its load in time. `current` wins over the rest. */
export interface PlanChoice {
  readonly from: SideId;
  readonly current?: boolean;
  readonly policy?: PlanPolicy;
  readonly memberCount?: number;
  readonly failed?: readonly string[];
}

/** Bytes per time step and member under a scenario, beside the observed ones: see `FlowsAnalysis.load`. */
export interface PlanLoad {
  readonly fromTime: string;
  readonly stepSeconds: number;
  readonly steps: number;
  /** In hash order. */
  readonly members: readonly { readonly name: string; readonly bytes: Float64Array<ArrayBuffer> }[];
}

/** A flow that a scenario puts on another member. */
export interface MovedFlow {
  readonly id: string;
  /** Protocol and ends, as listings show them. */
  readonly text: string;
  /** Bytes that would move. */
  readonly bytes: number;
  readonly from: string;
  /** Null where it moves for certain, off a lost member, and nothing tells where to. */
  readonly to: string | null;
}

/** The largest flows that move, and how many there are. */
export interface MovedFlows {
  readonly total: number;
  readonly totalBytes: number;
  /** Flows that may move as well: the scenario does not tell their member. */
  readonly undecided: number;
  /** Most bytes first. */
  readonly flows: readonly MovedFlow[];
}

export const EMPTY_PLAN: PlanResult = { directions: [], advice: [] };
