/**
 * Where tabs meet: the sockets, the registry of who is there, and the passing on of offers, answers and candidates. It speaks
 * PeerJS's protocol and ours beside it (src/wire/registry-messages.ts). Nothing is kept for Nodes that are not there: the
 * sender is told at once. Nobody can signal into a network that it is not registered in.
 */
import type { IncomingMessage } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { log, type Random } from '../src/runtime/index.ts';
import type { NodeId } from '../src/wire/index.ts';
import { Beats } from './beats.ts';
import type { AddressShare } from './client-addresses.ts';
import { type Counters, newCounters } from './counters.ts';
import { Directory, type Entry, type Registration } from './directory.ts';
import { MAX_FRAGMENTS, MAX_FRAME_BYTES } from './limits.ts';
import { Session, type SessionHost, type SignalFrame } from './session.ts';

/** Another process that shares the registry. */
export interface OtherServer {
  readonly name: string;
}

/** Where a Node's socket is. */
export type Home = Session | OtherServer;

/** Something for a Node whose socket is at another server. */
export type Delivery =
  /** A PeerJS message, already in its form. `offeredFrom`: it is an offer of somebody at that address. */
  | { readonly type: 'text'; readonly from: NodeId; readonly text: string; readonly offeredFrom?: string }
  /** That Node is in its network. */
  | { readonly type: 'joined'; readonly from: NodeId };

/** The other servers, as one. */
export interface Others {
  announce(registration: Registration<Home>): void;
  withdraw(registration: Registration<Home>): void;
  spoke(id: NodeId): void;
  /** False when it cannot be delivered now. */
  deliver(server: OtherServer, to: NodeId, delivery: Delivery): boolean;
}

/** A large network is chosen from anew after two seconds, then four, and so on up to this. */
const FIRST_INTRODUCTION_MS = 2_000;
const LAST_INTRODUCTION_MS = 60_000;

export interface RendezvousOptions {
  readonly random: Random;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallNow: () => number;
}

