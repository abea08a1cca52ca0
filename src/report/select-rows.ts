import type { Finding } from './document.ts';
import type { LagPdu, LagPort } from './lacp-document.ts';

/** Which rows of a listing are wanted, in which order and how many. */
export interface RowSelection {
  readonly member?: string;
  readonly side?: string;
  /** A key of `sortKeys`, `-` before it for falling order; absent: the order of the listing. */
  readonly sort?: string;
  readonly top?: number;
}

/** What a kind of rows can be selected and sorted by. */
export interface RowFields<Row> {
  readonly members: (row: Row) => readonly string[];
  readonly side: (row: Row) => string | null;
  readonly sortKeys: Readonly<Record<string, (row: Row) => string | number | null>>;
}

export const PORT_FIELDS = {
  members: ({ member }) => [member],
  side: ({ side }) => side,
  sortKeys: { member: ({ member }) => member, side: ({ side }) => side, state: ({ state }) => state, pdus: ({ pdus }) => pdus },
} as const satisfies RowFields<LagPort>;

export const PDU_FIELDS: RowFields<LagPdu> = { members: ({ member }) => [member], side: ({ side }) => side, sortKeys: {} };

const SEVERITY_ORDER = { error: 0, warn: 1, info: 2 } as const;

export const FINDING_FIELDS = {
  members: ({ members }) => members,
  side: ({ side }) => side,
  sortKeys: {
    severity: ({ severity }) => SEVERITY_ORDER[severity],
    id: ({ id }) => id,
    lag: ({ lag }) => lag,
    side: ({ side }) => side,
    since: ({ since }) => since,
  },
} as const satisfies RowFields<Finding>;

/** The rows selected, `top` aside: those of one member, of one side. */
export function filterRows<Row>(rows: readonly Row[], { member, side }: RowSelection, fields: RowFields<Row>): readonly Row[] {
  return rows.filter(
    (row) => (member === undefined || fields.members(row).includes(member)) && (side === undefined || fields.side(row) === side),
  );
}

/** The rows selected, in order; rows without a value of the field come last, equal ones keep their order. */
export function selectRows<Row>(rows: readonly Row[], selection: RowSelection, fields: RowFields<Row>): readonly Row[] {
  const filtered = filterRows(rows, selection, fields);
  const falling = selection.sort?.startsWith('-') === true;
  const keyOf = selection.sort === undefined ? undefined : fields.sortKeys[selection.sort.slice(falling ? 1 : 0)];
  const sorted = keyOf === undefined ? filtered : [...filtered].sort((x, y) => compareKeys(keyOf(x), keyOf(y), falling ? -1 : 1));
  return sorted.slice(0, selection.top);
}

function compareKeys(x: string | number | null, y: string | number | null, sign: 1 | -1): number {
  if (x === null || y === null) return Number(x === null) - Number(y === null);
  return x === y ? 0 : x < y ? -sign : sign;
}
