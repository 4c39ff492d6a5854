/** A vote: each author has one, and may change it or take it back. */
import type { AuthorId, Reducer } from '../contract.ts';
import { mapReducer } from './map-reducer.ts';
import { demand, isRecord } from './refusal.ts';

/** The choice of each author who has voted. */
export type Votes = { readonly [author: string]: string };

/** For a choice, or for none any more. */
export interface VoteUpdate {
  readonly vote: string | null;
  readonly [key: string]: string | null;
}

/** Characters of a choice. */
export const MAX_CHOICE = 200;

/** Begins as `{}`. */
export const votesReducer: Reducer<Votes, VoteUpdate> = mapReducer(
  'leafcutter/votes/1',
  (votes, update, { author }) => {
    demand(isRecord(update), 'it is no vote');
    const { vote } = update;
    if (vote === null) return votes.delete(author);
    demand(
      typeof vote === 'string' && vote !== '' && vote.length <= MAX_CHOICE,
      `a choice is a text of at most ${MAX_CHOICE} characters`,
    );
    votes.set(author, vote);
  },
);

/** Who voted for what, the choice with the most votes first; of equals by name, so that all see one order. */
export function tally(
  votes: Votes,
): readonly { readonly choice: string; readonly authors: readonly AuthorId[] }[] {
  const byChoice = new Map<string, AuthorId[]>();
  for (const [author, choice] of Object.entries(votes)) {
    byChoice.set(choice, [...(byChoice.get(choice) ?? []), author as AuthorId]);
  }
  return [...byChoice]
    .map(([choice, authors]) => ({ choice, authors }))
    .sort((a, b) => b.authors.length - a.authors.length || (a.choice < b.choice ? -1 : 1));
}