export class Rendezvous implements SessionHost {
  readonly now: () => number;
  readonly counters: Counters = newCounters();
  readonly directory: Directory<Home>;
  /** Takes upgrades through `handleUpgrade`; it listens on nothing by itself. */
  readonly #sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_FRAME_BYTES,
    maxFragments: MAX_FRAGMENTS,
    perMessageDeflate: false,
  });
  readonly #wallNow: () => number;
  readonly #sessions = new Map<Session, () => void>();
  readonly #beats = new Beats<Session>((session) => this.#beat(session));
  readonly #stopBeats = this.#beats.start();
  #others: Others | undefined;

  constructor({ random, now, wallNow }: RendezvousOptions) {
    this.now = now;
    this.#wallNow = wallNow;
    this.directory = new Directory(random);
  }

  get socketCount(): number {
    return this.#sessions.size;
  }

  /** Nodes of this process, without those of other servers. */
  *ownRegistrations(): Generator<Entry<Home>> {
    for (const entry of this.directory) if (entry.home instanceof Session) yield entry;
  }

  /** From now on the registry is shared. */
  share(others: Others): void {
    this.#others = others;
  }

  /** @param onEnd called once, when the socket is gone */
  accept(
    request: IncomingMessage,
    socket: import('node:stream').Duplex,
    head: Buffer,
    { id, share, onEnd }: { readonly id: NodeId; readonly share: AddressShare; readonly onEnd: () => void },
  ): void {
    // Whatever becomes of the handshake, the socket ends.
    socket.once('close', onEnd);
    this.#sockets.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
      const session = new Session({ id, share, socket: webSocket, host: this });
      this.#sessions.set(session, () => undefined);
      this.#beats.add(session);
    });
  }

  /** Tells every client that the server restarts. Their sockets end when they have read it. */
  sayGoodbye(): void {
    for (const session of this.#sessions.keys()) session.goodbye('restarting');
  }

  close(): void {
    this.#stopBeats();
    for (const session of this.#sessions.keys()) session.terminate();
  }

  registered(session: Session, network: string): void {
    const { id, share } = session;
    const since = this.directory.registeredAfter(id, this.#wallNow());
    this.#forget(id);
    const registration = { id, network, addressTag: share.tag, since, home: session };
    this.directory.add(registration);
    this.counters.registrations += 1;
    this.#others?.announce(registration);
    session.introduceAfterMs = FIRST_INTRODUCTION_MS;
    this.#introduce(session);
    log('debug', `${shortId(id)} registered; ${this.directory.size} are here`);
  }

  signal(session: Session, { signal, target, payload }: SignalFrame): void {
    const from = this.directory.get(session.id);
    const to = this.directory.get(target);
    const isOffer = signal === 'OFFER';
    this.counters.signals[signal] += 1;
    if (!from || !to || from.network !== to.network || (isOffer && !session.mayOffer(target))) {
      this.#expire(session, target);
      return;
    }
    if (signal !== 'CANDIDATE' && this.directory.speak(session.id)) this.#others?.spoke(session.id);
    const text = JSON.stringify({ type: signal, src: session.id, dst: target, payload });
    const offeredFrom = isOffer ? session.share.tag : undefined;
    const isTaken =
      to.home instanceof Session
        ? take(to.home, text, offeredFrom)
        : this.#others?.deliver(to.home, target, {
            type: 'text',
            from: session.id,
            text,
            ...(offeredFrom && { offeredFrom }),
          });
    if (!isTaken) this.#expire(session, target);
  }

  malformed(_session: Session): void {
    this.counters.malformed += 1;
  }

  closed(session: Session): void {
    this.#sessions.delete(session);
    this.#beats.delete(session);
    const entry = this.directory.get(session.id);
    if (entry?.home !== session) return;
    this.#tellGone(session.id);
    this.#others?.withdraw(entry);
  }

  /** A Node registered at another server. */
  registeredElsewhere(registration: Registration<OtherServer>): void {
    const known = this.directory.get(registration.id);
    if (known && known.since >= registration.since) return;
    this.#forget(registration.id);
    this.directory.add(registration);
    // In a large network its own server chooses for it; in a small one everyone knows everyone, those too that came to
    // both servers at the same moment.
    if (this.directory.isLarge(registration.network)) return;
    for (const { home } of this.directory.introduce(registration.id).strangers) {
      if (home instanceof Session) home.tell({ type: 'JOINED', id: registration.id });
    }
  }

  /** @param since of the registration that ended */
  leftElsewhere(server: OtherServer, id: NodeId, since: number): void {
    const known = this.directory.get(id);
    if (known && known.home === server && known.since <= since) this.#tellGone(id);
  }

  spokeElsewhere(id: NodeId): void {
    this.directory.speak(id);
  }

  delivered(server: OtherServer, to: NodeId, delivery: Delivery): void {
    const home = this.directory.get(to)?.home;
    const { type, from } = delivery;
    switch (type) {
      case 'joined':
        if (home instanceof Session && this.directory.acquaint(to, from))
          home.tell({ type: 'JOINED', id: from });
        return;
      case 'text':
        if (home instanceof Session && take(home, delivery.text, delivery.offeredFrom)) return;
        // Of an offer the caller is told; an EXPIRE that finds nobody ends here.
        if (delivery.offeredFrom === undefined) return;
        this.counters.expired += 1;
        this.#others?.deliver(server, from, { type: 'text', from: to, text: expireText(to) });
        return;
    }
  }

  /** Forgets what was registered at a server that is gone. */
  serverGone(server: OtherServer): void {
    const ids = [...this.directory].filter(({ home }) => home === server).map(({ id }) => id);
    for (const id of ids) this.#tellGone(id);
  }

  #beat(session: Session): void {
    session.beat();
    if (!session.isRegistered || this.now() < session.introduceAtMs) return;
    const network = this.directory.get(session.id)?.network;
    if (network !== undefined && this.directory.isLarge(network)) this.#introduce(session);
  }

  #introduce(session: Session): void {
    session.introduceAtMs = this.now() + session.introduceAfterMs;
    session.introduceAfterMs = Math.min(LAST_INTRODUCTION_MS, 2 * session.introduceAfterMs);
    const { others, strangers } = this.directory.introduce(session.id);
    session.tell({ type: 'INSTANCES', ids: others.map(({ id }) => id) });
    for (const { id, home } of strangers) {
      if (home instanceof Session) home.tell({ type: 'JOINED', id: session.id });
      else this.#others?.deliver(home, id, { type: 'joined', from: session.id });
    }
  }

  /** Makes the id free for a newer registration. Those who knew it are told of the newer one, not of a loss. */
  #forget(id: NodeId): void {
    const older = this.directory.get(id);
    if (!older) return;
    this.directory.remove(id);
    if (older.home instanceof Session) older.home.goodbye('replaced');
  }

  #tellGone(id: NodeId): void {
    for (const { home } of this.directory.remove(id)) {
      if (home instanceof Session) home.tell({ type: 'LEFT', id });
    }
  }

  #expire(session: Session, target: NodeId): void {
    this.counters.expired += 1;
    session.sendText(expireText(target));
  }
}

/** False when the Node must not have it: too many offers from there. */
function take(home: Session, text: string, offeredFrom: string | undefined): boolean {
  if (offeredFrom !== undefined && !home.mayBeOffered(offeredFrom)) return false;
  home.sendText(text);
  return true;
}

/** PeerJS's word for a Node that is not there. */
function expireText(target: NodeId): string {
  return JSON.stringify({ type: 'EXPIRE', src: target });
}

/** As much of an id as a log may have. */
export function shortId(id: NodeId): string {
  return id.slice(0, 8);
}
