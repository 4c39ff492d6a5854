/**
 * Two Nodes that connect to each other at the same moment get two channels, and must drop the same one without asking.
 * Both know who opened which, so: the channel that the Node with the lower uuid opened stays. Two channels that the same
 * Node opened, or that were opened at different times, mean that the other end lost the first: the newer stays.
 *
 * Ask only when both are authenticated, and for one life of the peer: otherwise a stranger with a borrowed uuid could push
 * a Link out.
 */
import type { NodeId } from '../../wire/index.ts';

/** Opened this close in time, they were opened at once: calls take seconds at most, and nobody notices a loss so soon. */
export const SIMULTANEOUS_MS = 5_000;

export interface OpenedChannel {
  /** True for those that `self` opened. */
  readonly isInitiator: boolean;
  readonly openedAtMs: number;
  /** It had been a Link before, fell silent, and was begun anew. */
  readonly isRevived: boolean;
}

/**
 * Which of two authenticated channels to the same peer stays. `newer` has authenticated later. A revived one gives way to a
 * fresh one: when each was revived, or opened, its two ends may remember differently.
 */
export function channelToKeep(
  self: NodeId,
  peer: NodeId,
  existing: OpenedChannel,
  newer: OpenedChannel,
): 'existing' | 'newer' {
  if (existing.isRevived !== newer.isRevived) return existing.isRevived ? 'newer' : 'existing';
  if (existing.isInitiator === newer.isInitiator) return 'newer';
  if (Math.abs(newer.openedAtMs - existing.openedAtMs) >= SIMULTANEOUS_MS) return 'newer';
  const isOpenedByLower = existing.isInitiator === self < peer;
  return isOpenedByLower ? 'existing' : 'newer';
}
