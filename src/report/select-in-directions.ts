import type { Direction } from './document.ts';
import { selectRows, type RowFields, type RowSelection } from './select-rows.ts';

/** The rows wanted of those that every direction has: hypotheses of `infer`, scenarios of `plan`. */
export interface DirectionRows<Row> {
  /** Whether the direction is that of the side wanted. */
  readonly lists: (direction: Direction) => boolean;
  /** In order, and not yet cut at `top`: a listing may first make one row of several. */
  readonly rowsOf: (direction: Direction) => readonly Row[];
  readonly top: number | undefined;
}

/** The side of a direction is the one that sends. */
export function selectInDirections<Row>(
  { side, top, ...selection }: RowSelection,
  allOf: (direction: Direction) => readonly Row[],
  fields: RowFields<Row>,
): DirectionRows<Row> {
  const lists = ({ from }: Direction): boolean => side === undefined || from === side;
  return { lists, top, rowsOf: (direction) => (lists(direction) ? selectRows(allOf(direction), selection, fields) : []) };
}

/** The rows wanted of one direction, cut at `top`. */
export function firstRows<Row>({ rowsOf, top }: DirectionRows<Row>, direction: Direction): readonly Row[] {
  return rowsOf(direction).slice(0, top);
}
