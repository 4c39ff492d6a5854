/**
 * Whole Networks through what can befall them: every scenario is data and runs with one seed. More of them:
 * `MESH_SEEDS=100 npx vitest run sim/scenarios.test.ts`.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setLogSink } from '../src/runtime/index.ts';
import { play, type Scenario } from './scenario.ts';
import { World } from './world.ts';

const SEEDS = Array.from({ length: Number(process.env['MESH_SEEDS'] ?? 1) }, (_, i) => i + 1);

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'three tabs find each other within a second, and one that closes is gone within a second',
    steps: [
      { join: 3 },
      { agreeWithinMs: 1000 },
      { everyoneAnswersWithinMs: 1000 },
      { leave: [1] },
      { goneWithinMs: 1000, gone: [1] },
      { agreeWithinMs: 100 },
    ],
  },
  {
    name: 'eight tabs opened at once form a full mesh',
    steps: [{ join: 8, apartMs: 0 }, { agreeWithinMs: 3000 }, { everyoneAnswersWithinMs: 1000 }],
  },
  {
    name: 'eight tabs form a full mesh; two that are killed are gone within three seconds, and new ones take their place',
    steps: [
      { join: 8 },
      { agreeWithinMs: 2000 },
      { kill: [0, 5] },
      { goneWithinMs: 3000, gone: [0, 5] },
      { agreeWithinMs: 100 },
      { join: 2 },
      { agreeWithinMs: 2000 },
      { everyoneAnswersWithinMs: 1000 },
    ],
  },
  {
    name: 'sixteen tabs form a partial mesh in which everyone reaches everyone',
    steps: [
      { join: 16 },
      { agreeWithinMs: 4000 },
      { everyoneAnswersWithinMs: 2000 },
      { wait: 1000 }, // all see all by a Link or two each: the others come one after the other
      { leave: [3, 4] },
      { goneWithinMs: 1000, gone: [3, 4] },
      { kill: [7, 8, 9] },
      { goneWithinMs: 4000, gone: [7, 8, 9] },
      { agreeWithinMs: 1000 },
      { everyoneAnswersWithinMs: 2000 },
    ],
  },
  {
    name: 'a mesh that shrinks to eight becomes a full one again',
    steps: [{ join: 11 }, { agreeWithinMs: 4000 }, { leave: [0, 1, 2] }, { agreeWithinMs: 8000 }],
  },
  {
    name: 'a partition falls into two meshes and heals',
    steps: [
      { join: 8 },
      { agreeWithinMs: 2000 },
      { partition: [[0, 1, 2]] },
      { wait: 15_000 },
      { heal: true },
      { agreeWithinMs: 30_000 },
      { everyoneAnswersWithinMs: 1000 },
    ],
  },
  {
    name: 'a large partition heals',
    steps: [
      { join: 16 },
      { agreeWithinMs: 4000 },
      { partition: [[0, 1, 2, 3, 4, 5, 6, 7]] },
      { wait: 20_000 },
      { heal: true },
      { agreeWithinMs: 30_000 },
      { everyoneAnswersWithinMs: 2000 },
    ],
  },
  {
    name: 'a tab frozen for a second stays a member; one frozen for half a minute is in step two seconds after its return',
    steps: [
      { join: 3 },
      { agreeWithinMs: 1000 },
      { freeze: [2] },
      { wait: 1000 },
      { thaw: [2] },
      { agreeWithinMs: 0 },
      { freeze: [2] },
      { wait: 30_000 },
      { thaw: [2] },
      { agreeWithinMs: 2000 },
      { everyoneAnswersWithinMs: 1000 },
    ],
  },
  {
    name: 'hidden tabs, whose timers come once a second, stay members and answer at once',
    steps: [
      { join: 4 },
      { agreeWithinMs: 1000 },
      { hide: [1, 2, 3] },
      { wait: 60_000 },
      { agreeWithinMs: 0 },
      { everyoneAnswersWithinMs: 200 },
      { kill: [0] },
      { goneWithinMs: 10_000, gone: [0] },
    ],
  },
  {
    name: 'Links live on while the rendezvous is away',
    steps: [
      { join: 4 },
      { agreeWithinMs: 1000 },
      { rendezvous: 'down' },
      { wait: 30_000 },
      { agreeWithinMs: 0 },
      { everyoneAnswersWithinMs: 500 },
      { rendezvous: 'up' },
      { join: 1 },
      { agreeWithinMs: 3000 },
    ],
  },
  {
    name: 'a killed tab whose death no rendezvous noticed is gone within five seconds',
    steps: [
      { join: 5 },
      { agreeWithinMs: 2000 },
      { rendezvous: 'down' },
      { kill: [2] },
      { goneWithinMs: 5000, gone: [2] },
    ],
  },
];

beforeAll(() => setLogSink(() => undefined));
afterAll(() => setLogSink(undefined));

describe('a Network', () => {
  for (const scenario of SCENARIOS) {
    it(scenario.name, async () => {
      for (const seed of SEEDS) {
        const world = new World(seed);
        expect(await play(scenario, world), `seed ${seed}`).toBeUndefined();
        for (const { node } of world.here) node.close();
      }
    });
  }
});
