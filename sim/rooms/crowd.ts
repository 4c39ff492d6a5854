/**
 * Writers each of whom keeps to its rate, and who together write more than the Link of one member takes. All must slow down, by the same, as
 * long as it lasts and no longer; nothing may be lost, and what the member lacks must stay within bounds.
 */
import type { RoomNet } from './room-net.ts';
import type { SimRoom } from './sim-room.ts';

/** 100 kbit/s. */
const NARROW_BYTES_PER_S = 12_500;
/** Some ten a second with it are what the Link takes. */
const PADDING = 'x'.repeat(300);
/** Of each writer: more than it gets in while it is looked, and all together what the Link takes in forty seconds. */
const WORDS = 32;
/** Heads of a busy member are three seconds apart, and one that is behind is watched for one before anybody slows down. */
const SLOWED_WITHIN_MS = 6_000;
/** Of what the writers may write together, until all have slowed down. */
const MOST_BEHIND_MS = 5_000;
/** Shares of the writers, from their mean. */
const MOST_UNEVEN = 0.2;
const LOOK_MS = 250;

export function crowd(net: RoomNet, writers: readonly SimRoom[], durationMs: number): void {
  const slow = net.add();
  net.runFor(2_000);
  net.narrow.set(slow.id, NARROW_BYTES_PER_S);
  const { updatesPerSecond } = net.genesis.limits;
  const words = writers.map((room, w) => {
    const own = Array.from({ length: WORDS }, (_, i) => `${w}:${i}${PADDING}`);
    for (const word of own) net.write(room, word);
    return own;
  });
  let most = 0;
  const look = (): void => {
    most = Math.max(most, ...writers.map((room) => countOf(room) - countOf(slow)));
    if (writers.some(({ pending }) => pending.size > 0)) net.after(LOOK_MS, look);
  };
  look();
  net.after(SLOWED_WITHIN_MS, () => {
    const isSlowed = ({ state: { pace } }: SimRoom): boolean =>
      pace.share < 1 && pace.slowedBy[0] === slow.id;
    if (!writers.every(isSlowed)) net.problems.push('too much of all together slows them not all');
  });
  net.after(durationMs, () => {
    const written = writers.map((room, w) => words[w]?.filter((word) => has(room, word)).length ?? 0);
    const mean = written.reduce((sum, count) => sum + count, 0) / written.length;
    if (written.some((count) => Math.abs(count - mean) > MOST_UNEVEN * mean))
      net.problems.push(`not all are slowed by the same: they wrote ${written.join()}`);
    const offered = (writers.length * updatesPerSecond * MOST_BEHIND_MS) / 1000;
    if (most > offered) net.problems.push(`one was left behind by ${most} updates`);
  });
  net.atRest.push(() => [
    ...(words.flat().every((word) => has(slow, word)) ? [] : ['something that waited is lost']),
    ...(writers.every(({ state }) => state.pace.share === 1) ? [] : ['the pace does not return']),
  ]);
}

function countOf({ state }: SimRoom): number {
  return (state.tip?.count ?? 0) + state.updates.length;
}

function has({ state }: SimRoom, word: string): boolean {
  return Array.isArray(state.state) && state.state.includes(word);
}
