import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket as NodeWebSocket, WebSocketServer } from 'ws';
import { type ChildServer, startServerInChild } from '../../../signaling/child-process.ts';
import { seededRandom, type Timers } from '../../runtime/index.ts';
import { networkHash, newNodeId } from '../../wire/index.ts';
import { RegistryClient, type RegistryClientEvents, type RegistrySocket } from './registry-client.ts';

/** Timers that fire when the test says so. */
class ManualTimers implements Timers {
  readonly waiting = new Map<() => void, number>();

  after(delayMs: number, callback: () => void): () => void {
    const fire = () => callback();
    this.waiting.set(fire, delayMs);
    return () => this.waiting.delete(fire);
  }

  fireAll(): void {
    for (const fire of [...this.waiting.keys()]) {
      this.waiting.delete(fire);
      fire();
    }
  }
}

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

function clientOf(port: number, seed: number, name = 'amber-otter-river') {
  const timers = new ManualTimers();
  const self = newNodeId(seededRandom(seed));
  const client = new RegistryClient({
    url: `ws://127.0.0.1:${port}/registry`,
    network: networkHash(name),
    self,
    timers,
    random: seededRandom(seed),
    openSocket: (url) => new NodeWebSocket(url) as unknown as RegistrySocket,
  });
  cleanups.push(() => client.close());
  const next = <Name extends keyof RegistryClientEvents>(event: Name): Promise<RegistryClientEvents[Name]> =>
    new Promise((resolve) => client.events.once(event, resolve));
  return { client, self, timers, next };
}

async function startServer(port = 0): Promise<ChildServer> {
  const server = await startServerInChild(port);
  cleanups.push(() => server.kill());
  return server;
}

describe('the registry client', () => {
  it('learns who is there, who comes and who is gone', async () => {
    const { port } = await startServer();
    const a = clientOf(port, 1);
    a.client.start();
    expect(await a.next('instances')).toEqual([]);
    const b = clientOf(port, 2);
    b.client.start();
    expect(await b.next('instances')).toEqual([a.self]);
    const stranger = clientOf(port, 3, 'another-network');
    stranger.client.start();
    expect(await stranger.next('instances')).toEqual([]);
    const left = a.next('left');
    const instances = a.next('instances');
    b.client.close();
    expect(await left).toBe(b.self);
    expect(await instances).toEqual([]);
  });

  it('comes back after the server was gone, and registers again', async () => {
    const server = await startServer();
    const a = clientOf(server.port, 1);
    a.client.start();
    await a.next('online');
    const offline = a.next('offline');
    await server.kill();
    await offline;
    expect(a.client.isOnline).toBe(false);
    const stillOffline = a.next('offline');
    a.timers.fireAll();
    await stillOffline;
    await startServer(server.port);
    const online = a.next('online');
    a.timers.fireAll();
    await online;
    expect(a.client.isOnline).toBe(true);
  });

  it('finds out that a server froze: it takes the socket and answers nothing', async () => {
    const frozen = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    cleanups.push(() => frozen.close());
    await new Promise((resolve) => frozen.once('listening', resolve));
    const address = frozen.address();
    const a = clientOf(typeof address === 'object' ? (address?.port ?? 0) : 0, 1);
    const connected = new Promise<NodeWebSocket>((resolve) => frozen.once('connection', resolve));
    a.client.start();
    const serverSide = await connected;
    const silent = a.next('silent');
    const offline = a.next('offline');
    a.timers.fireAll();
    await silent;
    expect((await offline).reason).toContain('does not answer');
    await new Promise((resolve) => serverSide.once('close', resolve));
  });

  it('says nothing more once closed, and waits for nothing', async () => {
    const server = await startServer();
    const a = clientOf(server.port, 1);
    a.client.start();
    await a.next('online');
    a.client.close();
    expect(a.timers.waiting.size).toBe(0);
    expect(a.client.events.hasListeners('offline')).toBe(false);
  });
});
