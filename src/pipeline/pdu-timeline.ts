import type { PduField } from '../lacp/pdu-fields.ts';
import type { Lag } from '../report/document.ts';
import type { LagPdu } from '../report/lacp-document.ts';

/** What `lacp` adds to a LAG of the document. */
export type LagLacp = Required<Pick<Lag, 'ports' | 'neighbours' | 'control' | 'cables' | 'makers' | 'chassis'>>;

/** Every LACPDU of a LAG in order of time, as columns: what a drawing needs of each. */
export interface PduTimeline {
  readonly length: number;
  /** First and last frame of all captures of the LAG. */
  readonly fromTime: string;
  readonly toTime: string;
  /** Seconds from `fromTime`. */
  readonly atSeconds: Float64Array<ArrayBuffer>;
  /** Place of the member in `lag.members`. */
  readonly member: Uint16Array<ArrayBuffer>;
  /** 0 = a, 1 = b, 2 = of neither end (a third system, malformed). */
  readonly side: Uint8Array<ArrayBuffer>;
  readonly actorState: Uint8Array<ArrayBuffer>;
  readonly partnerState: Uint8Array<ArrayBuffer>;
  /** 1 where the PDU is malformed: its states are not to be trusted. */
  readonly malformed: Uint8Array<ArrayBuffer>;
  readonly frame: Float64Array<ArrayBuffer>;
  /** Place of the capture in `paths`. */
  readonly path: Uint16Array<ArrayBuffer>;
  readonly paths: readonly string[];
  /** Places of the PDUs by path, then by frame: a frame is found without a look at all of them. */
  readonly byFrame: Uint32Array<ArrayBuffer>;
}

/** One LACPDU with its bytes. */
export interface PduDetail {
  readonly pdu: LagPdu;
  /** The captured record, or that of the first of a run of equal PDUs (then `sameAs` is its frame). */
  readonly bytes: Uint8Array;
  readonly sameAs: number | null;
  readonly fields: readonly PduField[];
}

/** The LACP part of a finished analysis, made when it is asked for. */
export interface PduViews {
  /** Null where there is no such LAG. */
  lacp(lagId: string): LagLacp | null;
  pduTimeline(lagId: string): PduTimeline;
  /** The i-th PDU of the timeline, or null. */
  pdu(lagId: string, i: number): PduDetail | null;
}
