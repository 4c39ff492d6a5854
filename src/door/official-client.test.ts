/** The official NATS client at a door, over TCP and over WebSocket, and at the Broker itself, without a socket. */
import { NatsConnectionImpl, setTransportFactory } from '@nats-io/nats-core/internal';
import {
  type ConnectionOptions,
  connect,
  createInbox,
  credsAuthenticator,
  deferred,
  type Msg,
  type NatsConnection,
  nkeyAuthenticator,
  nkeys,
  type Subscription,
  wsconnect,
} from '@nats-io/transport-node';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock, systemRandom, systemTimers, type Timers } from '../runtime/index.ts';
import { pattern, type SubscriptionId } from '../services/pubsub/index.ts';
import { openTestDoor, type TestDoor, type TestDoorOptions, userOf } from './door.testing.ts';
import { READ_MS } from './sockets/door.ts';
import { TabTransport } from './tab/tab-transport.ts';

const opened: { readonly connections: NatsConnection[]; readonly doors: TestDoor[] } = {
  connections: [],
  doors: [],
};
// Node 20 has none of its own.
beforeAll(() => void vi.stubGlobal('WebSocket', globalThis.WebSocket ?? WebSocket));
afterEach(async () => {
  for (const connection of opened.connections.splice(0)) await connection.close();
  for (const door of opened.doors.splice(0)) await door.close();
});

async function doorOf(options?: TestDoorOptions): Promise<TestDoor> {
  const made = await openTestDoor(options);
  opened.doors.push(made);
  return made;
}

/** Who asks gives up after a second, unless it says so: a busy machine may need longer to answer. */
const PATIENT = { timeout: 60_000 };

type Way = 'TCP' | 'WebSocket' | 'no socket at all';

async function clientOf(
  made: TestDoor,
  options: ConnectionOptions = {},
  way: Way = 'TCP',
): Promise<NatsConnection> {
  const connection = await dial(made, { reconnect: false, ...options }, way);
  opened.connections.push(connection);
  return connection;
}

function dial(
  { url, door, broker }: TestDoor,
  options: ConnectionOptions,
  way: Way,
): Promise<NatsConnection> {
  switch (way) {
    case 'TCP':
      return connect({ servers: url, ...options });
    case 'WebSocket':
      return wsconnect({ servers: `ws://127.0.0.1:${door.ports.websocket}`, ...options });
    case 'no socket at all': {
      const system = { clock: systemClock, timers: systemTimers, random: systemRandom };
      setTransportFactory({ factory: () => new TabTransport({ broker, ...system, isClosed: () => false }) });
      return NatsConnectionImpl.connect(options);
    }
  }
}

async function texts(subscription: Subscription, count: number): Promise<string[]> {
  const heard: string[] = [];
  for await (const message of subscription) {
    heard.push(message.string());
    if (heard.length === count) break;
  }
  return heard;
}

