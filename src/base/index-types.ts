/** Integers that point into a table. Plain numbers at run time; the names say which table. */

/** 1-based number of a record in its capture, as Wireshark counts. */
export type FrameNumber = number;
/** Row of the merged flow list of an analysis. */
export type FlowIndex = number;
/** Place of a member in `lags[].members`. */
export type MemberIndex = number;
/** Place of a source in the list of all sources of an analysis. */
export type SourceIndex = number;
