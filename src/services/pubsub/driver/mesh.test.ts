/** Brokers on real Nodes, in virtual time. */
import { describe, expect, it } from 'vitest';
import { FarmWorld, type Tab } from '../../../../sim/farm-world.ts';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { TestClient, text } from '../client.testing.ts';
import { type Broker, CLIENT_WINDOW_BYTES, ENTRY_BYTES, MAX_PAYLOAD_LIMIT } from '../contract.ts';
import { createBroker } from './broker.ts';

interface Place extends Tab {
  readonly broker: Broker;
  readonly client: TestClient;
}

function place(tab: Tab, maxPayloadBytes = MAX_PAYLOAD_LIMIT): Place {
  const { node, host, random } = tab;
  const broker = createBroker({ node, clock: host, timers: host, random, maxPayloadBytes });
  return { ...tab, broker, client: new TestClient(broker) };
}

async function network(count: number, seed = 1): Promise<{ world: FarmWorld; places: Place[] }> {
  const world = new FarmWorld(seed);
  const places = Array.from({ length: count }, () => place(world.add()));
  await world.meet();
  await world.runFor(3_000); // so few are all neighbours by then
  return { world, places };
}

/** Subscribes, and waits until all know of it. */
async function ready(world: FarmWorld, client: TestClient, sid: string, pattern: string, queue?: string) {
  const token = 1_000_000 + client.heard.length;
  client.sub(sid, pattern, { ack: token, ...(queue !== undefined && { queue }) });
  await world.runUntil(() => client.outcome(token) !== undefined);
  return client.outcome(token);
}

const at = <T>(list: readonly T[], index: number): T => {
  const item = list[index];
  if (item === undefined) throw new Error('no such place');
  return item;
};

quietVirtualTime();