describe.each(['TCP', 'WebSocket', 'no socket at all'] as const)(
  'the official client at a door over %s',
  (way) => {
    const client = (made: TestDoor, options?: ConnectionOptions): Promise<NatsConnection> =>
      clientOf(made, options, way);

    it('publishes and subscribes, wildcards and Unicode included, in order', async () => {
      const made = await doorOf();
      const [one, two] = [await client(made), await client(made)];
      const all = two.subscribe('größe.>');
      const some = two.subscribe('größe.*.b');
      await two.flush();
      for (let index = 0; index < 500; index++) one.publish(`größe.${index}.b`, `${index}`);
      one.publish('größe', 'not wanted');
      const expected = Array.from({ length: 500 }, (_, index) => `${index}`);
      expect(await texts(all, 500)).toEqual(expected);
      expect(await texts(some, 500)).toEqual(expected);
    });

    it('carries payloads from nothing to the limit, whole, and says what is above', async () => {
      const made = await doorOf();
      const [one, two] = [await client(made), await client(made)];
      const subscription = two.subscribe('big');
      await two.flush();
      const sizes = [0, 1, 70_000, 1024 * 1024];
      const bodies = sizes.map((size) => Uint8Array.from({ length: size }, (_, index) => index * 31));
      for (const body of bodies) one.publish('big', body);
      let index = 0;
      for await (const { data } of subscription) {
        const body = bodies[index++] ?? new Uint8Array(0);
        expect(Buffer.compare(data, body)).toBe(0);
        if (index === bodies.length) break;
      }
      expect(one.info?.max_payload).toBe(1024 * 1024);
    });

    it('asks and is answered, and is told at once when nobody is there', async () => {
      const made = await doorOf();
      const [one, two] = [await client(made), await client(made)];
      two.subscribe('double', {
        callback: (_error, message) => void message.respond(`${2 * Number(message.string())}`),
      });
      await two.flush();
      expect((await one.request('double', '21', PATIENT)).string()).toBe('42');
      await expect(one.request('nobody', '', PATIENT)).rejects.toThrow(/no responders/i);
      await expect(one.request('$JS.API.INFO', '', PATIENT)).rejects.toThrow(/no responders/i);
      const noMux = one.request('nobody', '', { ...PATIENT, noMux: true, reply: createInbox() });
      await expect(noMux).rejects.toThrow(/no responders/i);
    });

    it('sends headers', async () => {
      const { headers } = await import('@nats-io/transport-node');
      const made = await doorOf();
      const [one, two] = [await client(made), await client(made)];
      const got = deferred<Msg>();
      two.subscribe('with', { callback: (_error, message) => got.resolve(message) });
      await two.flush();
      const some = headers();
      some.append('Colour', 'red');
      some.append('Colour', 'blue');
      one.publish('with', 'body', { headers: some });
      const message = await got;
      expect(message.headers?.values('Colour')).toEqual(['red', 'blue']);
      expect(message.string()).toBe('body');
    });
  },
);

