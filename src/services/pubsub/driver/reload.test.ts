/** A page that is reloaded comes back under its id, mostly before anybody has missed it. */
import { expect, it } from 'vitest';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { simulatedCryptography } from '../../../mesh/identity/cryptography.testing.ts';
import type { Identity } from '../../../mesh/index.ts';
import { joinNetwork } from '../../../mesh/node/simulated-node.testing.ts';
import { seededRandom } from '../../../runtime/index.ts';
import { SimulatedNetwork } from '../../../transport/simulated/index.ts';
import { TestClient } from '../client.testing.ts';
import { createBroker } from './broker.ts';

quietVirtualTime();

/** The mesh repeats no broadcast as old as that. */
const FORGOTTEN_MS = 180_000;

function reloads() {
  const network = new SimulatedNetwork(1);
  const cryptography = simulatedCryptography();
  const random = seededRandom(5);
  const open = (life: number, kept?: Identity) => {
    const options = { cryptography, random, life, ...(kept && { identity: kept }) };
    const { peer, node, identity } = joinNetwork(network, options);
    const broker = createBroker({ node, clock: peer.host, timers: peer.host, random });
    return { node, identity, client: new TestClient(broker) };
  };
  const until = async (condition: () => boolean) =>
    expect(await network.scheduler.runUntil(condition, 10_000)).toBe(true);
  return { network, open, until };
}

it('a Node that begins anew before it is missed leaves no ack waiting, and is heard in its order', async () => {
  const { network, open, until } = reloads();
  const [a, before, c] = [open(1), open(1), open(1)];
  await until(() => [a, before, c].every(({ node }) => node.members().length === 3));
  for (const { client } of [before, c]) client.sub('1', 'x');
  a.client.sub('1', 'y');
  await network.scheduler.runFor(1_000);
  for (let i = 0; i < 50; i++) before.client.pub('y', `old ${i}`);
  await until(() => a.client.messages.length === 50);
  a.client.pub('x', 'on its way', { ack: 1 });
  network.kill(before.node.id);
  const { client, node } = open(2, before.identity);
  await until(() => node.members().length === 3);
  client.sub('1', 'x', { ack: 2 });
  await until(() => client.outcome(2) !== undefined && a.client.outcome(1) !== undefined);
  expect(a.client.outcome(1)).toMatchObject({ subscriptions: 1, failure: 'partial' });
  c.client.sub('2', 'z', { ack: 3 });
  a.client.sub('2', 'z');
  await until(() => c.client.outcome(3) !== undefined);
  for (let i = 0; i < 50; i++) client.pub(i % 2 === 0 ? 'y' : 'z', `${i}`);
  await until(() => a.client.messages.length === 100);
  expect(a.client.payloads.slice(50)).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`));
});

it('a Node that begins anew waits for nothing that came to its earlier life', async () => {
  const { network, open, until } = reloads();
  const [a, before, c] = [open(1), open(1), open(1)];
  await until(() => [a, before, c].every(({ node }) => node.members().length === 3));
  for (const { client } of [before, c]) client.sub('1', 'x');
  await network.scheduler.runFor(1_000);
  a.client.pub('x', 'to both of you', { ack: 1 });
  await until(() => a.client.outcome(1) !== undefined);
  await network.scheduler.runFor(FORGOTTEN_MS);
  network.kill(before.node.id);
  const { client, node } = open(2, before.identity);
  await until(() => node.members().length === 3);
  client.sub('1', 'y', { ack: 1 });
  await until(() => client.outcome(1) !== undefined);
  a.client.pub('y', 'to you alone');
  expect(await network.scheduler.runUntil(() => client.payloads.includes('to you alone'), 1_000)).toBe(true);
});
