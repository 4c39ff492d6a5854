/**
 * Two Nodes that connect to each other at the same moment get two channels, and must drop the same one without asking.
 * Both know who opened which, so: the channel that the Node with the lower uuid opened stays. Two channels that the same
 * Node opened mean that it lost the first (a transport opens no second while it holds one): the newer stays.
 *
 * Ask only when both are authenticated: otherwise a stranger with a borrowed uuid could push a Link out.
 */
import type { NodeId } from '../../wire/index.ts';

/** Which of two authenticated channels to the same peer stays; `isInitiator` is true for those that `self` opened. */
export function channelToKeep(
  self: NodeId,
  peer: NodeId,
  existing: { readonly isInitiator: boolean },
  newer: { readonly isInitiator: boolean },
): 'existing' | 'newer' {
  if (existing.isInitiator === newer.isInitiator) return 'newer';
  const isOpenedByLower = existing.isInitiator === self < peer;
  return isOpenedByLower ? 'existing' : 'newer';
}
