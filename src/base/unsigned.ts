/** A number from 0 to 2^32 - 1. The compiler of the loops (`scripts/loops/`) counts with it as unsigned, with any other `number` as signed. */
export type Unsigned = number;
