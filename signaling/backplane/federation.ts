/**
 * Several servers as one registry. Every server holds all registrations: its own, and a copy of each other server's, which it
 * follows by that server's numbered changes. A Node is reached through the server where its socket is. A server that has not
 * been heard for a while is gone, and its registrations with it; one that cannot reach the others goes on alone.
 */
import { log } from '../../src/runtime/index.ts';
import type { NodeId } from '../../src/wire/index.ts';
import type { Registration } from '../directory.ts';
import type { Delivery, Home, OtherServer, Others, Rendezvous } from '../rendezvous.ts';
import { ENTRIES_PER_PART, type ServerMessage, type SharedEntry } from './messages.ts';

/** What carries messages between servers: in the order they were sent, each once or never. */
export interface Bus {
  readonly isConnected: boolean;
  toAll(message: ServerMessage): void;
  to(server: string, message: ServerMessage): void;
}

export const SERVER_BEAT_MS = 1_000;
/** Five beats. */
const GONE_AFTER_MS = 5_000;
/** Between two requests for all registrations of one server. */
const ASK_AGAIN_AFTER_MS = 1_000;
/** Whoever can write to the backplane is trusted, but not with our memory. */
const MAX_SERVERS = 64;

interface Follower {
  readonly server: OtherServer;
  heardAtMs: number;
  askedAtMs: number;
  /** Of the last change that was taken; undefined while all registrations are awaited. */
  revision: number | undefined;
  parts: { readonly revision: number; next: number; readonly ids: Set<NodeId> } | undefined;
}

export interface FederationOptions {
  /** Of this server; no other has it. */
  readonly name: string;
  readonly bus: Bus;
  readonly rendezvous: Rendezvous;
}

export class Federation implements Others {
  readonly #name: string;
  readonly #bus: Bus;
  readonly #rendezvous: Rendezvous;
  readonly #followed = new Map<string, Follower>();
  #revision = 0;

  constructor({ name, bus, rendezvous }: FederationOptions) {
    this.#name = name;
    this.#bus = bus;
    this.#rendezvous = rendezvous;
    rendezvous.share(this);
  }

  get serverCount(): number {
    return this.#followed.size;
  }

  /** Call every SERVER_BEAT_MS. */
  tick(): void {
    const now = this.#rendezvous.now();
    for (const follower of this.#followed.values()) {
      if (now - follower.heardAtMs > GONE_AFTER_MS) this.#drop(follower, 'is silent');
    }
    this.#bus.toAll({ type: 'beat', from: this.#name, revision: this.#revision });
  }

  /** Says goodbye to the others. */
  leave(): void {
    this.#bus.toAll({ type: 'bye', from: this.#name });
  }

  announce(registration: Registration<Home>): void {
    this.#revision += 1;
    const entry = sharedEntry({ ...registration, hasSpoken: false });
    this.#bus.toAll({ type: 'added', from: this.#name, revision: this.#revision, entry });
  }

  withdraw({ id, since }: Registration<Home>): void {
    this.#revision += 1;
    this.#bus.toAll({ type: 'removed', from: this.#name, revision: this.#revision, id, since });
  }

  spoke(id: NodeId): void {
    this.#revision += 1;
    this.#bus.toAll({ type: 'spoke', from: this.#name, revision: this.#revision, id });
  }

