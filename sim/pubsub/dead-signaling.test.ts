/**
 * Signaling is dead throughout: those who have met subscribe, publish and ask, stand still and die, and the promises hold over the mesh alone.
 * More seeds: `PUBSUB_SEEDS=100 npx vitest run sim/pubsub`.
 */
import { expect, it } from 'vitest';
import { integerBelow } from '../../src/runtime/index.ts';
import { quietVirtualTime } from '../quiet-virtual-time.testing.ts';
import { MeshNet } from './mesh-net.ts';
import { People } from './people.ts';
import { seeds } from './seeds.ts';

/** After the last fault: the dead are missed, their places in the mesh taken, questions asked again. */
const REST_MS = 90_000;
const EVERY_MS = 40;

quietVirtualTime();

async function busy(net: MeshNet, people: People<MeshNet['alive'][number]>, forMs: number): Promise<void> {
  const endMs = net.now() + forMs;
  while (net.now() < endMs) {
    people.doSomething();
    await net.runFor(net.between(0, 2 * EVERY_MS));
  }
}

async function problemsOf(seed: number): Promise<readonly string[]> {
  const net = new MeshNet(seed);
  const people = new People(net);
  for (let count = 4 + integerBelow(net.random, 9); count > 0; count--) people.add();
  await net.meet();
  for (let round = 0; round < 3; round++) {
    await busy(net, people, net.between(500, 2_500));
    const victim = net.pick(net.alive);
    if (integerBelow(net.random, 2) === 0 && net.alive.length > 3) net.kill(victim);
    else {
      net.freeze(victim);
      await busy(net, people, 100 * 200 ** net.between(0, 1));
      net.thaw(victim);
    }
  }
  await busy(net, people, 2_000);
  await net.runFor(REST_MS);
  net.ledger.conclude();
  return [...net.ledger.problems, ...people.conclude(), ...disagreements(net)];
}

/** Everyone still sees everyone, and P6: everyone's table of everyone is the truth. */
function disagreements(net: MeshNet): readonly string[] {
  const problems: string[] = [];
  const all = net.alive.map(({ id }) => id).sort();
  const told = ({ broker }: (typeof net.alive)[number], about: string): readonly string[] =>
    broker
      .interests()
      .filter(({ node }) => node === about)
      .map(({ pattern, queue, count }) => `${pattern} ${queue} ${count}`)
      .sort();
  for (const node of net.alive) {
    if (node.members.join() !== all.join()) problems.push(`one sees ${node.members.length} of ${all.length}`);
    for (const other of net.alive)
      if (told(node, other.id).join('\n') !== told(other, other.id).join('\n'))
        problems.push('a table is not the truth');
    if (node.broker.interests().some(({ node: about }) => !all.includes(about)))
      problems.push('the interest of one that is gone is remembered');
  }
  return problems;
}

it('publish and subscribe keep their promises while signaling is dead throughout', {
  timeout: 3_600_000,
}, async () => {
  for (const seed of seeds) {
    const problems = await problemsOf(seed);
    expect(problems.slice(0, 5), `seed ${seed}, ${problems.length} problems`).toEqual([]);
  }
});
