/**
 * The budget of those who called us and have not shown who they are: apart from that of Links, so that a thousand ghosts
 * or silent strangers neither fill our degree nor keep a real Node out. A newcomer beyond the budget takes the place of the
 * oldest who has had its time; an honest handshake takes two round trips. Nobody can use up the budget under one name,
 * because the name is all that a stranger gives and it may be borrowed.
 */
import type { NodeId } from '../../wire/index.ts';

/** At once. Each holds a channel of the transport, which costs far more than what we keep of it. A guess. */
export const MAX_STRANGERS = 64;
/** At once and under one id: the true one, a second try of it, and who borrows its name. */
export const MAX_STRANGERS_OF_ONE_ID = 4;
/** What everyone gets before it may be pushed out: two round trips around the world and a busy page. */
export const STRANGER_GRACE_MS = 1_000;

export interface Stranger {
  readonly peer: NodeId;
  readonly openedAtMs: number;
  /** Told to go, and only lasting until its last words are out: the first whose place is taken. */
  readonly isEnding: boolean;
}

/**
 * Whose place a newcomer takes: undefined when there is room, `nobody` when it has to go itself.
 * @param strangers in the order in which they came
 */
export function placeFor<S extends Stranger>(
  newcomer: NodeId,
  strangers: Iterable<S>,
  nowMs: number,
): S | 'nobody' | undefined {
  let count = 0;
  let countOfId = 0;
  let oldest: S | undefined;
  let oldestOfId: S | undefined;
  for (const stranger of strangers) {
    count++;
    const isSpent = stranger.isEnding || nowMs - stranger.openedAtMs >= STRANGER_GRACE_MS;
    if (isSpent) oldest = better(oldest, stranger);
    if (stranger.peer !== newcomer) continue;
    countOfId++;
    if (isSpent) oldestOfId = better(oldestOfId, stranger);
  }
  if (countOfId >= MAX_STRANGERS_OF_ONE_ID) return oldestOfId ?? 'nobody';
  if (count >= MAX_STRANGERS) return oldest ?? 'nobody';
  return undefined;
}

function better<S extends Stranger>(best: S | undefined, other: S): S {
  return best === undefined || (other.isEnding && !best.isEnding) ? other : best;
}
