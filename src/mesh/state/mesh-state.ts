/**
 * A Node's whole mind: the protocols of the mesh composed into one of the same form. Nothing is decided here. What happens
 * goes to the protocol it concerns; what that answers goes to the next, or to the driver: a page's Node (node/node.ts) or
 * the simulator's. It knows no time but what it is told, so both run the same code.
 *
 *   channels ── Links ── FrameDispatcher ──┬── Topology ── Membership
 *                                          ├── Health ──── Neighbours ── Signaling
 *                                          ├── Unicast
 *                                          └── Multicast
 */
import type { NodeId } from '../../wire/index.ts';
import type { Member, MeshSnapshot } from '../contract.ts';
import { REPLACED_MESSAGE } from '../link/refusal.ts';
import { NO_EFFECTS, type Protocol, WAKE } from '../protocol.ts';
import type { MeshEffect, MeshEvent, Token } from '../vocabulary.ts';
import { Exchange } from './exchange.ts';
import { KnownLives } from './known-lives.ts';
import { createParts, type MeshOptions, type MeshParts } from './mesh-parts.ts';
import { snapshotOf } from './snapshot.ts';
import { Part } from './wake-times.ts';

/** Parts wake each other a few times in a turn at most; more is left to the next one. */
const MAX_PASSES = 8;

export class MeshState implements Protocol<MeshEvent, MeshEffect> {
  readonly id: NodeId;
  readonly #parts: MeshParts;
  readonly #exchange: Exchange;
  #isClosed = false;

