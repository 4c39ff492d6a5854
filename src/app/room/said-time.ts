/** Times of what was said. They are its author's claims: a wrong clock shows a wrong time, and the order is right all the same. */

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' });
/** What a Date can hold. */
const MAX_MS = 8.64e15;

/** Never throws, whatever was claimed. */
const dateOf = (atMs: number): Date => new Date(Math.min(Math.max(atMs, 0), MAX_MS));

export const isoTime = (atMs: number): string => dateOf(atMs).toISOString();
export const clockTime = (atMs: number): string => CLOCK.format(dateOf(atMs));
export const dayOf = (atMs: number): string => DAY.format(dateOf(atMs));
export const fullTime = (atMs: number): string => `${dayOf(atMs)}, ${clockTime(atMs)}`;

/** What somebody says within this belongs together. */
const TOGETHER_MS = 5 * 60_000;

interface Said {
  readonly author: string;
  readonly name: string;
  readonly atMs: number;
}

/** The second needs no name of its own. */
export function isContinued(before: Said | undefined, said: Said): boolean {
  return (
    before !== undefined &&
    before.author === said.author &&
    before.name === said.name &&
    Math.abs(said.atMs - before.atMs) < TOGETHER_MS
  );
}
