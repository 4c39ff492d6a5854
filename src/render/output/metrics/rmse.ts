/** Root mean square error of all values; on linear radiance or on encoded bytes, as the caller likes. */
import { LeafcutterError } from '../../../runtime/index.ts';

/** @throws LeafcutterError `bad-metric-input` where the lengths differ */
export function rmse(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new LeafcutterError('bad-metric-input', `${a.length} values cannot be compared with ${b.length}`);
  }
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return a.length === 0 ? 0 : Math.sqrt(sum / a.length);
}
