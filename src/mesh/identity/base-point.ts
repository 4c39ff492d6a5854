/**
 * Multiples of the base point of edwards25519: each key, signature and verification asks for one. Thousands of points prepared for
 * them would take longer than all that a Node signs while it joins: 512 do at first, and whoever goes on asking gets more of them.
 */
import { Point } from './point.ts';
import { PointTable } from './point-table.ts';

/** Bits: the table is made in the time of 40 multiplications. */
const FIRST_WINDOW = 4;
/** Bits: 5 makes a verification a tenth slower, 7 doubles the time that the table takes (measured). */
const WINDOW = 6;
/** Uses that a table of the larger window is made for: it saves a third of each, and takes as long as 150. */
const OFTEN = 200;

let uses = 0;
let table: PointTable | undefined;

/** So many times the base point, and `begin`. @param scalar 0 to 2^253 */
export function timesBase(scalar: bigint, begin?: Point): Point {
  uses++;
  if (!table || uses === OFTEN) table = new PointTable(Point.BASE, uses < OFTEN ? FIRST_WINDOW : WINDOW);
  return table.times(scalar, begin);
}
