import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type ChildServer, startServerInChild } from '../../../signaling/child-process.ts';
import { realCryptography } from '../../mesh/identity/real-cryptography.ts';
import { type Identity, identityFrom, serverProver } from '../../mesh/index.ts';
import { seededRandom, type Timers } from '../../runtime/index.ts';
import { type NodeId, networkHash, newNodeId } from '../../wire/index.ts';
import { type LineSocket, ServerLine, type ServerLineEvents } from './server-line.ts';

/** Timers that fire when the test says so. */
class ManualTimers implements Timers {
  readonly waiting = new Map<() => void, number>();

  after(delayMs: number, callback: () => void): () => void {
    const fire = () => callback();
    this.waiting.set(fire, delayMs);
    return () => this.waiting.delete(fire);
  }

  get delays(): number[] {
    return [...this.waiting.values()];
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
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const identityOf = (seed: number): Identity => identityFrom(seededRandom(seed).bytes(32), realCryptography);

/** A line without a server: what it sends is written down. */
function lineAlone(seed = 1) {
  const timers = new ManualTimers();
  const sent: { readonly type?: string }[] = [];
  const calls: string[] = [];
  const socket: LineSocket = {
    start: () => calls.push('start'),
    stop: () => calls.push('stop'),
    send: (message) => sent.push(message),
  };
  const { id: self, ...identity } = identityOf(seed);
  const line = new ServerLine({
    self,
    prover: serverProver({ id: self, ...identity }),
    network: networkHash('amber-otter-river'),
    socket,
    timers,
    random: seededRandom(seed),
  });
  const events: unknown[] = [];
  line.events.on('online', () => events.push('online'));
  line.events.on('offline', ({ reason }) => events.push(reason));
  line.events.on('instances', (ids) => events.push(ids));
  line.events.on('left', (id) => events.push({ left: id }));
  const challenge = { type: 'CHALLENGE', payload: { nonce: '00'.repeat(32) } };
  const online = (ids: readonly NodeId[] = []): void => {
    line.receive(challenge);
    line.receive({ type: 'INSTANCES', payload: { ids } });
  };
  return { line, self, timers, sent, calls, events, challenge, online };
}

/** A line over a WebSocket. */
function lineTo(port: number, seed: number, network = 'amber-otter-river') {
  const timers = new ManualTimers();
  const identity = identityOf(seed);
  let webSocket: WebSocket | undefined;
  const line: ServerLine = new ServerLine({
    self: identity.id,
    prover: serverProver(identity),
    network: networkHash(network),
    timers,
    random: seededRandom(seed),
    socket: {
      start() {
        const own = new WebSocket(
          `ws://127.0.0.1:${port}/peerjs/peerjs?key=peerjs&id=${identity.id}&token=none`,
        );
        webSocket = own;
        const isCurrent = (): boolean => webSocket === own;
        own.on('message', (data) => {
          if (isCurrent()) line.receive(JSON.parse(data.toString()));
        });
        own.on('error', () => undefined);
        own.on('close', () => {
          if (isCurrent()) line.disconnected();
        });
      },
      stop() {
        const own = webSocket;
        webSocket = undefined;
        own?.terminate();
      },
      send: (message) => webSocket?.send(JSON.stringify(message)),
    },
  });
  cleanups.push(() => line.close());
  const next = <Name extends keyof ServerLineEvents>(event: Name): Promise<ServerLineEvents[Name]> =>
    new Promise((resolve) => line.events.once(event, resolve));
  return { line, self: identity.id, timers, next };
}

async function startServer(port = 0): Promise<ChildServer> {
  const server = await startServerInChild(port);
  cleanups.push(() => server.kill());
  return server;
}

describe('the line to the server', () => {
  it('proves its id, and learns who is there, who comes and who is gone', async () => {
    const { port } = await startServer();
    const a = lineTo(port, 1);
    a.line.start();
    expect(await a.next('instances')).toEqual([]);
    const told = a.next('instances');
    const b = lineTo(port, 2);
    b.line.start();
    expect(await b.next('instances')).toEqual([a.self]);
    expect(await told).toEqual([b.self]);
    const stranger = lineTo(port, 3, 'another-network');
    stranger.line.start();
    expect(await stranger.next('instances')).toEqual([]);
    const again = a.next('again');
    const anew = lineTo(port, 2);
    anew.line.start();
    expect(await again).toBe(b.self);
    const left = a.next('left');
    const instances = a.next('instances');
    b.line.close();
    anew.line.close();
    expect(await left).toBe(b.self);
    expect(await instances).toEqual([]);
  });

  it('comes back after the server was gone, without waiting when it is told to', async () => {
    const server = await startServer();
    const a = lineTo(server.port, 1);
    a.line.start();
    await a.next('online');
    const offline = a.next('offline');
    await server.kill();
    await offline;
    expect(a.line.isOnline).toBe(false);
    const stillOffline = a.next('offline');
    a.timers.fireAll();
    await stillOffline;
    await startServer(server.port);
    const online = a.next('online');
    a.line.tryNow();
    await online;
  });

  it('comes back at once when the server says that it restarts', async () => {
    const server = await startServer();
    const a = lineTo(server.port, 1);
    a.line.start();
    await a.next('online');
    const offline = a.next('offline');
    expect(await server.terminate()).toBe(0);
    expect((await offline).reason).toBe('the server restarts');
    expect(Math.max(...a.timers.delays)).toBeLessThanOrEqual(250);
  });

  it('finds out within five seconds that a server froze: it takes the socket and answers nothing', async () => {
    const frozen = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    cleanups.push(() => frozen.close());
    await new Promise((resolve) => frozen.once('listening', resolve));
    const address = frozen.address();
    const a = lineTo(typeof address === 'object' ? (address?.port ?? 0) : 0, 1);
    const connected = new Promise<WebSocket>((resolve) => frozen.once('connection', resolve));
    a.line.start();
    const serverSide = await connected;
    expect(a.timers.delays).toEqual([4_500]);
    const offline = a.next('offline');
    a.timers.fireAll();
    expect((await offline).reason).toContain('does not answer');
    await new Promise((resolve) => serverSide.once('close', resolve));
  });

  it('finds out within five seconds of a beat that the beats have stopped, and asks once before', () => {
    const { line, timers, sent, online, events } = lineAlone();
    line.start();
    online();
    const [quietMs = 0] = timers.delays;
    timers.fireAll();
    expect(sent.at(-1)).toEqual({ type: 'PING' });
    const [answerMs = 0] = timers.delays;
    expect(quietMs + answerMs).toBeLessThan(5_000);
    line.receive({ type: 'BEAT' });
    expect(timers.delays).toEqual([quietMs]);
    timers.fireAll();
    timers.fireAll();
    expect(events.at(-1)).toContain('does not answer');
    expect(line.isOnline).toBe(false);
  });

  it('asks the server it is online at, when it is told to try', () => {
    const { line, sent, online, calls } = lineAlone();
    line.tryNow();
    expect(calls).toEqual([]);
    line.start();
    online();
    line.tryNow();
    expect(sent.at(-1)).toEqual({ type: 'PING' });
    expect(calls).toEqual(['start']);
  });

  it('tells only the newest of a large network, forgets who cannot be reached, and starts over with a new server', () => {
    const { line, self, online, events, timers } = lineAlone();
    const random = seededRandom(9);
    const ids = Array.from({ length: 300 }, () => newNodeId(random));
    line.start();
    online([...ids.slice(0, 3), self]);
    expect(events).toEqual(['online', ids.slice(0, 3)]);
    line.receive({ type: 'INSTANCES', payload: { ids: [ids[0], ids[4]] } });
    expect(events.at(-1)).toEqual([ids[1], ids[2], ids[0], ids[4]]);
    line.forget(ids[2] as NodeId);
    expect(events.at(-1)).toEqual([ids[1], ids[0], ids[4]]);
    const count = events.length;
    line.receive({ type: 'LEFT', payload: { id: ids[9] } });
    line.forget(ids[9] as NodeId);
    expect(events).toHaveLength(count);
    for (const id of ids) line.receive({ type: 'JOINED', payload: { id } });
    expect(events.at(-1)).toEqual(ids.slice(-256));
    line.disconnected();
    timers.fireAll();
    online([ids[7] as NodeId]);
    expect(events.at(-1)).toEqual([ids[7]]);
  });

  it('does not fight a newer tab with its key', () => {
    const { line, timers, online, events } = lineAlone();
    line.start();
    online();
    line.receive({ type: 'GOODBYE', payload: { reason: 'replaced' } });
    expect(events.at(-1)).toContain('another tab');
    expect(timers.delays).toEqual([30_000]);
  });

  it('leaves to others what is not about registration, and hears nothing of a socket it gave up', () => {
    const { line, challenge, sent, online } = lineAlone();
    line.start();
    expect(line.receive({ type: 'OPEN' })).toBe(false);
    online();
    expect(line.receive({ type: 'OFFER' })).toBe(false);
    expect(line.receive({ type: 'BEAT' })).toBe(true);
    line.lost('for a test');
    const count = sent.length;
    expect(line.receive(challenge)).toBe(true);
    expect(sent).toHaveLength(count);
  });

  it('says nothing more once closed, and waits for nothing', () => {
    const { line, timers, online, events, calls } = lineAlone();
    line.start();
    online();
    const count = events.length;
    line.close();
    line.disconnected();
    line.tryNow();
    expect(timers.waiting.size).toBe(0);
    expect(events).toHaveLength(count);
    expect(calls).toEqual(['start', 'stop']);
  });
});
