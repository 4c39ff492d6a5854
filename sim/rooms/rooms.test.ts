/** A few seeds of every story. More of them: `ROOM_SEEDS=1000 npx vitest run sim/rooms`; one: `ROOM_SEED=17`. */
import { describe, expect, it } from 'vitest';
import { play } from './check.ts';
import { scenarios } from './scenarios.ts';

const { ROOM_SEEDS, ROOM_SEED } = process.env;
const seeds =
  ROOM_SEED === undefined
    ? Array.from({ length: Number(ROOM_SEEDS ?? 3) }, (_, i) => i)
    : [Number(ROOM_SEED)];

describe('a room in which', () => {
  for (const name of Object.keys(scenarios)) {
    it(`${name} is one and the same for all in the end`, { timeout: 3_600_000 }, () => {
      for (const seed of seeds) expect(play(name, seed), `seed ${seed}`).toEqual([]);
    });
  }
});
