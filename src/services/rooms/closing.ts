/** What a checkpoint of all that is here would say. */
import type { Cryptography } from '../../mesh/index.ts';
import { headsToSay } from './catch-up.ts';
import { type CheckpointDraft, MAX_COVERED_HEADS, MAX_PREVIOUS } from './checkpoint.ts';
import type { AuthorId, DeviceId, UpdateHash } from './contract.ts';
import type { History } from './history.ts';
import { type MemberEntry, membersAfter } from './members.ts';
import { encodeSnapshot, measured } from './snapshot.ts';
import { closing, MAX_WRITERS } from './writers.ts';

export interface Saying {
  readonly next: AuthorId;
  readonly isTaking: boolean;
  /** Who has come. */
  readonly members: readonly MemberEntry[];
  /** Who is to go; undefined: nobody, and the keys stay. */
  readonly removed: readonly DeviceId[] | undefined;
}

/** @returns undefined where the state is not known here, or too many have written */
export function draftCheckpoint(
  history: History,
  { next, isTaking, members, removed }: Saying,
  cryptography: Pick<Cryptography, 'sha256'>,
): CheckpointDraft | undefined {
  const { tip, dag, fold, members: before } = history;
  const newest = headsToSay(dag.heads, dag).slice(0, MAX_COVERED_HEADS).sort();
  const all = coveredBy(newest, history);
  // Whoever is as many as it likes must not keep itself from being taken out. What is not covered then is written again by those who stay.
  const isFlooded = removed !== undefined && all.writers.size > MAX_WRITERS;
  const { heads, covered, updates, writers } = isFlooded ? coveredBy([], history) : all;
  if (fold.isBlind || writers.size > MAX_WRITERS) return undefined;
  const state = fold.stateOf(({ hash }) => covered.has(hash));
  const number = (tip?.number ?? 0) + 1;
  const takes = [...(tip?.takes ?? []), ...(isTaking ? [number] : [])];
  const deepest = updates.reduce((depth, update) => Math.max(depth, update.depth), tip?.depth ?? 0);
  const said = { members, removed: removed ?? [] };
  const snapshot = encodeSnapshot({ state, closed: writers, members: membersAfter(before, said) });
  return {
    ...{ number, takes, next, heads, ...said },
    turns: [...(tip?.turns ?? []), ...(removed ? [number] : [])],
    previous: tip ? [tip.hash, ...tip.previous].slice(0, MAX_PREVIOUS) : [],
    depth: deepest,
    count: (tip?.count ?? 0) + updates.length,
    ...measured(snapshot, cryptography),
  };
}

function coveredBy(heads: readonly UpdateHash[], { closed, dag, fold }: History) {
  const covered = dag.ancestryOf(heads);
  const updates = fold.order.filter(({ hash }) => covered.has(hash));
  return { heads, covered, updates, writers: closing(closed, updates) };
}
