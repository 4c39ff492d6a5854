/** Members that say what no Broker would. */
import { expect, it } from 'vitest';
import { FarmWorld } from '../../../../sim/farm-world.ts';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { concatBytes } from '../../../runtime/index.ts';
import { TestClient } from '../client.testing.ts';
import { MAX_ADVERTISED, type Subject } from '../contract.ts';
import { encodePublication } from '../publication-codec.ts';
import { createBroker } from './broker.ts';
import { PUBSUB } from './mesh-link.ts';

quietVirtualTime();

it.each([
  ['more queue groups than a Node may have', MAX_ADVERTISED + 1, 'q'],
  ['as many as it may have, with the longest names', MAX_ADVERTISED, '\u4e16'.repeat(251)],
])('a publication for %s, none of which is here, leaves the Broker alive', async (_, count, name) => {
  const world = new FarmWorld(1);
  const { node, host, random } = world.add();
  const broker = createBroker({ node, clock: host, timers: host, random });
  const client = new TestClient(broker);
  const { node: liar } = world.add();
  await world.meet();
  const publication = {
    ...{ subject: 'x' as Subject, reply: undefined, headers: undefined, payload: new Uint8Array() },
    from: liar.id,
  };
  const queues = Array.from({ length: count }, (_, i) => `${name}${String(i).padStart(5, '0')}`);
  const outgoing = { publication, seq: 1, isForGroupsOnly: false, picks: new Map([[node.id, queues]]) };
  const stream = liar.stream(PUBSUB);
  const answers: unknown[] = [];
  stream.receive('result', (message) => {
    answers.push(message);
  });
  const bytes = encodePublication(outgoing, { way: 'line', number: 1, after: 0 });
  void stream.send(node.id, 'whole', bytes);
  await world.runFor(3_000);
  expect([broker.counters.malformed, answers.length]).toEqual(count > MAX_ADVERTISED ? [1, 0] : [0, 1]);
  client.sub('1', 'y');
  client.pub('y', 'still here');
  expect(client.payloads).toEqual(['still here']);
});

it('a publication that is none, among others of its Node, is left out alone', async () => {
  const world = new FarmWorld(1);
  const { node, host, random } = world.add();
  const broker = createBroker({ node, clock: host, timers: host, random });
  const client = new TestClient(broker);
  client.sub('1', 'x');
  const { node: liar } = world.add();
  await world.meet();
  const publication = (text: string) => ({
    ...{ subject: 'x' as Subject, reply: undefined, headers: undefined },
    ...{ payload: new TextEncoder().encode(text), from: liar.id },
  });
  const parts = ['before', 'none', 'behind'].map((text, i) =>
    encodePublication(
      { publication: publication(text), seq: i + 1, isForGroupsOnly: false, picks: new Map() },
      { way: 'line', number: i + 1, after: 0 },
    ),
  );
  parts[1]?.fill(0xff, 4);
  void liar.stream(PUBSUB).send(node.id, 'whole', concatBytes(...parts));
  await world.runFor(3_000);
  expect([client.payloads, broker.counters.malformed]).toEqual([['before', 'behind'], 1]);
});
