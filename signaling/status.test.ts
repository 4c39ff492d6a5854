/** What the server tells about itself, and how it ends: the real one in a process of its own. */
import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { type ChildOptions, type ChildServer, startServerInChild } from './child-process.ts';
import { NETWORK, TestClient } from './client.testing.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startServer(port = 0, options: ChildOptions = {}): Promise<ChildServer> {
  const server = await startServerInChild(port, options);
  cleanups.push(() => server.kill());
  return server;
}

async function registered(server: ChildServer): Promise<TestClient> {
  const client = await new TestClient(server.port).open();
  cleanups.push(() => client.close());
  await client.register();
  return client;
}

const textOf = async (server: ChildServer, path: string): Promise<string> => {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return response.text();
};

it('tells its health, and numbers in the form that Prometheus reads', async () => {
  const server = await startServer();
  const [a, b] = [await registered(server), await registered(server)];
  a.offer(b.id);
  await b.nextOf('OFFER');
  a.offer('00000000-0000-4000-8000-000000000000');
  await a.nextOf('EXPIRE');
  expect(JSON.parse(await textOf(server, '/healthz'))).toMatchObject({
    status: 'ok',
    sockets: 2,
    instances: 2,
    networks: 1,
    malformed: 0,
    backplane: 'none',
  });
  const metrics = await textOf(server, '/metrics');
  const line =
    /^(?:# (?:HELP \w+ [^\n]+|TYPE \w+ (?:counter|gauge))|\w+(?:\{\w+="\w+"(?:,\w+="\w+")*\})? [\d.e+-]+)$/;
  for (const each of metrics.trimEnd().split('\n')) expect(each).toMatch(line);
  for (const expected of [
    'leafcutter_sockets 2',
    'leafcutter_instances 2',
    'leafcutter_registrations_total 2',
    'leafcutter_signals_total{type="offer"} 2',
    'leafcutter_signals_expired_total 1',
  ]) {
    expect(metrics).toContain(`${expected}\n`);
  }
});

it('lists its instances, by names that nobody can register or call with', async () => {
  const server = await startServer();
  const a = await registered(server);
  const text = await textOf(server, '/api/network');
  expect(text).not.toContain(NETWORK.slice(0, 12));
  expect(text).not.toContain(a.id);
  expect(JSON.parse(text)).toEqual({
    networks: [
      {
        network: expect.stringMatching(/^[0-9a-f]{16}$/),
        count: 1,
        instances: [{ id: a.id.slice(0, 8), since: expect.stringMatching(/^20.*Z$/), server: 'this' }],
      },
    ],
    networksLeftOut: 0,
  });
});

it('writes down requests and registrations, and in nothing of it a whole uuid or a key', async () => {
  const server = await startServer();
  const a = await registered(server);
  const key = 'AAECAwQFBgcICQoLDA0ODw';
  await fetch(`http://127.0.0.1:${server.port}/${a.id}/${key}?id=${a.id}`);
  await expect.poll(() => server.log).toMatch(/info GET \/[0-9a-f]{8}\.\.\.\/AAECAwQF\.\.\. 404 \d+ ms/);
  expect(server.log).toContain(`debug ${a.id.slice(0, 8)} registered`);
  expect(server.log).not.toContain(a.id);
  expect(server.log).not.toContain(key);
});

it('ends in order when it is told to: clients hear why, the port is free, requests under way are answered', async () => {
  const server = await startServer();
  const a = await registered(server);
  const ending = server.terminate();
  expect(await a.nextOf('GOODBYE')).toEqual({ type: 'GOODBYE', payload: { reason: 'restarting' } });
  expect(await a.next()).toEqual({ type: 'closed', code: 1012 });
  expect(await ending).toBe(0);
  const next = await startServer(server.port);
  const again = new TestClient(next.port, { identity: a.identity });
  cleanups.push(() => again.close());
  expect(await again.register()).toEqual([]);
});

it('ends within seconds though a client does not close its socket or its request', async () => {
  const server = await startServer();
  const deaf = await registered(server);
  deaf.socket.pause();
  const slow = request({ port: server.port, path: '/healthz', headers: { expect: 'never' } });
  slow.on('error', () => undefined);
  slow.flushHeaders();
  await once(slow, 'socket');
  expect(await server.terminate()).toBe(0);
});
