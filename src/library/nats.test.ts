import { expect, it } from 'vitest';
import { FarmWorld } from '../../sim/farm-world.ts';
import { quietVirtualTime } from '../../sim/quiet-virtual-time.testing.ts';
import { connect } from './index.nats.ts';
import { openPubSub } from './index.pubsub.ts';

quietVirtualTime();

it('the official client in a tab ends with its mesh, and tries nothing anew', async () => {
  const { node } = new FarmWorld(1).add();
  const client = await connect({ mesh: { node }, maxReconnectAttempts: -1 });
  const heard = client.subscribe('a');
  client.publish('a', 'hello');
  for await (const message of heard) {
    expect(message.string()).toBe('hello');
    break;
  }
  node.close();
  await client.closed();
  expect(client.isClosed()).toBe(true);
  await expect(connect({ mesh: { node } })).rejects.toMatchObject({ code: 'node-closed' });
});

it('publish and subscribe cannot be opened on a mesh that was left, and says so', () => {
  const { node } = new FarmWorld(1).add();
  node.close();
  expect(() => openPubSub({ node })).toThrow(expect.objectContaining({ code: 'node-closed' }));
});

it.each([undefined, {}, { mesh: 7 }])('it says what it takes when it is given %j', async (given) => {
  await expect(connect(given as never)).rejects.toMatchObject({ code: 'no-mesh' });
});
