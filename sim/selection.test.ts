/** Every scenario but the largest with one seed: what `npm test` plays of the full set (npm run sim -- --all). */
import { describe, expect, it } from 'vitest';
import { meshStateMaker } from './mesh-state-maker.ts';
import { replayCommand } from './run.ts';
import { SCENARIOS } from './scenarios/list.ts';
import { play } from './scenarios/player.ts';

/** The largest take minutes: they are for `npm run sim`. */
const LARGEST_NODES = 50;
const SEED = 1;
/** Seconds on a quiet machine; a busy one may take its time. */
const TIMEOUT_MS = 300_000;

describe('the mesh, simulated', () => {
  for (const scenario of SCENARIOS.filter(({ nodes }) => nodes <= LARGEST_NODES)) {
    it(
      `${scenario.name}: ${scenario.about}`,
      () => {
        const { failures } = play(scenario, { nodes: scenario.nodes, seed: SEED, maker: meshStateMaker });
        expect(failures, replayCommand(scenario.name, scenario.nodes, SEED)).toEqual([]);
      },
      TIMEOUT_MS,
    );
  }
});
