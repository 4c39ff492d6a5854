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
import { createParts, type MeshOptions, type MeshParts } from './mesh-parts.ts';
import { snapshotOf } from './snapshot.ts';

/** Parts wake each other a few times in a turn at most; more is left to the next one. */
const MAX_PASSES = 8;

export class MeshState implements Protocol<MeshEvent, MeshEffect> {
  readonly id: NodeId;
  readonly #parts: MeshParts;
  readonly #exchange: Exchange;
  #isClosed = false;
  /** Answered several times an event, and different only after one: undefined until it is asked for again. */
  #nextWakeAt: number | undefined;

  constructor(options: MeshOptions, now: number) {
    this.id = options.own.id;
    const exchange = new Exchange(
      now,
      () => this.#parts,
      () => this.#replaced(),
    );
    this.#exchange = exchange;
    this.#parts = createParts(
      options,
      {
        directory: exchange.lives,
        now: () => exchange.now,
        isBanned: (id) => this.#parts.links.isCutOff(id, exchange.now),
        queue: (to, frame, lane, isTransit) =>
          exchange.perform(
            this.#parts.links.handle({ type: 'queue', to, frame, lane, isTransit }, exchange.now),
          ),
      },
      now,
    );
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

  /** Copies of broadcasts that came, needed and not: the figure of bench/broadcast. */
  get broadcastCounts(): { readonly delivered: number; readonly surplus: number } {
    return this.#parts.multicast.counts;
  }

  get nextWakeAt(): number {
    this.#nextWakeAt ??= this.#earliestWake();
    return this.#nextWakeAt;
  }