describe('the official client at a door', () => {
  it('shares the work of a queue group, and one that leaves gives its share to the others', async () => {
    const made = await doorOf();
    const counts = [0, 0, 0];
    const workers = await Promise.all(counts.map(() => clientOf(made)));
    for (const [index, worker] of workers.entries()) {
      worker.subscribe('work', {
        queue: 'workers',
        callback: () => {
          counts[index] = (counts[index] ?? 0) + 1;
        },
      });
      await worker.flush();
    }
    const boss = await clientOf(made);
    const total = (): number => counts.reduce((sum, count) => sum + count, 0);
    for (let index = 0; index < 300; index++) boss.publish('work');
    await boss.flush();
    await expect.poll(total).toBe(300);
    for (const count of counts) expect(count).toBeGreaterThan(50);
    await workers[0]?.close();
    await expect.poll(() => made.door.connections.length).toBe(3);
    for (let index = 0; index < 300; index++) boss.publish('work');
    await expect.poll(total).toBe(600);
  });

  it('ends a subscription after a count, and drains', async () => {
    const made = await doorOf();
    const [one, two] = [await clientOf(made), await clientOf(made)];
    const three = two.subscribe('count', { max: 3 });
    const drained = two.subscribe('count');
    await two.flush();
    for (let index = 0; index < 10; index++) one.publish('count', `${index}`);
    await one.flush();
    expect(await texts(three, 10)).toEqual(['0', '1', '2']);
    await drained.drain();
    expect(await texts(drained, 11)).toHaveLength(10);
    await two.drain();
    expect(two.isClosed()).toBe(true);
  });

  it('does not hear itself without echo', async () => {
    const made = await doorOf();
    const one = await clientOf(made, { noEcho: true });
    const subscription = one.subscribe('self');
    one.publish('self');
    await one.flush();
    expect(subscription.getReceived()).toBe(0);
  });

  it('is told what it may not publish or subscribe to, and lives on', async () => {
    const rules = { allow: ['open.>', '_INBOX.>'], deny: [] };
    const made = await doorOf({ users: [userOf('joe', 'secret', { publish: rules, subscribe: rules })] });
    const joe = await clientOf(made, { user: 'joe', pass: 'secret' });
    const failed = deferred<Error>();
    joe.subscribe('closed', { callback: (error) => void (error && failed.resolve(error)) });
    expect((await failed).message).toMatch(/Permissions Violation for Subscription to "closed"/i);
    const status = joe.status();
    joe.publish('closed', 'x');
    for await (const event of status) {
      if (event.type !== 'error') continue;
      expect(event.error.message).toMatch(/Permissions Violation for Publish to "closed"/i);
      break;
    }
    joe.subscribe('open.a', { callback: (_error, message) => void message.respond('yes') });
    expect((await joe.request('open.a', '', PATIENT)).string()).toBe('yes');
  });

  it('is not given what is denied within a wildcard, which neither counts nor is lost to its queue group', async () => {
    const deny = { subscribe: { allow: undefined, deny: ['x.secret'] } };
    const made = await doorOf({ users: [userOf('joe', 'secret', deny), userOf('ann', 'secret')] });
    const [joe, ann] = [
      await clientOf(made, { user: 'joe', pass: 'secret' }),
      await clientOf(made, { user: 'ann', pass: 'secret' }),
    ];
    const two = joe.subscribe('x.>', { max: 2 });
    joe.subscribe('x.>', { queue: 'crew' });
    const crew = ann.subscribe('x.>', { queue: 'crew' });
    await Promise.all([joe.flush(), ann.flush()]);
    for (let index = 0; index < 4; index++) ann.publish('x.secret', `${index}`);
    expect(await texts(crew, 4)).toEqual(['0', '1', '2', '3']);
    for (const text of ['a', 'b', 'c']) ann.publish('x.open', text);
    expect(await texts(two, 3)).toEqual(['a', 'b']);
  });

  it('comes in with password, token or key, and with nothing else', async () => {
    const pair = nkeys.createUser();
    const made = await doorOf({
      users: [
        userOf('joe', 'secret'),
        userOf('bot', { type: 'token', token: 's3cr3t' }),
        userOf('keeper', { type: 'nkey', key: pair.getPublicKey() }),
      ],
    });
    await clientOf(made, { user: 'joe', pass: 'secret' });
    await clientOf(made, { token: 's3cr3t' });
    await clientOf(made, { authenticator: nkeyAuthenticator(pair.getSeed()) });
    expect(made.door.connections.map(({ client }) => client.userName)).toEqual(['joe', 'bot', 'keeper']);
    const stranger = nkeys.createUser().getSeed();
    for (const wrong of [
      {},
      { user: 'joe', pass: 'wrong' },
      { token: 'wrong' },
      { authenticator: nkeyAuthenticator(stranger) },
      { authenticator: credsAuthenticator(new TextEncoder().encode('none')) },
    ]) {
      await expect(clientOf(made, wrong)).rejects.toThrow();
    }
    await expect(clientOf(made, { user: 'joe', pass: 'wrong' })).rejects.toThrow(/Authorization Violation/i);
  });

  it('goes to another door that it was told of, when its own says that it ends', async () => {
    const [first, second] = [await doorOf(), await doorOf()];
    first.door.setUrls([`127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`], []);
    const mover = await clientOf(first, { reconnect: true, reconnectTimeWait: 50, noRandomize: true });
    const seen: string[] = [];
    void (async () => {
      for await (const { type } of mover.status()) seen.push(type);
    })();
    await first.door.leave({ graceMs: 50, durationMs: 50 });
    await expect.poll(() => second.door.connections.length).toBe(1);
    await expect.poll(() => seen).toContain('reconnect');
    expect(seen).toContain('ldm');
  });

  it('is turned away, with the reason, where there is no room', async () => {
    const made = await doorOf({ maxConnections: 1 });
    await clientOf(made);
    await expect(clientOf(made)).rejects.toThrow(/maximum connections exceeded/i);
    expect(made.door.connections).toHaveLength(1);
  });

  it('reads slowly, and neither loses its connection nor holds up the others', async () => {
    const made = await doorOf();
    const { connect: dial } = await import('node:net');
    const slow = dial(made.port, '127.0.0.1');
    slow.write('CONNECT {"verbose":false}\r\nSUB flood 1\r\nPING\r\n');
    await new Promise<void>((resolve) => {
      slow.on('data', (chunk: Buffer) => chunk.includes('PONG') && resolve());
    });
    slow.pause();
    const [one, two] = [await clientOf(made), await clientOf(made)];
    let heard = 0;
    two.subscribe('flood', {
      callback: () => {
        heard++;
      },
    });
    await two.flush();
    const body = new Uint8Array(50_000);
    let sent = 0;
    // What the system holds for one who does not read is for each machine to say: 40 MB on many.
    while (sent < 1_000 || made.door.totals.lost === 0) {
      one.publish('flood', body);
      // Who reads as fast as it can may be behind by more than a subscription holds, where only the publisher is paced.
      if (++sent % 20 === 0) for (const client of [one, two]) await client.flush();
    }
    await expect.poll(() => heard).toBe(sent);
    expect(made.door.connections).toHaveLength(3);
    slow.destroy();
  });
});

