/** Who rendered how much, as the share bar draws it. */
import type { NodeShare } from '../../render/job/index.ts';
import type { NodeId } from '../../wire/index.ts';

export interface ShareSlice {
  readonly node: NodeId;
  readonly deviceName: string;
  readonly samplesPerSecond: number;
  /** 0..1 of all samples so far. */
  readonly fraction: number;
  /** Whole percents that add up to 100 (largest remainder). */
  readonly percent: number;
}

/** In the order given, so that the bar grows without its parts changing places. */
export function shareSlices(shares: readonly NodeShare[]): readonly ShareSlice[] {
  const total = shares.reduce((sum, share) => sum + share.samples, 0);
  const exact = shares.map((share) => (total > 0 ? (100 * share.samples) / total : 0));
  const percents = exact.map(Math.floor);
  let missing = total > 0 ? 100 - percents.reduce((sum, value) => sum + value, 0) : 0;
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder) {
    if (missing <= 0) break;
    percents[index] = (percents[index] ?? 0) + 1;
    missing -= 1;
  }
  return shares.map((share, index) => ({
    node: share.node,
    deviceName: share.deviceName,
    samplesPerSecond: share.samplesPerSecond,
    fraction: (exact[index] ?? 0) / 100,
    percent: percents[index] ?? 0,
  }));
}
