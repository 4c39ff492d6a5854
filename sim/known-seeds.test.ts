/** Runs that failed once, each for a reason of its own: what was mended then holds in the very run that showed it. */
import { expect, it } from 'vitest';
import { meshStateMaker } from './mesh-state-maker.ts';
import { scenarioNamed } from './scenarios/list.ts';
import { play } from './scenarios/player.ts';

function failuresOf(name: string, nodes: number, seed: number): readonly string[] {
  const scenario = scenarioNamed(name);
  if (scenario === undefined) throw new Error('the scenario is gone');
  return play(scenario, { nodes, seed, maker: meshStateMaker }).failures;
}

it('a Link that joins two parts again is told before those who are cut off ask the server', () => {
  expect(failuresOf('links-fall', 10, 1368)).toEqual([]);
});

it.each([11, 195, 575])(
  'a Link at rest is asked before what is for its end goes around it (seed %i)',
  (seed) => {
    expect(failuresOf('busy', 8, seed)).toEqual([]);
  },
);

it('what one sent before it left is heard by who stood still meanwhile, and never had the record of that life', () => {
  expect(failuresOf('mixed', 3, 7050)).toEqual([]);
});

it('what was sent while one was cut off is heard by it though its only way leads over one that came later', () => {
  expect(failuresOf('mixed', 3, 7035)).toEqual([]);
});
