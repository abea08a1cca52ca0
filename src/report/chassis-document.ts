import type { BucketReport } from './bucket-document.ts';

/** One chassis of an end that is several behind one LACP system (MLAG, vPC): how it places its stations' flows. */
export interface ChassisRow extends BucketReport {
  /** Members that end at it, in the order of the LAG. */
  members: string[];
  policy: {
    id: string;
    variant: string;
    /** Null for policies that have none. */
    basis: number | null;
    /** In hash order. */
    members: string[];
    confidence: number;
  };
  /** Source addresses behind it. */
  stations: number;
  agreement: { flows: ChassisRatio; packets: ChassisRatio; bytes: ChassisRatio };
}

export interface ChassisRatio {
  match: number;
  total: number;
}

/** What a direction has beside its policy where the sender is several chassis. */
export interface ChassisReport {
  chassis?: ChassisRow[];
}
