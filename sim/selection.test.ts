/** Every scenario but the largest with one seed, the smaller ones with two: what `npm test` plays of the full set (npm run sim -- --all). */
import { describe, expect, it } from 'vitest';
import { meshStateMaker } from './mesh-state-maker.ts';
import { replayCommand } from './run.ts';
import { SCENARIOS } from './scenarios/list.ts';
import { play } from './scenarios/player.ts';

/** The largest take minutes: they are for `npm run sim`. */
const LARGEST_NODES = 50;
const SEEDS = [1, 2];
/** Of larger ones a second seed takes seconds: the full set plays many. */
const TWICE_NODES = 8;
/** Seconds on a quiet machine; a busy one may take its time. */
const TIMEOUT_MS = 300_000;

describe('the mesh, simulated', () => {
  for (const scenario of SCENARIOS.filter(({ nodes }) => nodes <= LARGEST_NODES)) {
    it(
      `${scenario.name}: ${scenario.about}`,
      () => {
        for (const seed of scenario.nodes > TWICE_NODES ? SEEDS.slice(0, 1) : SEEDS) {
          const { failures } = play(scenario, { nodes: scenario.nodes, seed, maker: meshStateMaker });
          expect(failures, replayCommand(scenario.name, scenario.nodes, seed)).toEqual([]);
        }
      },
      TIMEOUT_MS,
    );
  }
});
