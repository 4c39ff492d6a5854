/**
 * Which renders that are over go when a Node has more than it keeps: somebody else's before this Node's own, and the oldest of whoever has
 * most. So whoever renders much, or cancels all the time, takes nobody's picture away.
 */
import type { JobId } from '../../farm/index.ts';
import type { NodeId } from '../../wire/index.ts';

export interface EndedRender {
  readonly id: JobId;
  readonly submitter: NodeId;
  readonly isOwn: boolean;
}

/** @param ended newest first. @param most how many stay */
export function surplus<T extends EndedRender>(ended: readonly T[], most: number): readonly T[] {
  const gone: T[] = [];
  const left = ended.toReversed();
  while (left.length > most) {
    const others = left.filter(({ isOwn }) => !isOwn);
    const counts = new Map<NodeId, number>();
    for (const { submitter } of others) counts.set(submitter, (counts.get(submitter) ?? 0) + 1);
    const largest = Math.max(...counts.values());
    const next = others.find(({ submitter }) => counts.get(submitter) === largest) ?? left[0];
    if (!next) break;
    left.splice(left.indexOf(next), 1);
    gone.push(next);
  }
  return gone;
}
