/** What benches make of their rounds. */

/** NaN of nothing, and where one of them is. */
export function median(values: readonly number[]): number {
  if (values.some(Number.isNaN)) return Number.NaN;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** The median of a[i] / b[i]: both were measured in the same round, so a busy machine slowed both. */
export function medianRatio(a: readonly number[], b: readonly number[]): number {
  return median(ratios(a, b));
}

/** Half of the rounds lie between the two: how much a[i] / b[i] scatters. */
export function quartiles(a: readonly number[], b: readonly number[]): readonly [number, number] {
  const sorted = ratios(a, b).toSorted((x, y) => x - y);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return [rounded(at(0.25), 3), rounded(at(0.75), 3)];
}

/** `0.97 (0.93..1.02)`: median and quartiles. */
export function ratioText(ratio: number, [low, high]: readonly [number, number]): string {
  return `${ratio.toFixed(2)} (${low.toFixed(2)}..${high.toFixed(2)})`;
}

function ratios(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value / (b[i] ?? Number.NaN));
}

/** Starting elsewhere each round: what one leaves behind (a buffer to collect, a clock turned down) hits all. */
export function rotated<Item>(items: readonly Item[], by: number): Item[] {
  return items.map((_, i) => items[(i + by) % items.length] as Item);
}
