/** Several servers on a bus in memory that loses what the test wants lost. */
import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { seededRandom, setLogSink } from '../../src/runtime/index.ts';
import { type NodeId, newNodeId } from '../../src/wire/index.ts';
import { Addresses } from '../client-addresses.ts';
import { Rendezvous } from '../rendezvous.ts';
import { Session } from '../session.ts';
import { Federation } from './federation.ts';
import { ENTRIES_PER_PART, parseServerMessage, type ServerMessage } from './messages.ts';

setLogSink(() => undefined);

const NETWORK = 'ab'.repeat(32);
const random = seededRandom(3);
const ids = Array.from({ length: 1_200 }, () => newNodeId(random));
const id = (index: number): NodeId => ids[index] as NodeId;

class Client extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  readonly bufferedAmount = 0;
  readonly got: { readonly type: string; readonly src?: string; readonly payload?: unknown }[] = [];
  session: Session | undefined;

  send(text: string | Buffer): void {
    this.got.push(JSON.parse(text.toString()));
  }

  close(): void {
    if (this.readyState !== 1) return;
    this.readyState = 3;
    this.emit('close');
  }

  said(type: string): number {
    return this.got.filter((message) => message.type === type).length;
  }
}

class World {
  nowMs = 1_000;
  isLost: (message: ServerMessage) => boolean = () => false;
  readonly servers: {
    readonly name: string;
    readonly rendezvous: Rendezvous;
    readonly federation: Federation;
  }[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #addresses = new Addresses({ maxSockets: 1e6, maxSocketsPerAddress: 1e6 });

  constructor(names: readonly string[]) {
    for (const name of names) this.start(name);
  }

  start(name: string): void {
    const rendezvous = new Rendezvous({
      random: seededRandom(this.servers.length),
      now: () => this.nowMs,
      wallNow: () => this.nowMs,
    });
    const post = (message: ServerMessage, isFor: (server: string) => boolean): void => {
      const text = JSON.stringify(message);
      for (const server of this.servers) {
        if (!isFor(server.name) || this.isLost(message)) continue;
        this.#waiting.push(() => {
          const parsed = parseServerMessage(text);
          if (!parsed) throw new Error(`no server would say ${text}`);
          server.federation.receive(parsed);
        });
      }
    };
    const bus = {
      isConnected: true,
      toAll: (message: ServerMessage) => post(message, () => true),
      to: (server: string, message: ServerMessage) => post(message, (other) => other === server),
    };
    this.servers.push({ name, rendezvous, federation: new Federation({ name, bus, rendezvous }) });
  }

  server(index: number): (typeof this.servers)[number] {
    const server = this.servers[index];
    if (!server) throw new Error(`no server ${index}`);
    return server;
  }

  /** As a crash ends it. */
  kill(index: number): void {
    this.servers.splice(index, 1);
  }

  register(index: number, node: NodeId): Client {
    const { rendezvous } = this.server(index);
    const client = new Client();
    const share = this.#addresses.admit('a', this.nowMs);
    if (typeof share !== 'object') throw new Error('no room');
    const socket = client as unknown as WebSocket;
    client.session = new Session({ id: node, share, socket, host: rendezvous });
    rendezvous.registered(client.session, NETWORK);
    return client;
  }

  signal(index: number, client: Client, target: NodeId, signal: 'OFFER' | 'ANSWER' = 'OFFER'): void {
    if (!client.session) throw new Error('not registered');
    this.server(index).rendezvous.signal(client.session, {
      type: 'signal',
      signal,
      target,
      payload: { a: 1 },
    });
  }

  settle(): void {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) next();
  }

  /** So many beats. */
  pass(seconds: number): void {
    for (let i = 0; i < seconds; i++) {
      this.nowMs += 1_000;
      for (const { federation } of [...this.servers]) federation.tick();
      this.settle();
    }
  }

  known(index: number): string[] {
    return [...this.server(index).rendezvous.directory].map((entry) => entry.id).sort();
  }
}

