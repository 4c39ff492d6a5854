/**
 * The Links of a Node, by the id of the neighbour. Channels come in, shake hands, and become the one Link to their peer or
 * end. Two that were opened towards each other at the same moment are settled by the shared rule of simultaneous.ts; one
 * that comes later says that the other end lost the old Link (a freeze, a one-sided departure, a new life), and takes its
 * place. A Link that fell silent leaves its channel dormant: another Link begins there when the other end is heard again.
 * Which of them stays is admission.ts; what strangers may cost is strangers.ts.
 *
 * A queued frame leaves with the next `wake`, so that what one turn has gathered goes out together.
 */
import type { NodeId } from '../../wire/index.ts';
import { type Rate, TokenBucket } from '../health/rate-limit.ts';
import type { PeerIdentity } from '../identity/identity.ts';
import { NEVER, NO_EFFECTS } from '../protocol.ts';
import type { CutOff, LinkId } from '../vocabulary.ts';
import { Admission } from './admission.ts';
import { Bans } from './bans.ts';
import { Calls } from './calls.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import { Connections } from './connections.ts';
import type { LinksEffect, LinksEvent, LinksOptions, LinksProtocol, OpenLink } from './contract.ts';
import type { Refused } from './link-effect.ts';
import { NONCE_BYTES } from './proof.ts';
import { Refusals, refusalMessage } from './refusal.ts';
import { placeFor } from './strangers.ts';

/** Channels of silent peers that are kept at once, each an RTCPeerConnection: as many neighbours as a Node usually has. */
const MAX_DORMANT = 8;
/** How long nothing is taken from a Node that was cut off. The words of refusal.ts say it, too. */
const CUT_MS = 30_000;
/** A peer may begin anew as often on one channel: health takes two seconds at least to call a Link dead. Nothing is saved up. */
const ANEW: Rate = { perSecond: 0.5, burst: 4 };

type Opened = Extract<LinksEvent, { type: 'channel-opened' }>;

export class Links implements LinksProtocol, ConnectionOwner {
  readonly #options: LinksOptions;
  readonly #open = new Map<NodeId, Connection>();
  readonly #connections = new Connections();
  readonly #calls = new Calls();
  readonly #admission: Admission;
  readonly #bans = new Bans();
  readonly #refusals = new Refusals();
  /** With frames that were queued since the last wake. */
  readonly #dirty = new Set<Connection>();
  #isPaused = false;
  #lastLink = 0;
  #now = 0;
  /** At or before the earliest deadline of anything here. */
  #deadlineMs = NEVER;

