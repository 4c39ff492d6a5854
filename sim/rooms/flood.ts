/** An author that keeps to no rate: all must hold it back and tell it so, who writes meanwhile must not feel it, and nothing may be lost. */
import type { RoomNet } from './room-net.ts';
import type { SimRoom } from './sim-room.ts';

const EVERY_MS = 20;
/** What a room allows in a second, it writes in a tenth. */
const TIMES_TOO_FAST = 10;
const WORD_EVERY_MS = 60;
/** For a word of an honest writer to reach all: the longest way of a message is 60 ms, and what it builds on may have to be asked for. */
const PATIENCE_MS = 400;

export function flood(net: RoomNet, others: readonly SimRoom[], durationMs: number): void {
  const { updatesPerSecond } = net.genesis.limits;
  const limits = { ...net.genesis.limits, updatesPerSecond: 1e6, bytesPerSecond: 1e9 };
  const flooder = net.add(others, { limits });
  const words: string[] = [];
  repeat(net, EVERY_MS, durationMs, () => {
    for (let i = 0; i < (TIMES_TOO_FAST * updatesPerSecond * EVERY_MS) / 1000; i++) {
      net.write(flooder, `flood${words.push(`flood${words.length}`) - 1}`);
    }
  });
  repeat(net, WORD_EVERY_MS, durationMs, (count) => {
    const word = `word${count}`;
    net.write(net.pick(others), word);
    net.after(PATIENCE_MS, () => {
      if (!others.every((room) => has(room, word))) net.problems.push('a flood delays another author');
    });
  });
  net.after(durationMs, () => {
    if (others.some(({ heldBack }) => !heldBack.has(flooder.id)))
      net.problems.push('a flood is not held back');
    if (others.some(({ id }) => !flooder.heldBack.has(id))) net.problems.push('who floods is not told');
    const most = Math.max(...others.map((room) => words.filter((word) => has(room, word)).length));
    if (most > words.length / 2) net.problems.push('what is held back arrives all the same');
  });
  net.atRest.push(() =>
    others.every((room) => words.every((word) => has(room, word))) ? [] : ['something of a flood is lost'],
  );
}

function has({ state }: SimRoom, word: string): boolean {
  return Array.isArray(state.state) && state.state.includes(word);
}

function repeat(net: RoomNet, everyMs: number, durationMs: number, act: (count: number) => void): void {
  for (let count = 0; count * everyMs < durationMs; count++) net.after(count * everyMs, () => act(count));
}
