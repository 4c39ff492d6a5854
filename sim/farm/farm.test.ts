/** One seed of every story. More of them: `FARM_SEEDS=100 npx vitest run sim/farm`; one: `FARM_SEED=17`. */
import { describe, expect, it } from 'vitest';
import { play } from './check.ts';
import { scenarios } from './scenarios.ts';

const { FARM_SEEDS, FARM_SEED } = process.env;
const seeds =
  FARM_SEED === undefined
    ? Array.from({ length: Number(FARM_SEEDS ?? 1) }, (_, i) => i)
    : [Number(FARM_SEED)];

describe('a farm on which', () => {
  for (const name of Object.keys(scenarios)) {
    it(`${name} comes to its end, and all agree`, { timeout: 600_000 }, () => {
      for (const seed of seeds) expect(play(name, seed).problems, `seed ${seed}`).toEqual([]);
    });
  }
});
