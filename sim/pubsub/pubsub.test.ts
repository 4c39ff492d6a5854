/** One seed of every story, and one that once failed. More of them: `PUBSUB_SEEDS=100 npx vitest run sim/pubsub`; one: `PUBSUB_SEED=17`. */
import { describe, expect, it } from 'vitest';
import { play } from './check.ts';
import { scenarios } from './scenarios.ts';
import { seeds } from './seeds.ts';

describe('a network of Brokers in which', () => {
  for (const name of Object.keys(scenarios)) {
    it(`${name} loses, doubles and reorders nothing that it promised`, { timeout: 3_600_000 }, () => {
      for (const seed of seeds) {
        const { problems } = play(name, seed);
        expect(problems.slice(0, 5), `seed ${seed}, ${problems.length} problems`).toEqual([]);
      }
    });
  }
});

it('a queue group has it though the only member that was known ends while another one is not known yet', () => {
  expect(play('Nodes come, and some are gone before they are known', 956).problems).toEqual([]);
});

it('who has been heard is no Node without a Broker, though its table comes late; and who was taken for one is waited for again', () => {
  expect(play('who comes is answered late, and is taken for one without a Broker', 19).problems).toEqual([]);
});
