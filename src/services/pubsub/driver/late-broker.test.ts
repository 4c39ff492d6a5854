/** A Node is in the network for a while before anything there asks for its Broker. */
import { expect, it } from 'vitest';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { simulatedCryptography } from '../../../mesh/identity/cryptography.testing.ts';
import { joinNetwork } from '../../../mesh/node/simulated-node.testing.ts';
import { seededRandom } from '../../../runtime/index.ts';
import { SimulatedNetwork } from '../../../transport/simulated/index.ts';
import { TestClient } from '../client.testing.ts';
import { createBroker } from './broker.ts';

quietVirtualTime();

/** Two Nodes that have met. */
async function pair() {
  const network = new SimulatedNetwork(1);
  const random = seededRandom(5);
  const cryptography = simulatedCryptography();
  const join = () => joinNetwork(network, { cryptography, random, life: 1 });
  const [a, b] = [join(), join()];
  const clientOf = ({ peer, node }: typeof a) =>
    new TestClient(createBroker({ node, clock: peer.host, timers: peer.host, random }));
  const until = async (condition: () => boolean, withinMs: number) =>
    expect(await network.scheduler.runUntil(condition, withinMs)).toBe(true);
  await until(() => [a, b].every(({ node }) => node.members().length === 2), 10_000);
  return { network, a, b, clientOf, until };
}

it('what is sent to a Broker that begins late waits for nothing that was told before it began', async () => {
  const { network, a, b, clientOf, until } = await pair();
  const server = clientOf(b);
  server.sub('1', 'time', { ack: 1 });
  await network.scheduler.runFor(1_000);

  const asker = clientOf(a);
  asker.sub('1', 'inbox', { ack: 1 });
  await until(() => asker.outcome(1) !== undefined, 5_000);
  asker.pub('time', 'when?', { reply: 'inbox' });
  await until(() => server.messages.length === 1, 1_000);
  server.pub('inbox', 'now');
  await until(() => asker.payloads.includes('now'), 1_000);
});

it('is asked again soon when its first word comes long after the question', async () => {
  const { network, a, b, clientOf, until } = await pair();
  const asker = clientOf(a);
  asker.sub('1', 'inbox');
  asker.pub('time', 'when?', { reply: 'inbox' });
  await network.scheduler.runFor(1_700);
  expect(asker.messages).toEqual([]); // it may serve that
  clientOf(b);
  await until(() => asker.messages.length === 1, 500);
});

it('who comes while another tells of its interest does not lose its first message to what was ready before', async () => {
  const network = new SimulatedNetwork(1);
  const random = seededRandom(5);
  const cryptography = simulatedCryptography();
  const join = () => joinNetwork(network, { cryptography, random, life: 1 });
  const clientOf = ({ peer, node }: ReturnType<typeof join>) =>
    new TestClient(createBroker({ node, clock: peer.host, timers: peer.host, random }));
  const a = join();
  const listener = clientOf(a);
  await network.scheduler.runFor(1_000);
  const b = join();
  const publisher = clientOf(b);
  b.node.events.on('joined', () => publisher.pub('news', 'kept until that is known'));
  for (const [i, pattern] of ['inbox', 'news'].entries()) listener.sub(pattern, pattern, { ack: i });
  expect(await network.scheduler.runUntil(() => listener.outcome(1) !== undefined, 1_000)).toBe(true);
  expect(a.node.members()).toHaveLength(1);
  expect(await network.scheduler.runUntil(() => listener.messages.length > 0, 10_000)).toBe(true);
});
