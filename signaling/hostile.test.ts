/** Clients that mean harm, against the real server in a process of its own. Each is limited, and costs the others little. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type ChildOptions, type ChildServer, startServerInChild } from './child-process.ts';
import { type Message, TestClient, type TestClientOptions } from './client.testing.ts';
import { ADDRESS_OFFERS_TO_ONE, LEAST_PLAIN_CONNECTIONS, PAIR_OFFERS, type Rate } from './limits.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startServer(options: ChildOptions = {}): Promise<ChildServer> {
  const server = await startServerInChild(0, options);
  cleanups.push(() => server.kill());
  return server;
}

async function open(server: ChildServer, options?: TestClientOptions): Promise<TestClient> {
  const client = await new TestClient(server.port, options).open();
  cleanups.push(() => client.close());
  return client;
}

async function registered(server: ChildServer, options?: TestClientOptions): Promise<TestClient> {
  const client = await open(server, options);
  await client.register();
  return client;
}

/** Resolves with the status that an upgrade was refused with, 101 when it was not. */
async function statusOf(server: ChildServer, options?: TestClientOptions): Promise<number> {
  const { socket } = new TestClient(server.port, options);
  cleanups.push(() => socket.terminate());
  const refused = new Promise<number>((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
  });
  return Promise.race([refused, once(socket, 'open').then(() => 101)]);
}

/** All that a client gets until nothing is under way any more. */
async function received(client: TestClient): Promise<Message[]> {
  await client.flushed();
  client.close();
  const messages: Message[] = [];
  for (;;) {
    const message = await client.next();
    if (message.type === 'closed') return messages;
    messages.push(message);
  }
}

const health = async (server: ChildServer) =>
  (await (await fetch(`http://127.0.0.1:${server.port}/healthz`)).json()) as {
    readonly malformed: number;
    readonly sockets: number;
  };

describe('junk', () => {
  it('is counted and ends the socket that keeps sending it; others are served on', async () => {
    const server = await startServer();
    const victim = await registered(server);
    const junk = [
      '{',
      'null',
      '7',
      '"x"',
      '[]',
      '{}',
      '{"type":{}}',
      '{"type":"OFFER"}',
      '{"type":"__proto__"}',
    ];
    for (const attacker of [await open(server), await registered(server)]) {
      for (let i = 0; i < 4; i++) for (const text of junk) attacker.send(text);
      expect(await attacker.nextOf('closed')).toEqual({ type: 'closed', code: 1008 });
    }
    for (const attacker of [await open(server), await registered(server)]) {
      attacker.send('x'.repeat(100_000));
      expect(await attacker.nextOf('closed')).toEqual({ type: 'closed', code: 1009 });
    }
    expect((await health(server)).malformed).toBeGreaterThanOrEqual(42);
    const friend = await registered(server);
    const offer = friend.offer(victim.id);
    expect(await victim.nextOf('OFFER')).toEqual(offer);
  });

  it('of many small objects does not fill a small heap: it is weighed before it is parsed', async () => {
    const server = await startServer({ nodeFlags: ['--max-old-space-size=96'] });
    const attackers = await Promise.all(Array.from({ length: 8 }, () => registered(server)));
    const objects = new Array(5_000).fill('{}').join(',');
    const offer = `{"type":"OFFER","dst":"00000000-0000-4000-8000-000000000000","payload":{"a":[${objects}]}}`;
    for (const attacker of attackers) {
      for (let i = 0; i < 60; i++) attacker.send(offer);
      expect(await attacker.nextOf('closed')).toEqual({ type: 'closed', code: 1008 });
    }
    expect(server.isAlive).toBe(true);
    await registered(server);
  });
});

