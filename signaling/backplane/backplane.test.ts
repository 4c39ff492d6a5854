/** Two real servers in processes of their own and the real NATS between them. */
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type ChildServer, startServerInChild } from '../child-process.ts';
import { TestClient } from '../client.testing.ts';
import { NO_NATS_SERVER, type RunningNats, startNats } from './nats.testing.ts';
import { natsAddress } from './nats-bus.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function nats(port = 0): Promise<RunningNats> {
  const running = await startNats(port);
  cleanups.push(() => running.kill());
  return running;
}

async function startServer(backplane: string): Promise<ChildServer> {
  const server = await startServerInChild(0, { server: { backplane } });
  cleanups.push(() => server.kill());
  return server;
}

async function registered(server: ChildServer, identity?: TestClient['identity']): Promise<TestClient> {
  const client = await new TestClient(server.port, identity && { identity }).open();
  cleanups.push(() => client.close());
  await client.register();
  return client;
}

const statusOf = async (server: ChildServer): Promise<string> => {
  const [health, metrics] = await Promise.all(
    ['/healthz', '/metrics'].map(async (path) =>
      (await fetch(`http://127.0.0.1:${server.port}${path}`)).text(),
    ),
  );
  const { backplane, instances } = JSON.parse(health ?? '') as { backplane: string; instances: number };
  return `${backplane}, ${/^leafcutter_backplane_servers (\d+)$/m.exec(metrics ?? '')?.[1]} more, ${instances} here`;
};
const status = (server: ChildServer, text: string) => expect.poll(() => statusOf(server)).toBe(text);

describe.skipIf(NO_NATS_SERVER)(`two servers and a NATS server ${NO_NATS_SERVER || ''}`, () => {
  it('are one meeting point: a tab at one meets a tab at the other, and either server may die', async () => {
    const { url } = await nats();
    const [one, two] = await Promise.all([startServer(url), startServer(url)]);
    for (const server of [one, two]) await status(server, 'connected, 1 more, 0 here');
    const a = await registered(one);
    await status(two, 'connected, 1 more, 1 here');
    const b = new TestClient(two.port);
    cleanups.push(() => b.close());
    expect(await b.register()).toEqual([a.id]);
    await status(one, 'connected, 1 more, 2 here');
    expect(await a.next()).toEqual({ type: 'JOINED', payload: { id: b.id } });
    const offer = b.offer(a.id);
    expect(await a.next()).toEqual(offer);
    const back = a.offer(b.id);
    expect(await b.next()).toEqual(back);

    await two.kill();
    expect(await a.next()).toEqual({ type: 'LEFT', payload: { id: b.id } });
    const moved = await registered(one, b.identity);
    expect(await a.next()).toEqual({ type: 'JOINED', payload: { id: b.id } });
    const again = a.offer(moved.id);
    expect(await moved.nextOf('OFFER')).toEqual(again);
    await status(one, 'connected, 0 more, 2 here');
  });

  it('forget at once what was at a server that ends in order', async () => {
    const { url } = await nats();
    const [one, two] = await Promise.all([startServer(url), startServer(url)]);
    for (const server of [one, two]) await status(server, 'connected, 1 more, 0 here');
    const a = await registered(one);
    await status(two, 'connected, 1 more, 1 here');
    await registered(two);
    await status(one, 'connected, 1 more, 2 here');
    expect(await a.next()).toMatchObject({ type: 'JOINED' });
    expect(await two.terminate()).toBe(0);
    expect(await a.next()).toMatchObject({ type: 'LEFT' });
    await status(one, 'connected, 0 more, 1 here');
  });

  it('go on alone while NATS is away, say so, and are one again when it is back', async () => {
    const first = await nats();
    const [one, two] = await Promise.all([startServer(first.url), startServer(first.url)]);
    for (const server of [one, two]) await status(server, 'connected, 1 more, 0 here');
    const [a, b] = [await registered(one), await registered(two)];
    for (const server of [one, two]) await status(server, 'connected, 1 more, 2 here');
    await first.kill();
    for (const server of [one, two]) await status(server, 'away, 0 more, 1 here');
    expect(one.log).toContain('warn the backplane is away; this server goes on alone');
    expect(await b.nextOf('LEFT')).toEqual({ type: 'LEFT', payload: { id: a.id } });
    const c = await registered(two);
    const offer = c.offer(b.id);
    expect(await b.nextOf('OFFER')).toEqual(offer);
    c.offer(a.id);
    expect(await c.nextOf('EXPIRE')).toEqual({ type: 'EXPIRE', src: a.id });

    await nats(first.port);
    for (const server of [one, two]) await status(server, 'connected, 1 more, 3 here');
    const ids = [await a.nextOf('JOINED'), await a.nextOf('JOINED'), await a.nextOf('JOINED')];
    expect(
      ids
        .map(({ payload }) => (payload as { id: string }).id)
        .slice(1)
        .sort(),
    ).toEqual([b.id, c.id].sort());
    const across = c.offer(a.id);
    expect(await a.nextOf('OFFER')).toEqual(across);
  });

  it('start without NATS, and join when it comes', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const address = blocker.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await new Promise((resolve) => blocker.close(resolve));
    const server = await startServer(`nats://127.0.0.1:${port}`);
    await status(server, 'away, 0 more, 0 here');
    await nats(port);
    await status(server, 'connected, 0 more, 0 here');
  });
});

describe('the address of a backplane', () => {
  it('is read with its credentials, and refused without repeating them', () => {
    expect(natsAddress('nats://localhost')).toEqual({ servers: 'localhost:4222' });
    expect(natsAddress('nats://u:p%40@[::1]:1')).toEqual({ servers: '[::1]:1', user: 'u', pass: 'p@' });
    expect(natsAddress('tls://token@h:2')).toEqual({ servers: 'h:2', tls: {}, token: 'token' });
    for (const bad of ['localhost:4222', 'http://u:secret@h', 'nats://', '']) {
      expect(() => natsAddress(bad)).toThrow(/nats:\/\/host:port/);
      expect(() => natsAddress(bad)).not.toThrow(/secret/);
    }
  });
});
