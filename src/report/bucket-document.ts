/** One of the 256 buckets of an Open vSwitch bond. */
export interface BucketRow {
  bucket: number;
  /** Who held it from when on; null: unknown (its member went down, or the table was drawn anew, and no frame was seen since). */
  holds: { fromTime: string; member: string | null }[];
  flows: number;
  packets: number;
  bytes: number;
  /** `state`: a state text tells its member; `learned`: the captures alone. */
  source: 'learned' | 'state';
}

/** Buckets that moved in one instant between two times. */
export interface BucketEventRow {
  kind: 'rebalance' | 'member-down' | 'map-changed';
  fromTime: string;
  toTime: string;
  /** The member that was lost, else null. */
  member: string | null;
  moves: { bucket: number; from: string; to: string }[];
}

/** What a direction of an Open vSwitch sender has beside its policy. */
export interface BucketReport {
  /** The bucket table over time, of buckets that a text tells or that carried traffic. */
  buckets?: BucketRow[];
  /** Why buckets moved, in order of time. */
  bucketEvents?: BucketEventRow[];
  /** Seconds between rebalancing rounds as a text says or the moves show; null if neither tells. */
  rebalanceInterval?: number | null;
}
