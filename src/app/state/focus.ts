/** A distance as it is typed: three or four digits are as fine as anyone focuses. */
export function focusText(metres: number): string {
  return String(Number(metres.toPrecision(4)));
}
