/** Runs that failed once, each for a reason of its own: what was mended then holds in the very run that showed it. */
import { expect, it } from 'vitest';
import { meshStateMaker } from './mesh-state-maker.ts';
import { scenarioNamed } from './scenarios/list.ts';
import { play } from './scenarios/player.ts';

it('a Link that joins two parts again is told before those who are cut off ask the server', () => {
  const scenario = scenarioNamed('links-fall');
  if (scenario === undefined) throw new Error('the scenario is gone');
  expect(play(scenario, { nodes: 10, seed: 1368, maker: meshStateMaker }).failures).toEqual([]);
});