describe('a crowd', () => {
  it('of one address takes no more than its share, and no other address loses a place', async () => {
    const server = await startServer({ server: { limits: { maxSockets: 9, maxSocketsPerAddress: 5 } } });
    const first = await open(server);
    for (let i = 0; i < 4; i++) expect(await statusOf(server)).toBe(101);
    expect(await statusOf(server)).toBe(429);
    first.close();
    // One is all that it may open now: a refill of one a second was not spent on those refused.
    await expect.poll(() => statusOf(server), { interval: 500 }).toBe(101);
    for (let i = 0; i < 4; i++) expect(await statusOf(server, { localAddress: '127.0.0.2' })).toBe(101);
    expect(await statusOf(server, { localAddress: '127.0.0.3' })).toBe(503);
    expect(server.log).toContain('--max-sockets-per-address');
  });

  it('that connects and says nothing takes no more than its share, and gives it back', async () => {
    const server = await startServer({
      server: { limits: { maxSocketsPerAddress: LEAST_PLAIN_CONNECTIONS } },
    });
    const member = await registered(server);
    const silent = Array.from({ length: 2 * LEAST_PLAIN_CONNECTIONS }, () =>
      connect(server.port, '127.0.0.1'),
    );
    const hangUp = (): void => {
      for (const socket of silent) socket.destroy();
    };
    cleanups.push(hangUp);
    const closed = () => silent.filter(({ closed }) => closed).length;
    await expect.poll(closed).toBe(LEAST_PLAIN_CONNECTIONS);
    // Sockets are counted apart, and other addresses are not concerned.
    await member.flushed();
    expect(await statusOf(server, { localAddress: '127.0.0.2' })).toBe(101);
    expect(server.log).toContain('too many without a socket');
    hangUp();
    await expect.poll(() => statusOf(server)).toBe(101);
  });

  it('behind a proxy of ours is told apart by what the proxy says, and by nothing else', async () => {
    const limits = { maxSockets: 9, maxSocketsPerAddress: 1 };
    const headers = (address: string) => ({ headers: { 'x-forwarded-for': `10.9.9.9, ${address}` } });
    const trusting = await startServer({ server: { limits, isProxyTrusted: true } });
    expect(await statusOf(trusting, headers('10.0.0.1'))).toBe(101);
    expect(await statusOf(trusting, headers('10.0.0.1'))).toBe(429);
    expect(await statusOf(trusting, headers('10.0.0.2'))).toBe(101);
    const direct = await startServer({ server: { limits } });
    expect(await statusOf(direct, headers('10.0.0.1'))).toBe(101);
    expect(await statusOf(direct, headers('10.0.0.2'))).toBe(429);
  });

  it('of 1,024 ghosts leaves the server quick and keeps nobody out: who speaks is told of first, and who comes from elsewhere', async () => {
    const server = await startServer({ server: { limits: { maxSocketsPerAddress: 2_000 } } });
    const first = await registered(server);
    const ghosts: TestClient[] = [];
    while (ghosts.length < 1_024) {
      ghosts.push(...(await Promise.all(Array.from({ length: 128 }, () => registered(server)))));
    }
    const friend = await registered(server);
    const offer = friend.offer(first.id);
    await friend.flushed();
    // Each registration costs a bounded number of messages.
    const messages = await received(first);
    expect(messages.filter(({ type }) => type === 'OFFER')).toEqual([offer]);
    // Of those who register the nth is told to 32 of the n that are there; all are again and again, the more seldom the longer they stay.
    const count = (wanted: string): number => messages.filter(({ type }) => type === wanted).length;
    const introductions = 1 + count('INSTANCES');
    expect(count('JOINED')).toBeGreaterThan(32);
    expect(messages.length).toBeLessThan(200 * introductions);

    // A resident calls whom it is told of, ghosts as they are.
    const resident = await open(server);
    const told = await resident.register();
    expect(told).toHaveLength(32);
    resident.offer(told[0] ?? '');
    await resident.flushed();
    const newcomer = await open(server);
    expect(await newcomer.register()).toContain(resident.id);
    const elsewhere = await open(server, { localAddress: '127.0.0.2' });
    expect(await elsewhere.register()).toContain(resident.id);
    const afterwards = await open(server);
    expect(await afterwards.register()).toContain(elsewhere.id);
    for (const ghost of ghosts) ghost.close();
  });
});