  constructor(options: MeshOptions, now: number) {
    this.id = options.own.id;
    const lives = new KnownLives();
    this.#parts = createParts(
      options,
      {
        directory: lives,
        now: () => this.#exchange.now,
        isBanned: (id) => this.#parts.links.isCutOff(id, this.#exchange.now),
        queue: (to, frame, lane, isTransit) =>
          this.#exchange.toLinks({ type: 'queue', to, frame, lane, isTransit }),
      },
      now,
    );
    this.#exchange = new Exchange(now, this.#parts, lives, () => this.#replaced());
  }

  get members(): readonly Member[] {
    return this.#parts.membership.members;
  }

  get blockedLinks(): ReadonlySet<NodeId> {
    return this.#parts.neighbours.blocked;
  }

  /** Those at the other ends of our Links. */
  get linkedPeers(): Iterable<NodeId> {
    return this.#parts.links.open.keys();
  }

  get isPaused(): boolean {
    return this.#parts.links.isPaused;
  }

  get nextWakeAt(): number {
    const { wakes } = this.#exchange;
    return this.#isClosed ? wakes.of(Part.links) : wakes.earliest;
  }

  snapshot(now: number): MeshSnapshot {
    return snapshotOf(this.#parts, now);
  }

  handle(event: MeshEvent, now: number): readonly MeshEffect[] {
    const exchange = this.#exchange;
    exchange.now = now;
    if (this.#isClosed) this.#handleClosed(event);
    else this.#handle(event, now);
    if (this.#parts.tracer.isOn) this.#flushTrace();
    const { out } = exchange;
    if (out.length === 0) return NO_EFFECTS;
    exchange.out = [];
    return out;
  }

  #handle(event: MeshEvent, now: number): void {
    switch (event.type) {
      case 'wake':
        this.#wake(now);
        break;
      case 'channel-message':
      case 'channel-datagram':
      case 'channel-opened':
      case 'channel-fill':
      case 'channel-closed':
      case 'connect-failed':
      case 'pause':
        this.#exchange.toLinks(event);
        break;
      case 'rendezvous':
        this.#exchange.toSignaling(event);
        this.#exchange.toNeighbours(event);
        if (event.state === 'online') this.#exchange.toHealth({ type: 'hint-moved', id: undefined });
        break;
      case 'signal':
      case 'path-failing':
        this.#exchange.toSignaling(event);
        break;
      case 'candidates':
      case 'offered':
        this.#exchange.toNeighbours(event);
        break;
      case 'candidate-gone':
        this.#exchange.toNeighbours(event);
        this.#exchange.toHealth({ type: 'hint-gone', id: event.id });
        break;
      case 'candidate-again':
        this.#exchange.toHealth({ type: 'hint-moved', id: event.id });
        break;
      case 'send':
      case 'request':
        if (this.#isKnown(event.target)) this.#exchange.toUnicast(event);
        else this.#unreachable(event.token);
        break;
      case 'answer':
        this.#exchange.toUnicast(event);
        break;
      case 'broadcast': {
        const strangers = event.targets?.filter((target) => !this.#isKnown(target)) ?? [];
        if (strangers.length === 0) this.#exchange.toMulticast(event);
        else this.#unreachable(event.token, strangers);
        break;
      }
      case 'cancel':
        this.#exchange.toUnicast(event);
        this.#exchange.toMulticast(event);
        this.#exchange.toHealth(event);
        break;
      case 'taken':
        if (event.isBroadcast) this.#exchange.toMulticast(event);
        else this.#exchange.toUnicast(event);
        break;
      case 'attributes':
        this.#exchange.toTopology(event);
        this.#exchange.toMembership(event);
        break;
      case 'ask-table':
        if (this.#isKnown(event.target)) this.#exchange.toHealth(event);
        else this.#unreachable(event.token);
        break;
      case 'drop-link':
        this.#exchange.closeLink(event.peer, 'dropped by hand');
        break;
      case 'block':
        this.#exchange.toNeighbours(event);
        if (event.isBlocked) this.#exchange.closeLink(event.peer, 'blocked by hand');
        break;
      case 'trace':
        this.#parts.tracer.isOn = event.isOn;
        break;
      case 'leave':
        // What this turn had to say goes before the farewell.
        this.#wake(now);
        if (!this.#isClosed) this.#leave();
        break;
      default:
        event satisfies never;
    }
  }

  /** After the farewell: last words go out, channels close, nothing new is begun. */
  #handleClosed(event: MeshEvent): void {
    switch (event.type) {
      case 'wake':
      case 'channel-fill':
      case 'channel-closed':
        this.#exchange.toLinks(event);
        break;
      case 'channel-opened':
        this.#exchange.out.push({
          type: 'channel-close',
          channel: event.channel,
          reason: 'this node closed',
        });
        break;
      case 'send':
      case 'request':
      case 'broadcast':
      case 'ask-table':
        this.#exchange.out.push({ type: 'settled', tokens: [event.token], failure: { reason: 'closed' } });
        break;
      default:
        break;
    }
  }

  /** Everything that is due, and what that makes due in turn; Links last, so that all leaves at once. */
  #wake(now: number): void {
    const exchange = this.#exchange;
    const { wakes } = exchange;
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      if (wakes.of(Part.health) <= now) exchange.toHealth(WAKE);
      if (wakes.of(Part.topology) <= now) exchange.toTopology(WAKE);
      if (wakes.of(Part.membership) <= now) exchange.toMembership(WAKE);
      if (wakes.of(Part.neighbours) <= now) exchange.toNeighbours(WAKE);
      if (wakes.of(Part.signaling) <= now) exchange.toSignaling(WAKE);
      if (wakes.of(Part.unicast) <= now) exchange.toUnicast(WAKE);
      if (wakes.of(Part.multicast) <= now) exchange.toMulticast(WAKE);
      if (wakes.of(Part.links) <= now) exchange.toLinks(WAKE);
      if (this.#isClosed || wakes.earliest > now) return;
    }
  }

  #replaced(): void {
    if (this.#isClosed) return;
    this.#leave();
    this.#exchange.out.push({ type: 'replaced', message: REPLACED_MESSAGE });
  }

  #leave(): void {
    this.#exchange.isClosing = true;
    this.#exchange.toTopology({ type: 'leave' });
    this.#exchange.toUnicast({ type: 'close' });
    this.#exchange.toMulticast({ type: 'close' });
    this.#exchange.toHealth({ type: 'close' });
    this.#exchange.toLinks(WAKE);
    this.#isClosed = true;
    this.#exchange.toLinks({ type: 'close-all', reason: 'this node closed' });
  }

  #isKnown(target: NodeId): boolean {
    return this.#parts.membership.has(target) || this.#parts.links.open.has(target);
  }

  #unreachable(token: Token, targets?: readonly NodeId[]): void {
    const failure = { reason: 'unreachable', ...(targets && { targets }) } as const;
    this.#exchange.out.push({ type: 'settled', tokens: [token], failure });
  }

  #flushTrace(): void {
    for (const entry of this.#parts.tracer.take(this.#exchange.now))
      this.#exchange.out.push({ type: 'trace', entry });
  }
}
