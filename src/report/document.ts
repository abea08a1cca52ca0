/**
 * The JSON document, as `lacpviz … --json` prints it and `lacpviz schema` describes it.
 * Units: bytes as Ethernet frames without FCS; times ISO 8601 UTC with nine decimals; durations in seconds;
 * shares and probabilities 0 to 1; MACs lower case with colons; hashes "0x" and eight hex digits.
 */
import type { BucketReport } from './bucket-document.ts';
import type { ChassisReport } from './chassis-document.ts';
import type { IssueCode } from '../base/issue.ts';
import type { Disagreement } from '../diagnose/disagreements.ts';
import type { UnpredictedReason } from '../hash/policy.ts';
import type { Balance } from '../plan/balance.ts';
import type { ImbalanceCause } from '../plan/imbalance-causes.ts';
import type { DirectionInference } from './infer-document.ts';
import type { LagPort, LagNeighbour, LagControl, LagCable, LagPdu } from './lacp-document.ts';
import type { SideId } from './side-id.ts';
import type { EntropyAudit } from '../plan/entropy-types.ts';
import type { Forecast } from '../plan/forecast.ts';
import type { PlanAdvice, PlanCover, PlanScenario } from './plan-document.ts';

export const SCHEMA_VERSION = 1;

export type { SideId } from './side-id.ts';

export interface InputSource {
  name: string;
  linkType: string;
  snapLength: number;
  /** Name of the member this source belongs to, or null. */
  member: string | null;
  lag: string | null;
}

export interface Input {
  path: string;
  /** `records`: flow records, for `plan` only. */
  kind: 'capture' | 'state' | 'records';
  format: string;
  compression: 'gzip' | 'zstd' | null;
  sources: InputSource[];
  packets: number;
  bytes: number;
  capturedBytes: number;
  firstTime: string | null;
  lastTime: string | null;
  truncated: { offset: number; reason: string } | null;
  malformedPackets: number;
  dropped: number | null;
  /** Of flow records: what they do not tell. */
  lacks?: string[];
}

export interface InputError {
  path: string;
  offset: number | null;
  reason: string;
  code: IssueCode;
  /** Present and true where the input was read up to the trouble. */
  partial?: boolean;
}

export type Severity = 'error' | 'warn' | 'info';

export interface Evidence {
  path: string;
  packet: number;
  time: string | null;
  note: string;
}

export interface Finding {
  id: string;
  severity: Severity;
  title: string;
  detail: string;
  lag: string | null;
  members: string[];
  side: SideId | null;
  since: string | null;
  evidence: Evidence[];
  /** `verify`: the command that shows whether it worked; `note`: what else is to know. */
  fix: { syntax: string; text: string; verify?: string; note?: string }[];
}

export interface Counts {
  packets: number;
  bytes: number;
}

export interface FlowCounts extends Counts {
  flows: number;
}

export interface Ratio {
  match: number;
  total: number;
}

export interface MemberLoad extends FlowCounts {
  /** Share of the direction's bytes. */
  share: number;
}

export interface Member {
  name: string;
  index: number;
  sources: string[];
  speedMbps: number | null;
}

export interface Side {
  id: SideId;
  role: 'local' | 'remote' | 'unknown';
  label: string;
  system: string | null;
  key: number | null;
  macs: string[];
  evidence: string[];
}

export interface Epoch {
  fromTime: string;
  toTime: string;
  /** Names in hash order. */
  active: string[];
  why: 'start' | 'lacp' | 'link-lost' | 'link-returned' | 're-enslaved' | 'silence' | 'map-changed';
  /** The rule of this epoch, where the sender changed it during the capture. */
  policy?: { id: string | null; variant: string | null };
}

export interface PolicyInUse {
  id: string | null;
  variant: string | null;
  basis: number | null;
  source: 'option' | 'state' | 'inferred' | 'default';
  /** Names in hash order. */
  members: string[];
  /** 0 to 1; 1 for an option. */
  confidence: number;
}