describe('an official client at a door that stood still', () => {
  it('says that it was disconnected, comes anew by itself, and what it had sent is not lost', async () => {
    // What is in its sockets has been read when the test says so: a second may be too short for that, where the machine is busy.
    let hasRead = (): void => undefined;
    const after: Timers['after'] = (delayMs, callback) => {
      if (delayMs !== READ_MS) return systemTimers.after(delayMs, callback);
      hasRead = callback;
      return () => undefined;
    };
    const made = await doorOf({ timers: { after } });
    const waiting = await clientOf(made, { reconnect: true, reconnectTimeWait: 10 });
    const publishing = await clientOf(made);
    const texts: string[] = [];
    waiting.subscribe('n', { callback: (_error, message) => void texts.push(message.string()) });
    await waiting.flush();
    const status = waiting.status();
    made.door.missed();
    publishing.publish('n', 'before');
    await publishing.flush();
    waiting.publish('n', 'of its own');
    await waiting.flush();
    hasRead();
    const heard: string[] = [];
    for await (const { type } of status) {
      heard.push(type);
      if (type === 'reconnect') break;
    }
    await waiting.flush();
    publishing.publish('n', 'after');
    await publishing.flush();
    await waiting.flush();
    expect(texts).toEqual(['before', 'of its own', 'after']);
    expect(heard.slice(0, 2)).toEqual(['error', 'disconnect']);
    expect(made.door.totalConnections).toBe(3);
  });
});

it('an official client is told of one queue group too many, and keeps its connection and all that it had', async () => {
  const made = await doorOf();
  const greedy = made.broker.connect({ hear: () => undefined });
  for (let count = 0; made.broker.takesGroup(`${count}`); count++)
    greedy.say({
      ...{ type: 'sub', sid: `${count}` as SubscriptionId, pattern: pattern('n') },
      ...{ queue: `${count}`, ack: undefined, slow: undefined },
    });
  const client = await clientOf(made);
  const plain = client.subscribe('n', { max: 1 });
  const late = client.subscribe('n', { queue: 'late' });
  const long = client.subscribe('n', { queue: 'x'.repeat(257) });
  for (const refused of [late, long])
    await expect(
      (async () => {
        for await (const _ of refused);
      })(),
    ).rejects.toThrow(/permissions violation/i);
  client.publish('n', 'on');
  for await (const message of plain) expect(message.string()).toBe('on');
  expect(made.door.totalConnections).toBe(1);
});
