import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type ChildServer, startServerInChild } from './child-process.ts';
import { ServerStartError } from './errors.ts';
import { createSignalingServer } from './server.ts';

/** A socket whose messages are read one by one, in order. */
class Client {
  readonly socket: WebSocket;
  readonly #messages: string[] = [];
  #wake: () => void = () => undefined;
  #isClosed = false;

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.on('message', (data) => this.#push(data.toString()));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  async open(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next message, or `closed`. */
  async next(): Promise<unknown> {
    while (this.#messages.length === 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const text = this.#messages.shift();
    return text === undefined ? 'closed' : JSON.parse(text);
  }

  #push(text: string): void {
    this.#messages.push(text);
    this.#wake();
  }
}

const network = 'ab'.repeat(32);
let server: ChildServer;
const http = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init);
const registry = () => new Client(`ws://127.0.0.1:${server.port}/registry`).open();
const peer = (id: string, token = 'token') =>
  new Client(`ws://127.0.0.1:${server.port}/peerjs/peerjs?key=peerjs&id=${id}&token=${token}&version=1.5.5`);

beforeAll(async () => {
  server = await startServerInChild();
});
afterAll(() => server.kill());

describe('the page', () => {
  it('is served with a strict policy and the isolation headers, errors and health included', async () => {
    for (const path of ['/', '/healthz', '/nothing', '/%E0%A4%A', '/peerjs/peerjs/id']) {
      const { headers } = await http(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';");
      expect(policy).not.toContain('unsafe-inline');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('permissions-policy')).toContain('camera=()');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('is asked for again each time and answered with 304 while it is the same', async () => {
    const first = await http('/');
    expect(first.headers.get('cache-control')).toBe('no-cache');
    expect(await first.text()).toContain('Leafcutter');
    // Without a word of its own on caching, fetch would add `no-cache` and never get a 304.
    const headers = { 'if-none-match': first.headers.get('etag') ?? '', 'cache-control': 'max-age=0' };
    const again = await http('/', { headers });
    expect(again.status).toBe(304);
  });

  it('keeps hashed assets for ever and names the type of wasm', async () => {
    expect((await http('/assets/app-1a2b.js')).headers.get('cache-control')).toContain('immutable');
    const wasm = await http('/kernel.wasm');
    expect(wasm.headers.get('content-type')).toBe('application/wasm');
    expect(wasm.headers.get('cache-control')).toBe('no-cache');
  });

  it('answers what it has not, and what is no address, with one plain line', async () => {
    for (const [path, status] of [
      ['/nothing', 404],
      ['/%E0%A4%A', 404],
      ['/../package.json', 404],
    ] as const) {
      const response = await http(path);
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toContain('text/plain');
    }
  });
});

describe('the registry', () => {
  const register = async (networkHash = network, id = randomUUID()) => {
    const client = await registry();
    client.send({ type: 'register', network: networkHash, id });
    return { client, id, instances: await client.next() };
  };

  it('tells who comes who is there, and the others who comes and who is gone', async () => {
    const a = await register();
    expect(a.instances).toEqual({ type: 'instances', ids: [] });
    const b = await register();
    expect(b.instances).toEqual({ type: 'instances', ids: [a.id] });
    expect(await a.client.next()).toEqual({ type: 'joined', id: b.id });
    const elsewhere = await register('cd'.repeat(32));
    expect(elsewhere.instances).toEqual({ type: 'instances', ids: [] });
    b.client.socket.terminate();
    expect(await a.client.next()).toEqual({ type: 'left', id: b.id });
    a.client.socket.terminate();
    elsewhere.client.socket.terminate();
  });

  it('answers a ping, so that a client can tell a frozen server', async () => {
    const client = await registry();
    client.send({ type: 'ping' });
    expect(await client.next()).toEqual({ type: 'pong' });
    client.socket.terminate();
  });

  it('takes one registration per socket', async () => {
    const a = await register('ef'.repeat(32));
    a.client.send({ type: 'register', network, id: randomUUID() });
    a.client.send({ type: 'ping' });
    expect(await a.client.next()).toEqual({ type: 'pong' });
    a.client.socket.terminate();
  });
});

describe('PeerServer', () => {
  it('opens for a uuid and carries an offer to its receiver', async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    const [clientA, clientB] = [peer(a), peer(b)];
    expect(await clientA.next()).toEqual({ type: 'OPEN' });
    expect(await clientB.next()).toEqual({ type: 'OPEN' });
    const payload = { connectionId: 'dc_1', sdp: { type: 'offer', sdp: 'v=0' } };
    clientA.send({ type: 'OFFER', dst: b, payload });
    expect(await clientB.next()).toEqual({ type: 'OFFER', src: a, dst: b, payload });
    clientA.socket.terminate();
    clientB.socket.terminate();
  });

  it('says OPEN again to a client that comes back while its old socket is still held', async () => {
    const id = randomUUID();
    const before = peer(id);
    await before.next();
    const after = peer(id);
    expect(await after.next()).toEqual({ type: 'OPEN' });
    expect(await before.next()).toBe('closed');
    const thief = peer(id, 'another');
    expect(await thief.next()).toMatchObject({ type: 'ID-TAKEN' });
    after.socket.terminate();
  });

  it('keeps little for Nodes that are not there, and says so at once', async () => {
    const [id, target] = [randomUUID(), randomUUID()];
    const [client, absent] = [peer(id), randomUUID()];
    expect(await client.next()).toEqual({ type: 'OPEN' });
    const payload = { sdp: 'v'.repeat(60_000) };
    for (let i = 0; i < 12; i++) client.send({ type: 'OFFER', dst: absent, payload });
    // Eight fit into half a MiB; the others come back before PeerServer's five seconds are over.
    for (let i = 0; i < 4; i++) expect(await client.next()).toEqual({ type: 'EXPIRE', src: absent });
    const present = peer(target);
    expect(await present.next()).toEqual({ type: 'OPEN' });
    for (let i = 0; i < 12; i++) client.send({ type: 'OFFER', dst: target, payload });
    for (let i = 0; i < 12; i++) expect(await present.next()).toMatchObject({ type: 'OFFER', src: id });
    client.socket.terminate();
    present.socket.terminate();
  });

  it('takes no id that is not a uuid and lists nobody', async () => {
    expect(await peer('bob').next()).toBe('closed');
    expect(await new Client(`ws://127.0.0.1:${server.port}/elsewhere`).next()).toBe('closed');
    expect((await http('/peerjs/peerjs/peers')).status).toBe(401);
  });
});

describe('hostile sockets', () => {
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

  it('are counted and cut off, and the server lives', async () => {
    const victim = peer(randomUUID());
    expect(await victim.next()).toEqual({ type: 'OPEN' });
    const id = randomUUID();
    const attackers = [await registry(), await peer(id).open()];
    for (const attacker of attackers) {
      for (let i = 0; i < 4; i++) for (const text of junk) attacker.send(text);
    }
    for (const attacker of attackers) {
      let last: unknown;
      while (last !== 'closed') last = await attacker.next();
    }
    const large = [await registry(), await peer(randomUUID()).open()];
    for (const attacker of large) {
      attacker.send('x'.repeat(100_000));
      let last: unknown;
      while (last !== 'closed') last = await attacker.next();
    }
    const health = (await (await http('/healthz')).json()) as {
      status: string;
      registry: { malformed: number };
      peerServer: { malformed: number; peers: number };
    };
    expect(health.status).toBe('ok');
    expect(health.registry.malformed).toBeGreaterThanOrEqual(5);
    expect(health.peerServer.malformed).toBeGreaterThanOrEqual(20);
    expect(server.isAlive).toBe(true);
    expect(victim.socket.readyState).toBe(WebSocket.OPEN);
    victim.socket.terminate();
  });
});

describe('a server that cannot start', () => {
  it('says that the page is not built', async () => {
    const starting = createSignalingServer({ host: '127.0.0.1', port: 0, pageFolder: `${tmpdir()}/no-such` });
    await expect(starting).rejects.toMatchObject({ problem: 'page-missing' });
  });

  it('says that the port is taken, or that the host is none of ours', async () => {
    const pageFolder = await mkdtemp(join(tmpdir(), 'leafcutter-page-'));
    await writeFile(join(pageFolder, 'index.html'), '');
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const address = blocker.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const start = (host: string) => createSignalingServer({ host, port, pageFolder });
    await expect(start('127.0.0.1')).rejects.toThrow(ServerStartError);
    await expect(start('127.0.0.1')).rejects.toMatchObject({ problem: 'port-taken' });
    await expect(start('192.0.2.1')).rejects.toMatchObject({ problem: 'bad-host' });
    blocker.close();
    await rm(pageFolder, { recursive: true });
  });
});