describe('Brokers of several Nodes', () => {
  it('bring what is published after a subscription is ready, once and in order, and say who took it', async () => {
    const { world, places } = await network(3);
    const [a, b, c] = places.map(({ client }) => client);
    if (!a || !b || !c) throw new Error('unreachable');
    expect(await ready(world, b, '1', 'jobs.*')).toMatchObject({ nodes: 3, failure: undefined });
    await ready(world, c, '1', 'jobs.>');
    for (let i = 0; i < 100; i++) a.pub(i % 2 === 0 ? 'jobs.even' : 'jobs.odd', String(i));
    a.pub('jobs.even', 'last', { ack: 5 });
    await world.runUntil(() => a.outcome(5) !== undefined);
    const expected = [...Array.from({ length: 100 }, (_, i) => String(i)), 'last'];
    expect(b.payloads).toEqual(expected);
    expect(c.payloads).toEqual(expected);
    expect(b.messages[0]?.from).toBe(at(places, 0).node.id);
    expect(a.outcome(5)).toEqual({ subscriptions: 2, nodes: 2, failure: undefined, reason: '' });
  });

  it('send nothing that nobody wants, and nothing to others what one alone wants', async () => {
    const { world, places } = await network(3);
    await ready(world, at(places, 1).client, '1', 'wanted');
    await world.runFor(30_000);
    const sent: string[] = [];
    const off = at(places, 0).node.inspection.trace(({ direction, type }) => {
      if (direction === 'out' && type.startsWith('msg')) sent.push(type);
    });
    at(places, 0).client.pub('unwanted', 'x');
    await world.runFor(100);
    expect(sent).toEqual([]);
    at(places, 0).client.pub('wanted', 'x');
    await world.runFor(100);
    off();
    expect(sent).toEqual(['msg']);
    expect(at(places, 1).client.payloads).toEqual(['x']);
    expect(at(places, 2).broker.counters.inVain).toBe(0);
  });

  it('answer a request, and say within a round trip that nobody serves it', async () => {
    const { world, places } = await network(2);
    const [asker, server] = [at(places, 0).client, at(places, 1).client];
    server.onMessage = ({ reply, payload }) => reply && server.pub(reply, `${text(payload)}!`);
    await ready(world, server, '1', 'shout');
    asker.sub('inbox', '_INBOX.a.*');
    asker.pub('shout', 'hey', { reply: '_INBOX.a.1' });
    await world.runUntil(() => asker.messages.length === 1);
    expect(asker.payloads).toEqual(['hey!']);
    // The server goes; a request that crosses its going is answered all the same.
    server.unsub('1');
    const before = world.now();
    asker.pub('shout', 'hey', { reply: '_INBOX.a.2' });
    await world.runUntil(() => asker.messages.length === 2);
    expect(text(asker.messages[1]?.headers)).toContain('503');
    expect(world.now() - before).toBeLessThan(200);
    await world.runFor(100);
    asker.pub('shout', 'hey', { reply: '_INBOX.a.3' });
    expect(asker.messages).toHaveLength(3);
  });

  it('give each message to one member of a queue group, near first, and shared fairly among the equally near', async () => {
    const { world, places } = await network(4);
    const [publisher, ...members] = places.map(({ client }) => client);
    for (const member of members) await ready(world, member, '1', 'work', 'crew');
    for (let i = 0; i < 3_000; i++) publisher?.pub('work', String(i));
    const taken = () => members.map(({ messages }) => messages.length);
    await world.runUntil(() => taken().reduce((sum, count) => sum + count, 0) === 3_000);
    expect(taken()).toEqual([1_000, 1_000, 1_000]);
    expect(new Set(members.flatMap(({ payloads }) => payloads)).size).toBe(3_000);
    publisher?.sub('own', 'work', { queue: 'crew' });
    for (let i = 0; i < 10; i++) publisher?.pub('work');
    expect(publisher?.messages).toHaveLength(10);
  });

  it('hand a message on when its queue member is gone before it had it', async () => {
    const { world, places } = await network(3);
    const [publisher, first, second] = places.map(({ client }) => client);
    if (!publisher || !first || !second) throw new Error('unreachable');
    await ready(world, first, '1', 'work', 'crew');
    await ready(world, second, '1', 'work', 'crew');
    world.kill(at(places, 1).node.id);
    for (let i = 0; i < 100; i++) publisher.pub('work', String(i));
    await world.runUntil(() => second.messages.length === 100);
    expect(new Set(second.payloads).size).toBe(100);
  });

  it('know what a Node wants that comes later, and what was published before it is known is kept', async () => {
    const { world, places } = await network(2);
    const late = place(world.add());
    await ready(world, at(places, 0).client, '1', 'news');
    let published = 0;
    const before = at(places, 0).client.messages.length;
    // From its first moment as a member on.
    late.node.events.on('joined', () => late.client.pub('news', String(published++)));
    await world.runUntil(() => published === 2);
    await world.runUntil(() => at(places, 0).client.messages.length > before, 5_000);
    await world.runFor(1_000);
    const heard = at(places, 0).client.payloads;
    expect(heard).toEqual([...heard].sort());
    expect(heard).toContain('1');
    await ready(world, late.client, '1', 'late.*');
    at(places, 1).client.pub('late.x', 'hello', { ack: 1 });
    await world.runUntil(() => late.client.messages.length === 1);
  });

  it('agree on who listens to what, and forget a Node with its interest', async () => {
    const { world, places } = await network(3);
    for (const [i, { client }] of places.entries()) {
      client.sub('1', `own.${i}`);
      client.sub('2', 'all.>');
      client.sub('3', 'all.>', { queue: 'q' });
    }
    at(places, 2).client.unsub('2');
    await world.runFor(2_000);
    const seen = ({ broker }: Place) =>
      broker
        .interests()
        .map(({ pattern, queue, node, count }) => `${node} ${pattern} ${queue} ${count}`)
        .sort();
    expect(seen(at(places, 0))).toHaveLength(8);
    expect(seen(at(places, 1))).toEqual(seen(at(places, 0)));
    expect(seen(at(places, 2))).toEqual(seen(at(places, 0)));
    at(places, 1).node.close();
    at(places, 2).broker.close('no more');
    await world.runUntil(() => seen(at(places, 0)).length === 3);
  });

  it('carry what is larger than the mesh broadcasts at once', async () => {
    const { world, places } = await network(2);
    const [a, b] = [at(places, 0).client, at(places, 1).client];
    await ready(world, b, '1', 'big');
    const payload = Uint8Array.from({ length: 3 * 1024 * 1024 + 17 }, (_, i) => (i * 7919) >> 8);
    a.pub('big', payload, { ack: 1, headers: 'NATS/1.0\r\n\r\n' });
    a.pub('big', 'small', { ack: 2 });
    await world.runUntil(() => a.outcome(2) !== undefined);
    expect(b.messages.map(({ payload: { length } }) => length)).toEqual([payload.length, 5]);
    expect(Buffer.compare(b.messages[0]?.payload ?? Buffer.of(), payload)).toBe(0);
  });

  it('tell a publisher that a Node left before it had taken the message', async () => {
    const { world, places } = await network(3);
    const [a, b, c] = places.map(({ client }) => client);
    if (!a || !b || !c) throw new Error('unreachable');
    await ready(world, b, '1', 'x');
    await ready(world, c, '1', 'x');
    world.kill(at(places, 1).node.id);
    a.pub('x', '', { ack: 1 });
    await world.runUntil(() => a.outcome(1) !== undefined);
    expect(a.outcome(1)).toMatchObject({ subscriptions: 1, nodes: 1, failure: 'partial' });
  });

  it('know when the publishers of others have heard what became of their messages, or are gone', async () => {
    const { world, places } = await network(2);
    const [a, b] = [at(places, 0), at(places, 1)];
    await ready(world, b.client, '1', 'x');
    const told: string[] = [];
    b.client.onMessage = () => queueMicrotask(() => void b.broker.told().then(() => told.push('told')));
    a.client.pub('x', '', { ack: 1 });
    await world.runUntil(() => b.client.messages.length === 1);
    expect([told, a.client.outcome(1)]).toEqual([[], undefined]);
    await world.runUntil(() => told.length === 1);
    expect(a.client.outcome(1)).toMatchObject({ subscriptions: 1, failure: undefined });
    await b.broker.told();

    a.client.pub('x', '', { ack: 2 });
    b.client.onMessage = () => {
      world.kill(a.node.id);
      queueMicrotask(() => void b.broker.told().then(() => told.push('told')));
    };
    await world.runUntil(() => b.client.messages.length === 2);
    await world.runFor(1_900);
    expect(told).toHaveLength(1);
    await world.runFor(200);
    expect(told).toHaveLength(2);

    const last = b.broker.told();
    b.broker.close('it leaves');
    await last;
  });

  it('lose nothing of what left together for a client that takes it at once, however little its subscriptions hold', async () => {
    const { world, places } = await network(2);
    const [a, b] = [at(places, 0).client, at(places, 1).client];
    const sids = Array.from({ length: 4 }, (_, i) => String(i));
    for (const sid of sids) b.sub(sid, 'x', { slow: { mode: 'drop', maxBytes: 1_024 } });
    await ready(world, b, 'last', 'y');
    for (let i = 0; i < 600; i++) a.pub('x', String(i));
    await world.runFor(2_000);
    expect(b.messages).toHaveLength(600 * sids.length);
  });

  it('let publishers on other Nodes wait for a subscription that asked for it', async () => {
    const { world, places } = await network(2);
    const [a, b] = [at(places, 0).client, at(places, 1).client];
    const weight = 1025 + ENTRY_BYTES;
    b.sub('1', 'x', { ack: 9, slow: { mode: 'wait', maxBytes: 4 * weight } });
    await world.runUntil(() => b.outcome(9) !== undefined);
    b.isReading = false;
    const count = Math.ceil(CLIENT_WINDOW_BYTES / weight) + 4;
    for (let i = 0; i < count; i++) a.pub('x', new Uint8Array(1024), { ack: 100 + i });
    await world.runFor(2_000);
    expect(a.outcome(100)?.subscriptions).toBe(1);
    const waiting = Array.from({ length: count }, (_, i) => a.outcome(100 + i)).filter((one) => !one);
    expect(waiting).toHaveLength(2);
    b.read();
    await world.runUntil(() => a.outcome(99 + count) !== undefined);
    expect(b.messages).toHaveLength(count);
  });
});
