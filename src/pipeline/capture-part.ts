import type { ReaderPart } from '../decoder/record-reader.ts';
import type { FlowTablePart } from '../flows/flow-table.ts';
import type { SourceAccount, TimePoint } from './capture-scan.ts';

/** What a scan of a part of a capture hands over, to be joined to what stands before it. Record numbers count from the part's first. */
export interface CapturePart {
  readonly reader: ReaderPart;
  readonly sources: readonly SourceAccount<FlowTablePart>[];
  readonly firstTime: TimePoint | null;
  readonly lastTime: TimePoint | null;
  /** Time of the last record. */
  readonly previousTime: TimePoint;
  /** A record without a time stamp takes that of the record before, which may stand before the part. */
  readonly hasTimeless: boolean;
}