  /** False when it cannot be delivered now. */
  deliver({ name }: OtherServer, to: NodeId, delivery: Delivery): boolean {
    if (!this.#bus.isConnected) return false;
    this.#bus.to(name, { type: 'delivery', from: this.#name, to, delivery });
    return true;
  }

  receive(message: ServerMessage): void {
    const { from } = message;
    if (from === this.#name) return;
    if (message.type === 'bye') {
      const follower = this.#followed.get(from);
      if (follower) this.#drop(follower, 'ends');
      return;
    }
    const follower = this.#follow(from);
    if (!follower) return;
    follower.heardAtMs = this.#rendezvous.now();
    switch (message.type) {
      case 'beat':
        if (follower.revision !== message.revision) this.#ask(follower);
        return;
      case 'added':
        if (this.#isNext(follower, message.revision)) this.#add(follower, message.entry);
        return;
      case 'removed':
        if (!this.#isNext(follower, message.revision)) return;
        this.#rendezvous.leftElsewhere(follower.server, message.id, message.since);
        return;
      case 'spoke':
        if (this.#isNext(follower, message.revision)) this.#rendezvous.spokeElsewhere(message.id);
        return;
      case 'ask':
        this.#tellAll(from);
        return;
      case 'part':
        this.#takePart(follower, message);
        return;
      case 'delivery':
        this.#rendezvous.delivered(follower.server, message.to, message.delivery);
        return;
    }
  }

  #follow(name: string): Follower | undefined {
    const known = this.#followed.get(name);
    if (known) return known;
    if (this.#followed.size >= MAX_SERVERS) return undefined;
    const follower: Follower = {
      server: { name },
      heardAtMs: 0,
      askedAtMs: Number.NEGATIVE_INFINITY,
      revision: undefined,
      parts: undefined,
    };
    this.#followed.set(name, follower);
    log('info', `server ${name} shares the registry`);
    this.#ask(follower);
    return follower;
  }

  /** Changes are taken in order. After a gap none fits, until a beat shows the gap and all is asked for. */
  #isNext(follower: Follower, revision: number): boolean {
    if (follower.revision === undefined || revision !== follower.revision + 1) return false;
    follower.revision = revision;
    return true;
  }

  #ask(follower: Follower): void {
    const now = this.#rendezvous.now();
    if (now - follower.askedAtMs < ASK_AGAIN_AFTER_MS) return;
    follower.askedAtMs = now;
    follower.revision = undefined;
    this.#bus.to(follower.server.name, { type: 'ask', from: this.#name });
  }

  #tellAll(name: string): void {
    const entries = [...this.#rendezvous.ownRegistrations()].map(sharedEntry);
    const count = Math.max(1, Math.ceil(entries.length / ENTRIES_PER_PART));
    for (let index = 0; index < count; index++) {
      this.#bus.to(name, {
        type: 'part',
        from: this.#name,
        revision: this.#revision,
        index,
        count,
        entries: entries.slice(index * ENTRIES_PER_PART, (index + 1) * ENTRIES_PER_PART),
      });
    }
  }

  #takePart(follower: Follower, part: Extract<ServerMessage, { type: 'part' }>): void {
    if (part.index === 0) follower.parts = { revision: part.revision, next: 0, ids: new Set() };
    const { parts } = follower;
    if (!parts || parts.revision !== part.revision || parts.next !== part.index) {
      follower.parts = undefined;
      return;
    }
    parts.next += 1;
    for (const entry of part.entries) {
      parts.ids.add(entry.id);
      this.#add(follower, entry);
    }
    if (parts.next < part.count) return;
    follower.parts = undefined;
    follower.revision = part.revision;
    const gone = [...this.#rendezvous.directory].filter(
      ({ id, home }) => home === follower.server && !parts.ids.has(id),
    );
    for (const { id, since } of gone) this.#rendezvous.leftElsewhere(follower.server, id, since);
  }

  #add({ server }: Follower, { hasSpoken, ...entry }: SharedEntry): void {
    this.#rendezvous.registeredElsewhere({ ...entry, home: server });
    if (hasSpoken) this.#rendezvous.spokeElsewhere(entry.id);
  }

  #drop({ server }: Follower, why: string): void {
    this.#followed.delete(server.name);
    log('info', `server ${server.name} ${why}; its registrations are forgotten`);
    this.#rendezvous.serverGone(server);
  }
}

function sharedEntry({ id, network, addressTag, since, hasSpoken }: SharedEntry): SharedEntry {
  return { id, network, addressTag, since, hasSpoken };
}
