/** Who follow each other in a ring would run after each other for ever: of them one, the same for all, follows nobody. */
import type { NodeId } from '../../wire/index.ts';

interface Follower {
  readonly node: NodeId;
  readonly follows: string | null;
}

/** @param led whom `self` follows @returns whether that is a ring, and `self` the one that is to leave it */
export function breaksRing(self: NodeId, led: NodeId, others: readonly Follower[]): boolean {
  const followed = new Map<string, string | null>(others.map(({ node, follows }) => [node, follows]));
  const ring = new Set<string>([self]);
  let at: string | null | undefined = led;
  while (at && !ring.has(at)) {
    ring.add(at);
    at = followed.get(at);
  }
  return at === self && [...ring].every((one) => self <= one);
}