describe('a federation', () => {
  it('lets a Node at one server meet a Node at another, and tells either that the other is gone', () => {
    const world = new World(['one', 'two']);
    world.pass(1);
    const a = world.register(0, id(0));
    world.settle();
    const b = world.register(1, id(1));
    world.settle();
    expect(b.got).toContainEqual({ type: 'INSTANCES', payload: { ids: [id(0)] } });
    expect(a.got.at(-1)).toEqual({ type: 'JOINED', payload: { id: id(1) } });
    world.signal(1, b, id(0));
    world.settle();
    expect(a.got.at(-1)).toEqual({ type: 'OFFER', src: id(1), dst: id(0), payload: { a: 1 } });
    expect(world.server(0).rendezvous.directory.get(id(1))?.hasSpoken).toBe(true);
    world.signal(0, a, id(1), 'ANSWER');
    world.settle();
    expect(b.got.at(-1)).toMatchObject({ type: 'ANSWER', src: id(0) });
    b.close();
    world.settle();
    expect(a.got.at(-1)).toEqual({ type: 'LEFT', payload: { id: id(1) } });
  });

  it('brings offers back that another server will not pass on', () => {
    const world = new World(['one', 'two']);
    world.pass(1);
    const a = world.register(0, id(0));
    world.settle();
    const callers = Array.from({ length: 20 }, (_, i) => world.register(1, id(i + 1)));
    world.settle();
    for (const caller of callers) for (let i = 0; i < 8; i++) world.signal(1, caller, id(0));
    world.settle();
    expect(a.said('OFFER')).toBe(64);
    expect(callers.reduce((sum, caller) => sum + caller.said('EXPIRE'), 0)).toBe(160 - 64);
  });

  it('moves an id to the server where it registered last, and closes the older socket', () => {
    const world = new World(['one', 'two']);
    world.pass(1);
    const older = world.register(0, id(0));
    world.settle();
    const newer = world.register(1, id(0));
    world.settle();
    expect(older.got.at(-1)).toEqual({ type: 'GOODBYE', payload: { reason: 'replaced' } });
    expect(newer.readyState).toBe(1);
    expect([world.known(0), world.known(1)]).toEqual([[id(0)], [id(0)]]);
    const other = world.register(0, id(1));
    world.settle();
    world.signal(0, other, id(0));
    world.settle();
    expect(newer.said('OFFER')).toBe(1);
  });

  it('believes the later registration of an id, though news of the earlier one arrive last', () => {
    const world = new World(['one', 'two']);
    world.pass(1);
    const older = world.register(0, id(0));
    world.nowMs += 10;
    const newer = world.register(1, id(0));
    older.close();
    world.settle();
    expect(newer.readyState).toBe(1);
    for (const index of [0, 1]) {
      expect(world.server(index).rendezvous.directory.get(id(0))?.since).toBe(world.nowMs);
    }
  });

  it('forgets the registrations of a server that fell silent, and at once those of one that ends', () => {
    const world = new World(['one', 'two', 'three']);
    world.pass(1);
    // All at the same moment: no server knows of the others' newcomers yet.
    const clients = [0, 1, 2].map((index) => world.register(index, id(index)));
    world.settle();
    for (const client of clients) expect(client.said('JOINED')).toBe(2);
    world.server(2).federation.leave();
    world.kill(2);
    world.settle();
    expect(world.known(0)).toEqual([id(0), id(1)].sort());
    world.kill(1);
    world.pass(5);
    expect(world.known(0)).toHaveLength(2);
    world.pass(1);
    expect(world.known(0)).toEqual([id(0)]);
    expect(clients[0]?.said('LEFT')).toBe(2);
    expect(world.server(0).federation.serverCount).toBe(0);
  });

  it('tells a server that comes later all there is, in parts', () => {
    const world = new World(['one']);
    const count = 2 * ENTRIES_PER_PART + 3;
    const clients = Array.from({ length: count }, (_, i) => world.register(0, id(i)));
    world.signal(0, clients[7] as Client, id(8));
    world.start('two');
    world.pass(2);
    expect(world.known(1)).toHaveLength(count);
    const { directory } = world.server(1).rendezvous;
    expect([...directory].filter(({ hasSpoken }) => hasSpoken).map((entry) => entry.id)).toEqual([id(7)]);
  });

  it('finds out by the next beat what it missed: one that came, and one that went', () => {
    const world = new World(['one', 'two']);
    world.pass(1);
    const a = world.register(0, id(0));
    world.settle();
    world.isLost = () => true;
    a.close();
    world.register(0, id(1));
    world.isLost = () => false;
    world.settle();
    expect(world.known(1)).toEqual([id(0)]);
    world.pass(2);
    expect(world.known(1)).toEqual([id(1)]);
  });

  it('agrees within a few beats, whatever was lost', () => {
    const step = fc.record({
      server: fc.nat(2),
      node: fc.nat(8),
      what: fc.constantFrom('register', 'leave', 'speak', 'beat'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.infiniteStream(fc.boolean()), (steps, losses) => {
        const world = new World(['one', 'two', 'three']);
        world.isLost = () => losses.next().value ?? false;
        const clients = new Map<NodeId, { readonly at: number; readonly client: Client }>();
        for (const { server, node, what } of steps) {
          world.nowMs += 10;
          const held = clients.get(id(node));
          if (what === 'register') {
            const client = world.register(server, id(node));
            if (held?.at !== server) held?.client.close();
            clients.set(id(node), { at: server, client });
          } else if (what === 'leave') {
            held?.client.close();
            clients.delete(id(node));
          } else if (what === 'beat') world.pass(1);
          else if (held) world.signal(held.at, held.client, id(0));
          world.settle();
        }
        world.isLost = () => false;
        world.pass(4);
        const truth = [...clients.keys()].sort();
        for (const [node, { at, client }] of clients) {
          expect(client.readyState).toBe(1);
          expect(world.server(at).rendezvous.directory.get(node)?.home).toBe(client.session);
        }
        for (const index of [0, 1, 2]) expect(world.known(index)).toEqual(truth);
      }),
      { numRuns: 100 },
    );
  });
});
