/** What a room says of what is final in it. */
import type { Authors } from './authors.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { RoomFinality } from './contract.ts';

export function finalityOf(tip: Checkpoint | undefined, authors: Authors): RoomFinality {
  if (!tip) return { type: 'none' };
  return {
    type: 'final',
    checkpoint: tip.number,
    updates: tip.count,
    by: authors.nodeOf(tip),
    next: authors.nodeOf({ author: tip.next }),
    breaks: tip.takes.slice(1),
  };
}
