/** What a checkpoint of all that is here would say. */
import type { Cryptography } from '../../mesh/index.ts';
import { headsToSay } from './catch-up.ts';
import { type CheckpointDraft, MAX_COVERED_HEADS, MAX_PREVIOUS } from './checkpoint.ts';
import type { AuthorId } from './contract.ts';
import type { History } from './history.ts';
import { encodeSnapshot, measured } from './snapshot.ts';
import { closing, MAX_WRITERS } from './writers.ts';

/** @returns undefined where the state is not known here, or too many have written */
export function draftCheckpoint(
  { tip, closed, dag, fold }: History,
  { next, epoch, isTaking }: { readonly next: AuthorId; readonly epoch: number; readonly isTaking: boolean },
  cryptography: Pick<Cryptography, 'sha256'>,
): CheckpointDraft | undefined {
  const heads = headsToSay(dag.heads, dag).slice(0, MAX_COVERED_HEADS).sort();
  const covered = dag.ancestryOf(heads);
  const updates = fold.order.filter(({ hash }) => covered.has(hash));
  const writers = closing(closed, updates);
  if (fold.isBlind || writers.size > MAX_WRITERS) return undefined;
  const state = fold.stateOf(({ hash }) => covered.has(hash));
  const number = (tip?.number ?? 0) + 1;
  const takes = [...(tip?.takes ?? []), ...(isTaking ? [number] : [])];
  const deepest = updates.reduce((depth, update) => Math.max(depth, update.depth), tip?.depth ?? 0);
  return {
    ...{ epoch, number, takes, next, heads },
    previous: tip ? [tip.hash, ...tip.previous].slice(0, MAX_PREVIOUS) : [],
    depth: deepest,
    count: (tip?.count ?? 0) + updates.length,
    ...measured(encodeSnapshot({ state, closed: writers }), cryptography),
  };
}