describe('a page of a foreign origin', () => {
  it('is refused; our own, a welcome one and programs are not', async () => {
    const server = await startServer({ server: { origins: ['https://friend.example'] } });
    expect(await statusOf(server, { origin: 'https://evil.example' })).toBe(403);
    expect(await statusOf(server, { origin: 'null' })).toBe(403);
    expect(await statusOf(server, { origin: `http://127.0.0.1:${server.port}` })).toBe(101);
    expect(await statusOf(server, { origin: 'http://127.0.0.1:1' })).toBe(403);
    expect(await statusOf(server, { origin: 'https://friend.example' })).toBe(101);
    expect(await statusOf(server)).toBe(101);
    expect(server.log).toContain('--origin https://evil.example');
  });
});

describe('a stranger who knows a uuid', () => {
  it('and not its network reaches nobody', async () => {
    const server = await startServer();
    const victim = await registered(server);
    const stranger = await open(server);
    await stranger.register('cd'.repeat(32));
    stranger.offer(victim.id);
    expect(await stranger.nextOf('EXPIRE')).toEqual({ type: 'EXPIRE', src: victim.id });
    expect((await received(victim)).map(({ type }) => type)).toEqual([]);
  });

  it('and its network sends it few offers, under one id or many, and takes nothing from others', async () => {
    const server = await startServer();
    const victim = await registered(server);
    const attacker = await registered(server);
    const startedAt = performance.now();
    for (let i = 0; i < 3 * PAIR_OFFERS.burst; i++) attacker.offer(victim.id);
    await attacker.flushed();
    for (let i = 0; i < 20; i++) {
      const one = await registered(server);
      for (let offers = 0; offers < PAIR_OFFERS.burst; offers++) one.offer(victim.id);
      await one.flushed();
    }
    const friend = await registered(server, { localAddress: '127.0.0.2' });
    friend.offer(victim.id);
    await friend.flushed();
    const offers = (await received(victim)).filter(({ type }) => type === 'OFFER');
    const ofAttacker = offers.filter(({ src }) => src === attacker.id);
    expect(ofAttacker.length).toBeGreaterThanOrEqual(PAIR_OFFERS.burst);
    // A slow machine gives them time to win back.
    const seconds = (performance.now() - startedAt) / 1000;
    const most = ({ burst, perSecond }: Rate): number => burst + seconds * perSecond;
    expect(ofAttacker.length).toBeLessThanOrEqual(most(PAIR_OFFERS));
    // And the friend's.
    expect(offers.length).toBeLessThanOrEqual(most(ADDRESS_OFFERS_TO_ONE) + 1);
    expect(offers.at(-1)).toMatchObject({ src: friend.id });
  });
});

describe('a client that does not read', () => {
  it('costs a bounded memory: what it does not take is dropped, and it is asked whether it lives', async () => {
    const server = await startServer({ nodeFlags: ['--max-old-space-size=96'] });
    const deaf = await registered(server);
    deaf.socket.pause();
    const sdp = 'v'.repeat(12_000);
    const talkers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => registered(server, { localAddress: `127.0.1.${i + 1}` })),
    );
    const payload = { connectionId: 'dc_1', sdp };
    for (const talker of talkers) {
      for (let i = 0; i < 80; i++) talker.send({ type: 'ANSWER', dst: deaf.id, payload });
    }
    await Promise.all(talkers.map((talker) => talker.flushed()));
    expect(server.isAlive).toBe(true);
    deaf.socket.resume();
    const got = (await received(deaf)).filter(({ type }) => type === 'ANSWER');
    expect(got.length).toBeLessThan(talkers.length * 80);
  });
});

it('a socket that asks for nothing but ports of ours is answered with 404', async () => {
  const server = await startServer();
  for (const path of [
    '/',
    '/registry',
    '/peerjs/peerjs',
    `/peerjs/peerjs?key=other&id=${crypto.randomUUID()}`,
  ]) {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('404');
  }
  expect(await statusOf(server, { id: 'bob' })).toBe(404);
});