  constructor(options: LinksOptions) {
    this.#options = options;
    this.#admission = new Admission(options, {
      open: this.#open,
      isCalling: (peer, sinceMs) => this.#connections.isCalling(peer, sinceMs),
      up: (...args) => this.#up(...args),
      leave: (...args) => this.#leave(...args),
      wakeBy: (timeMs) => this.#wakeBy(timeMs),
    });
  }

  get open(): ReadonlyMap<NodeId, OpenLink> {
    return this.#open;
  }

  get pending(): ReadonlySet<NodeId> {
    const pending = new Set(this.#calls.peers);
    for (const { peer, isStranger, isDormant } of this.#connections.list())
      if (!isStranger && !isDormant) pending.add(peer);
    for (const peer of this.#open.keys()) pending.delete(peer);
    pending.delete(this.#options.own.id);
    return pending;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  isCutOff(peer: NodeId, nowMs: number): boolean {
    return this.#bans.has(peer, nowMs);
  }

  get nextWakeAt(): number {
    return this.#dirty.size > 0 && !this.#isPaused ? this.#now : this.#deadlineMs;
  }

  snapshot(): ReturnType<LinksProtocol['snapshot']> {
    return [...this.#open.values()].map((connection) => ({ ...connection.counters, peer: connection.peer }));
  }

  handle(event: LinksEvent, now: number): readonly LinksEffect[] {
    this.#now = now;
    // The one that comes with every frame sent: without an allocation.
    if (event.type === 'queue') return this.#queue(event);
    if (event.type === 'channel-fill' && this.#isOnlyNoted(event)) return NO_EFFECTS;
    const out: LinksEffect[] = [];
    this.#handle(event, now, out);
    return out.length > 0 ? out : NO_EFFECTS;
  }

  #handle(event: Exclude<LinksEvent, { type: 'queue' }>, now: number, out: LinksEffect[]): void {
    switch (event.type) {
      case 'wake':
        this.#wake(now, out);
        break;
      case 'channel-message':
      case 'channel-fill': {
        const connection = this.#connections.get(event.channel);
        if (!connection) break;
        if (event.type === 'channel-message') connection.onMessage(event.bytes, now, out);
        else connection.onFill(event.bufferedBytes, now, out);
        this.#wakeBy(connection.deadlineMs);
        break;
      }
      case 'channel-datagram': {
        const connection = this.#connections.get(event.channel);
        if (connection && this.#open.get(connection.peer) === connection)
          out.push({ type: 'datagram', via: connection.peer, bytes: event.bytes });
        break;
      }
      case 'send-datagram': {
        const channel = this.#isPaused ? undefined : this.#open.get(event.to)?.channel;
        if (channel !== undefined) out.push({ type: 'channel-datagram', channel, bytes: event.bytes });
        break;
      }
      case 'channel-opened':
        this.#adopt(event, now, out);
        break;
      case 'channel-closed': {
        const connection = this.#connections.get(event.channel);
        if (connection) this.#remove(connection, event.reason, now, out);
        break;
      }
      case 'connecting':
        this.#calls.begin(event.peer, now);
        this.#wakeBy(this.#calls.deadlineMs);
        break;
      case 'connect-failed':
        if (this.#calls.end(event.peer)) out.push({ type: 'attempt-failed', peer: event.peer });
        break;
      case 'close-link':
        for (const each of this.#connections.of(event.peer)) this.#leave(each, event.reason, now, out);
        break;
      case 'cut-off':
        this.#cutOff(event, now, out);
        break;
      case 'fell-silent':
        this.#fallSilent(event.peer, event.reason, now, out);
        break;
      case 'close-all':
        for (const each of this.#connections.list()) this.#leave(each, event.reason, now, out);
        break;
      case 'malformed':
        this.#open.get(event.peer)?.reportMalformed(event.what, now, out);
        break;
      case 'pause':
        this.#isPaused = event.isPaused;
        if (event.isPaused) break;
        for (const each of this.#connections.list()) each.flush(now, out);
        this.#wakeBy(now); // who was leaving has a new deadline
        break;
      default:
        event satisfies never;
    }
  }

  /** Nothing waits for the room that the channel has: the one that comes after every frame sent. */
  #isOnlyNoted({ channel, bufferedBytes }: Extract<LinksEvent, { type: 'channel-fill' }>): boolean {
    return this.#connections.get(channel)?.noteFill(bufferedBytes) ?? true;
  }

  #queue(event: Extract<LinksEvent, { type: 'queue' }>): readonly LinksEffect[] {
    const { to, frame, lane, isTransit } = event;
    const connection = this.#open.get(to);
    if (connection?.queue(frame, lane, isTransit)) {
      this.#dirty.add(connection);
      return NO_EFFECTS;
    }
    return isTransit ? [{ type: 'queue-full', to, frame, lane }] : NO_EFFECTS;
  }

  #wake(now: number, out: LinksEffect[]): void {
    if (this.#dirty.size > 0 && !this.#isPaused) {
      for (const connection of this.#dirty) connection.flush(now, out);
      this.#dirty.clear();
    }
    if (now < this.#deadlineMs) return;
    for (const peer of this.#calls.expire(now)) out.push({ type: 'attempt-failed', peer });
    this.#admission.wake(now, out);
    for (const connection of this.#connections.list()) connection.onTime(now, out);
    this.#deadlineMs = Math.min(this.#calls.deadlineMs, this.#admission.deadlineMs);
    for (const { deadlineMs } of this.#connections.list()) this.#wakeBy(deadlineMs);
  }

  #adopt(event: Opened, now: number, out: LinksEffect[]): void {
    const { channel, peer, isInitiator, fingerprints, answersProbes } = event;
    const { own, nameHash, networkKey, cryptography, random } = this.#options;
    if (isInitiator) this.#calls.end(peer);
    const place = isInitiator ? undefined : placeFor(peer, this.#connections.strangers(), now);
    if (place === 'nobody' || this.isCutOff(peer, now)) {
      const reason = place === 'nobody' ? 'too many strangers' : 'cut off for a while';
      out.push({ type: 'channel-close', channel, reason });
      if (this.#endsCall(peer, isInitiator)) out.push({ type: 'attempt-failed', peer });
      return;
    }
    if (place) this.#drop(place, 'its place was taken: too many strangers', now, out);
    const nonce = random.bytes(NONCE_BYTES);
    const connection = new Connection(
      {
        channel,
        answersProbes,
        openedAtMs: now,
        mayBeginAnew: new TokenBucket(ANEW, now),
        own,
        peer,
        isInitiator,
        fingerprints,
        nameHash,
        networkKey,
        nonce,
        cryptography,
        earlierLinks: 0,
      },
      this,
    );
    this.#connections.add(connection);
    connection.start(now, out);
    this.#wakeBy(connection.deadlineMs);
  }

  /** The Link ends, its channel is kept, and a hello lies there for the other end. */
  #fallSilent(peer: NodeId, reason: string, now: number, out: LinksEffect[]): void {
    const connection = this.#open.get(peer);
    if (!connection) return;
    const [longest] = this.#connections.dormant;
    if (longest && this.#connections.dormant.length >= MAX_DORMANT) {
      this.#drop(longest, 'too many peers are silent', now, out);
    }
    this.#beginAnew(connection, reason, now, out);
  }

  onBegunAnew(connection: Connection, hello: Uint8Array, now: number, out: LinksEffect[]): void {
    if (!connection.mayBeginAnew.take(now)) {
      connection.reportMalformed('a hello again and again', now, out);
      return;
    }
    const next = this.#beginAnew(connection, 'the other end lost the Link and begins anew', now, out);
    next.onMessage(hello, now, out);
    this.#wakeBy(next.deadlineMs);
  }

  #beginAnew(connection: Connection, reason: string, now: number, out: LinksEffect[]): Connection {
    const next = connection.anew(this.#options.random.bytes(NONCE_BYTES), now);
    this.#connections.replace(connection, next);
    this.#dirty.delete(connection);
    this.#noLongerOpen(connection, reason, now, out);
    next.start(now, out);
    this.#wakeBy(next.deadlineMs);
    return next;
  }

  onProven(connection: Connection, _identity: PeerIdentity, now: number, out: LinksEffect[]): void {
    this.#admission.onProven(connection, now, out);
  }

  #up(connection: Connection, identity: PeerIdentity, now: number, out: LinksEffect[]): void {
    this.#lastLink++;
    const link = this.#lastLink as LinkId;
    connection.accept(link, identity, now, out);
    const { peer, isInitiator, answersProbes } = connection;
    this.#calls.end(peer); // whoever called first
    this.#open.set(peer, connection);
    out.push({ type: 'link-up', peer, link, identity, isInitiator, answersProbes });
    for (const each of this.#connections.dormant) {
      if (each.peer === peer) this.#leave(each, 'it has another Link', now, out);
    }
    this.#admission.judgeAgain(peer, now, out);
  }

  onRefused(connection: Connection, refused: Refused, now: number, out: LinksEffect[]): void {
    out.push(...this.#refusals.effects(connection, refused, now));
    // Found by the Link itself: nothing is taken from its peer any more, whatever way it comes.
    if (refused.where === 'here' && refused.reason === 'malformed') {
      const { peer } = connection;
      const reason = 'keeps sending malformed frames';
      this.#cutOff({ type: 'cut-off', peer, why: 'malformed', reason }, now, out);
    }
  }

  onOver(connection: Connection, reason: string, now: number, out: LinksEffect[]): void {
    this.#drop(connection, reason, now, out);
  }

  #cutOff({ peer, why, reason }: CutOff, now: number, out: LinksEffect[]): void {
    this.#bans.add(peer, now + CUT_MS);
    out.push({ type: 'log', level: 'warn', text: `node ${peer.slice(0, 8)} cut off: ${reason}` });
    const connections = this.#connections.of(peer);
    for (const connection of connections) {
      connection.refuse({ reason: why }, reason, now, out);
      this.#ending(connection, reason, now, out);
    }
    if (connections.length > 0) return;
    out.push({ type: 'refused', peer, reason: why, message: refusalMessage(peer, why, 'here') });
  }

  #leave(connection: Connection, reason: string, now: number, out: LinksEffect[]): void {
    connection.leave(reason, now, out);
    this.#ending(connection, reason, now, out);
  }

  #ending(connection: Connection, reason: string, now: number, out: LinksEffect[]): void {
    this.#noLongerOpen(connection, reason, now, out);
    this.#wakeBy(connection.deadlineMs);
  }

  /** Closes the channel without a word. */
  #drop(connection: Connection, reason: string, now: number, out: LinksEffect[]): void {
    if (this.#connections.get(connection.channel) !== connection) return;
    out.push({ type: 'channel-close', channel: connection.channel, reason });
    this.#remove(connection, reason, now, out);
  }

  #remove(connection: Connection, reason: string, now: number, out: LinksEffect[]): void {
    const { peer, isInitiator, isEnding } = connection;
    this.#connections.delete(connection);
    this.#admission.delete(connection);
    this.#dirty.delete(connection);
    if (this.#noLongerOpen(connection, reason, now, out)) return;
    this.#admission.judgeAgain(peer, now, out);
    if (peer === this.#options.own.id) return;
    // A call of theirs that came to nothing says nothing of the peer: the name may be borrowed.
    if (connection.isDormant) return; // and nobody counted on it
    const isFailure = this.#endsCall(peer, isInitiator) && !isEnding && !this.#connections.has(peer);
    out.push({ type: isFailure ? 'attempt-failed' : 'attempt-over', peer });
  }

  /** Whether this channel was our call: it is, too, where ours crossed that of a smaller id, which is made in its place. */
  #endsCall(peer: NodeId, isInitiator: boolean): boolean {
    return isInitiator || (peer < this.#options.own.id && this.#calls.end(peer));
  }

  #noLongerOpen(connection: Connection, reason: string, now: number, out: LinksEffect[]): boolean {
    const { peer } = connection;
    if (this.#open.get(peer) !== connection) return false;
    this.#open.delete(peer);
    const { link, sinceMs } = connection;
    out.push({ type: 'link-down', peer, link, reason, livedMs: now - sinceMs });
    return true;
  }

  #wakeBy(timeMs: number): void {
    if (timeMs < this.#deadlineMs) this.#deadlineMs = timeMs;
  }
}
