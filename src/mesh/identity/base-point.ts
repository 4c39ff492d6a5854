/**
 * Multiples of the base point of edwards25519: each key, signature and verification asks for one. Thousands of points prepared for
 * them would take longer than all that a Node signs while it joins: 254 do at first, and whoever goes on asking gets more of them.
 */
import { Point } from './point.ts';
import { PointTable } from './point-table.ts';

/**
 * Bits of the window, from so many uses on. While nothing is compiled yet a table of 2 is made in the time of 6 uses and one of 4 in
 * twice that, which saves half of each use; one of 6 saves a third of them, and takes as long as 150 (5 makes a verification a tenth
 * slower, 7 doubles the time that the table takes). Measured.
 */
const WINDOWS = [
  { from: 1, bits: 2 },
  { from: 20, bits: 4 },
  { from: 200, bits: 6 },
] as const;

let uses = 0;
let table: PointTable | undefined;

/** So many times the base point, and `begin`. @param scalar 0 to 2^253 */
export function timesBase(scalar: bigint, begin?: Point): Point {
  uses++;
  const due = WINDOWS.find(({ from }) => from === uses);
  if (due || !table) table = new PointTable(Point.BASE, (due ?? WINDOWS[0]).bits);
  return table.times(scalar, begin);
}
