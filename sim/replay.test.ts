/** One seed, one run: what makes every other scenario worth anything when it fails. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { setLogSink } from '../src/runtime/index.ts';
import { play } from './scenario.ts';
import { World } from './world.ts';

beforeAll(() => setLogSink(() => undefined));
afterAll(() => setLogSink(undefined));

async function run(seed: number): Promise<string> {
  const world = new World(seed, { datagramLoss: 0.1 });
  world.recordTrace();
  const problem = await play(
    {
      name: 'a busy minute',
      steps: [
        { join: 6 },
        { agreeWithinMs: 3000 },
        { everyoneAnswersWithinMs: 1000 },
        { kill: [1] },
        { partition: [[0, 2]] },
        { wait: 10_000 },
        { heal: true },
        { agreeWithinMs: 30_000 },
      ],
    },
    world,
  );
  expect(problem).toBeUndefined();
  return `${world.traceHash()} after ${world.scheduler.executed} events`;
}

it('the same seed replays the same run, frame by frame; another seed is another run', async () => {
  const first = await run(7);
  expect(await run(7)).toBe(first);
  expect(await run(8)).not.toBe(first);
});
