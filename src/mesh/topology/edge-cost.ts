/** What an Edge costs on a path, ms. */
import { nominalMs } from './round-trip-class.ts';

/**
 * What a relay costs besides the wire: its event loop and a share of its upload. On one machine round trips are below a
 * millisecond and noisy, so a direct Link must win unless a detour saves more than this. A guess; the simulator's
 * comparison with other routings will tell.
 */
export const HOP_COST_MS = 2;

export function edgeCost(roundTripClass: number): number {
  return nominalMs(roundTripClass) + HOP_COST_MS;
}