  snapshot(now: number): MeshSnapshot {
    return snapshotOf(this.#parts, now);
  }

  handle(event: MeshEvent, now: number): readonly MeshEffect[] {
    const exchange = this.#exchange;
    exchange.now = now;
    this.#nextWakeAt = undefined;
    if (this.#isClosed) this.#handleClosed(event, now);
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
        this.#exchange.perform(this.#parts.links.handle(event, now));
        break;
      case 'rendezvous':
        this.#exchange.perform(this.#parts.signaling.handle(event, now));
        this.#exchange.perform(this.#parts.neighbours.handle(event, now));
        if (event.state === 'online')
          this.#exchange.perform(this.#parts.health.handle({ type: 'hint-moved', id: undefined }, now));
        break;
      case 'signal':
      case 'path-failing':
        this.#exchange.perform(this.#parts.signaling.handle(event, now));
        break;
      case 'candidates':
        this.#exchange.perform(this.#parts.neighbours.handle(event, now));
        break;
      case 'candidate-gone':
        this.#exchange.perform(this.#parts.neighbours.handle(event, now));
        this.#exchange.perform(this.#parts.health.handle({ type: 'hint-gone', id: event.id }, now));
        break;
      case 'candidate-again':
        this.#exchange.perform(this.#parts.health.handle({ type: 'hint-moved', id: event.id }, now));
        break;
      case 'send':
      case 'request':
        if (this.#isKnown(event.target)) this.#exchange.perform(this.#parts.unicast.handle(event, now));
        else this.#unreachable(event.token);
        break;
      case 'answer':
        this.#exchange.perform(this.#parts.unicast.handle(event, now));
        break;
      case 'broadcast': {
        const strangers = event.targets?.filter((target) => !this.#isKnown(target)) ?? [];
        if (strangers.length === 0) this.#exchange.perform(this.#parts.multicast.handle(event, now));
        else this.#unreachable(event.token, strangers);
        break;
      }
      case 'cancel':
        this.#exchange.perform(this.#parts.unicast.handle(event, now));
        this.#exchange.perform(this.#parts.multicast.handle(event, now));
        this.#exchange.perform(this.#parts.health.handle(event, now));
        break;
      case 'taken':
        this.#exchange.perform(
          (event.isBroadcast ? this.#parts.multicast : this.#parts.unicast).handle(event, now),
        );
        break;
      case 'attributes':
        this.#exchange.perform(this.#parts.topology.handle(event, now));
        this.#exchange.perform(this.#parts.membership.handle(event, now));
        break;
      case 'ask-table':
        if (this.#isKnown(event.target)) this.#exchange.perform(this.#parts.health.handle(event, now));
        else this.#unreachable(event.token);
        break;
      case 'drop-link':
        this.#exchange.closeLink(event.peer, 'dropped by hand');
        break;
      case 'block':
        this.#exchange.perform(this.#parts.neighbours.handle(event, now));
        if (event.isBlocked) this.#exchange.closeLink(event.peer, 'blocked by hand');
        break;
      case 'trace':
        this.#parts.tracer.isOn = event.isOn;
        break;
      case 'leave':
        this.#leave(now);
        break;
      default:
        event satisfies never;
    }
  }

  /** After the farewell: last words go out, channels close, nothing new is begun. */
  #handleClosed(event: MeshEvent, now: number): void {
    switch (event.type) {
      case 'wake':
      case 'channel-fill':
      case 'channel-closed':
        this.#exchange.perform(this.#parts.links.handle(event, now));
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
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      if (this.#parts.health.nextWakeAt <= now) this.#exchange.perform(this.#parts.health.handle(WAKE, now));
      if (this.#parts.topology.nextWakeAt <= now)
        this.#exchange.perform(this.#parts.topology.handle(WAKE, now));
      if (this.#parts.membership.nextWakeAt <= now)
        this.#exchange.perform(this.#parts.membership.handle(WAKE, now));
      if (this.#parts.neighbours.nextWakeAt <= now)
        this.#exchange.perform(this.#parts.neighbours.handle(WAKE, now));
      if (this.#parts.signaling.nextWakeAt <= now)
        this.#exchange.perform(this.#parts.signaling.handle(WAKE, now));
      if (this.#parts.unicast.nextWakeAt <= now)
        this.#exchange.perform(this.#parts.unicast.handle(WAKE, now));
      if (this.#parts.multicast.nextWakeAt <= now)
        this.#exchange.perform(this.#parts.multicast.handle(WAKE, now));
      if (this.#parts.links.nextWakeAt <= now) this.#exchange.perform(this.#parts.links.handle(WAKE, now));
      if (this.#isClosed || this.#earliestWake() > now) return;
    }
  }

  #earliestWake(): number {
    const { links, health, topology, neighbours, signaling, unicast, multicast, membership } = this.#parts;
    let at = links.nextWakeAt;
    if (this.#isClosed) return at;
    at = earlier(at, health.nextWakeAt);
    at = earlier(at, topology.nextWakeAt);
    at = earlier(at, neighbours.nextWakeAt);
    at = earlier(at, signaling.nextWakeAt);
    at = earlier(at, unicast.nextWakeAt);
    at = earlier(at, multicast.nextWakeAt);
    return earlier(at, membership.nextWakeAt);
  }

  #replaced(): void {
    if (this.#isClosed) return;
    this.#leave(this.#exchange.now);
    this.#exchange.out.push({ type: 'replaced', message: REPLACED_MESSAGE });
  }

  #leave(now: number): void {
    this.#exchange.isClosing = true;
    this.#exchange.perform(this.#parts.topology.handle({ type: 'leave' }, now));
    this.#exchange.perform(this.#parts.unicast.handle({ type: 'close' }, now));
    this.#exchange.perform(this.#parts.multicast.handle({ type: 'close' }, now));
    this.#exchange.perform(this.#parts.health.handle({ type: 'close' }, now));
    this.#exchange.perform(this.#parts.links.handle(WAKE, now));
    this.#isClosed = true;
    this.#exchange.perform(this.#parts.links.handle({ type: 'close-all', reason: 'this node closed' }, now));
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

function earlier(a: number, b: number): number {
  return Math.min(a, b);
}
