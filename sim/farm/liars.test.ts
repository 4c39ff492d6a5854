/** One seed of every habit. More of them: `FARM_SEEDS=300 npx vitest run sim/farm/liars.test.ts`; one: `FARM_SEED=17`. */
import { describe, expect, it } from 'vitest';
import { habits } from './habits.ts';
import { liarsOf, playLiars } from './liars.ts';

const { FARM_SEEDS, FARM_SEED } = process.env;
const seeds =
  FARM_SEED === undefined
    ? Array.from({ length: Number(FARM_SEEDS ?? 1) }, (_, i) => i)
    : [Number(FARM_SEED)];

describe('a farm with devices that compute wrongly has right results, and calls no honest one a liar, where', () => {
  for (const habit of Object.keys(habits)) {
    it(habit, { timeout: 60_000 + 10_000 * seeds.length }, () => {
      for (const seed of seeds)
        expect(playLiars(seed, liarsOf(seed, habit)).problems, `seed ${seed}`).toEqual([]);
    });
  }
});
