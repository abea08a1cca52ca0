/** What `walkUsualBlocks` knows of a section: of each interface, and of time. */
export interface BlockRules {
  /** By interface: its source, its snap length (0xffffffff for none), flags of its rows. */
  source: Uint16Array<ArrayBuffer>;
  snapLength: Uint32Array<ArrayBuffer>;
  rowFlags: Uint8Array<ArrayBuffer>;
  /** Single numbers, at the places below. */
  state: Uint32Array<ArrayBuffer>;
}

/** Interfaces of the section. */
export const RULE_INTERFACES = 0;
/** Units of time stamps in a second, at most 10^9, and nanoseconds in a unit. */
export const RULE_UNITS = 1;
export const RULE_NANOS = 2;
/** A second and the time stamp at its beginning. */
export const RULE_SECOND = 3;
export const RULE_HIGH = 4;
export const RULE_LOW = 5;
/** Where the walk stopped. */
export const RULE_STOP = 6;