/** Fields that documents of `infer` add. */
type Inferred = Partial<Omit<DirectionInference, 'from' | 'to'>>;

export interface Direction extends Inferred, BucketReport, ChassisReport {
  from: SideId;
  to: SideId;
  policy: PolicyInUse;
  epochs: Epoch[];
  totals: FlowCounts;
  control: FlowCounts;
  reflections: FlowCounts;
  unpredicted: (Counts & { reason: UnpredictedReason })[];
  transition: { packets: number };
  agreement: { flows: Ratio; packets: Ratio; bytes: Ratio };
  members: { name: string; observed: MemberLoad; predicted: MemberLoad }[];
  balance: Balance & {
    /** What the unevenness comes from; the shares make 1, none where there is none. */
    causes?: ImbalanceCause[];
  };
  /** In documents of `plan`. */
  scenarios?: PlanScenario[];
  advice?: PlanAdvice[];
  /** With `plan --cover`; null where there is no rule or flow to go by. */
  cover?: PlanCover | null;
  /** With `plan --forecast`. */
  forecast?: Forecast[];
  entropy?: EntropyAudit;
}

export interface AddressFields {
  src: string | null;
  dst: string | null;
  protocol: string | number | null;
  srcPort: number | null;
  dstPort: number | null;
  [more: string]: unknown;
}

export interface FlowMember extends Counts {
  name: string;
  firstTime: string;
  lastTime: string;
}

export type Verdict = 'match' | 'mismatch' | 'moved' | 'control' | 'unpredicted';
export type FlowReason = UnpredictedReason | 'fragment' | 'rebalance' | 'member-down' | 're-enslaved' | 'starts-late' | 'unknown';

export interface Flow {
  id: string;
  from: SideId | null;
  to: SideId | null;
  srcMac: string;
  dstMac: string | null;
  etherType: string;
  vlans: number[];
  tcis: number[];
  src: string | null;
  dst: string | null;
  protocol: string | number | null;
  srcPort: number | null;
  dstPort: number | null;
  spi: number | null;
  icmp: { type: number; code: number; id: number | null } | null;
  quoted: AddressFields | null;
  fragment: 'first' | 'later' | null;
  flowLabel: number | null;
  nextHeader: number | null;
  arpOpcode: number | null;
  tunnel: { type: string; id: number | null; inner: Record<string, unknown> | null } | null;
  packets: number;
  bytes: number;
  firstTime: string;
  lastTime: string;
  members: FlowMember[];
  observed: string | null;
  predicted: { member: string | null; hash: string; bucket: number } | null;
  /** Of an Open vSwitch sender: its bucket, also where nothing tells the bucket's member. */
  bucket?: number;
  verdict: Verdict;
  reason: FlowReason | null;
  /** Id of the flow of the other direction, or null. */
  reverse: string | null;
}

export interface Lag {
  id: string;
  members: Member[];
  sides: Side[];
  unassigned: Counts;
  duplicates: Counts;
  directions: Direction[];
  /** Only in documents of `flows`; streamed by the writers, so it may be absent on the object in memory. */
  flows?: Flow[];
  /** In documents of `lacp`. */
  ports?: LagPort[];
  neighbours?: LagNeighbour[];
  control?: LagControl[];
  cables?: LagCable[];
  /** Who probably made each end, by its defaults and addresses. */
  makers?: { side: SideId; maker: string; why: string }[];
  /** Ends whose members end at two chassis behind one LACP system (MLAG, vPC, stack): members by chassis. */
  chassis?: { side: SideId; groups: string[][]; why: string }[];
  /** What state texts say that the captures refute. */
  disagreements?: Disagreement[];
  pdus?: LagPdu[];
  [more: string]: unknown;
}

export interface ResultDocument {
  schemaVersion: typeof SCHEMA_VERSION;
  tool: { name: 'lacpviz'; version: string };
  command: string;
  inputs: Input[];
  lags: Lag[];
  findings: Finding[];
  errors: InputError[];
  outside: Counts;
}
