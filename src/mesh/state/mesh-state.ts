/**
 * A Node's whole mind: the protocols of the mesh composed into one of the same form. Nothing is decided here. What happens
 * goes to the protocol it concerns; what that answers goes to the next, or to the driver: a page's Node (node/node.ts) or
 * the simulator's. It knows no time but what it is told, so both run the same code.
 *
 *   channels ── Links ── FrameDispatcher ──┬── Topology ── Membership
 *                                          ├── Health ──── Neighbours
 *                                          ├── Unicast
 *                                          └── Multicast
 */
import type { NodeId } from '../../wire/index.ts';
import type { Member, MeshSnapshot } from '../contract.ts';
import { NO_EFFECTS, type Protocol, WAKE } from '../protocol.ts';
import type { UnicastEffect } from '../streams/contract.ts';
import type {
  FrameArrived,
  LinkDown,
  LinkUp,
  MeshEffect,
  MeshEvent,
  PeerLife,
  Token,
} from '../vocabulary.ts';
import { Banned } from './banned.ts';
import { KnownLives } from './known-lives.ts';
import { createParts, type MeshOptions, type MeshParts, type PartEffect } from './mesh-parts.ts';
import { snapshotOf } from './snapshot.ts';

/** How long nothing is taken from a Node that was cut off. */
const CUT_MS = 30_000;
/** Parts wake each other a few times in a turn at most; more is left to the next one. */
const MAX_PASSES = 8;

export class MeshState implements Protocol<MeshEvent, MeshEffect> {
  readonly id: NodeId;
  readonly #parts: MeshParts;
  readonly #lives = new KnownLives();
  readonly #banned = new Banned();
  /** What the current event has given the driver to do. */
  #out: MeshEffect[] = [];
  #now: number;
  #isClosed = false;

  constructor(options: MeshOptions, now: number) {
    this.id = options.own.id;
    this.#now = now;
    this.#parts = createParts(
      options,
      {
        directory: this.#lives,
        isBanned: (id) => this.#banned.has(id, this.#now),
        queue: (to, frame, lane, isTransit) =>
          this.#perform(this.#parts.links.handle({ type: 'queue', to, frame, lane, isTransit }, this.#now)),
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

  get isPaused(): boolean {
    return this.#parts.links.isPaused;
  }

  /** Copies of broadcasts that came, needed and not: the figure of bench/broadcast. */
  get broadcastCounts(): { readonly delivered: number; readonly surplus: number } {
    return this.#parts.multicast.counts;
  }

  get nextWakeAt(): number {
    if (this.#isClosed) return this.#parts.links.nextWakeAt;
    return Math.min(
      this.#parts.links.nextWakeAt,
      this.#parts.health.nextWakeAt,
      this.#parts.topology.nextWakeAt,
      this.#parts.neighbours.nextWakeAt,
      this.#parts.unicast.nextWakeAt,
      this.#parts.multicast.nextWakeAt,
      this.#parts.membership.nextWakeAt,
    );
  }

  snapshot(now: number): MeshSnapshot {
    return snapshotOf(this.#parts, now);
  }

  handle(event: MeshEvent, now: number): readonly MeshEffect[] {
    this.#now = now;
    if (this.#isClosed) this.#handleClosed(event, now);
    else this.#handle(event, now);
    if (this.#parts.tracer.isOn) this.#flushTrace();
    if (this.#out.length === 0) return NO_EFFECTS;
    const out = this.#out;
    this.#out = [];
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
        this.#perform(this.#parts.links.handle(event, now));
        break;
      case 'candidates':
        this.#perform(this.#parts.neighbours.handle(event, now));
        break;
      case 'candidate-gone':
        this.#perform(this.#parts.neighbours.handle(event, now));
        this.#perform(this.#parts.health.handle({ type: 'hint-gone', id: event.id }, now));
        break;
      case 'rendezvous':
        break; // what follows from it comes as candidates
      case 'send':
      case 'request':
        if (this.#isKnown(event.target)) this.#perform(this.#parts.unicast.handle(event, now));
        else this.#unreachable(event.token);
        break;
      case 'answer':
        this.#perform(this.#parts.unicast.handle(event, now));
        break;
      case 'broadcast':
        this.#perform(this.#parts.multicast.handle(event, now));
        break;
      case 'cancel':
        this.#perform(this.#parts.unicast.handle(event, now));
        this.#perform(this.#parts.multicast.handle(event, now));
        break;
      case 'taken':
        this.#perform((event.isBroadcast ? this.#parts.multicast : this.#parts.unicast).handle(event, now));
        break;
      case 'attributes':
        this.#perform(this.#parts.topology.handle(event, now));
        this.#perform(this.#parts.membership.handle(event, now));
        break;
      case 'ask-table':
        if (this.#isKnown(event.target)) this.#perform(this.#parts.health.handle(event, now));
        else this.#unreachable(event.token);
        break;
      case 'drop-link':
        this.#closeLink(event.peer, 'dropped by hand');
        break;
      case 'block':
        this.#perform(this.#parts.neighbours.handle(event, now));
        if (event.isBlocked) this.#closeLink(event.peer, 'blocked by hand');
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
        this.#perform(this.#parts.links.handle(event, now));
        break;
      case 'channel-opened':
        this.#out.push({ type: 'channel-close', channel: event.channel, reason: 'this node closed' });
        break;
      case 'send':
      case 'request':
      case 'broadcast':
      case 'ask-table':
        this.#out.push({ type: 'settled', tokens: [event.token], failure: { reason: 'closed' } });
        break;
      default:
        break;
    }
  }

  /** Everything that is due, and what that makes due in turn; Links last, so that all leaves at once. */
  #wake(now: number): void {
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      if (this.#parts.health.nextWakeAt <= now) this.#perform(this.#parts.health.handle(WAKE, now));
      if (this.#parts.topology.nextWakeAt <= now) this.#perform(this.#parts.topology.handle(WAKE, now));
      if (this.#parts.membership.nextWakeAt <= now) this.#perform(this.#parts.membership.handle(WAKE, now));
      if (this.#parts.neighbours.nextWakeAt <= now) this.#perform(this.#parts.neighbours.handle(WAKE, now));
      if (this.#parts.unicast.nextWakeAt <= now) this.#perform(this.#parts.unicast.handle(WAKE, now));
      if (this.#parts.multicast.nextWakeAt <= now) this.#perform(this.#parts.multicast.handle(WAKE, now));
      if (this.#parts.links.nextWakeAt <= now) this.#perform(this.#parts.links.handle(WAKE, now));
      if (this.#isClosed || this.nextWakeAt > now) return;
    }
  }

  #perform(effects: readonly PartEffect[]): void {
    for (const effect of effects) this.#performOne(effect);
  }

  #performOne(effect: PartEffect): void {
    const now = this.#now;
    switch (effect.type) {
      case 'frame':
        this.#arrived(effect);
        break;
      case 'datagram':
        this.#perform(this.#parts.health.handle(effect, now));
        break;
      case 'send-datagram':
        this.#perform(this.#parts.links.handle(effect, now));
        break;
      case 'tell':
        this.#parts.dispatcher.tell(effect.to, effect.frameType, effect.body);
        break;
      case 'pass':
        this.#parts.dispatcher.pass(effect.to, effect.frame, effect.lane);
        break;
      case 'route':
        this.#parts.dispatcher.route(effect);
        break;
      case 'transmit':
        this.#parts.dispatcher.transmit(effect.target, effect.path, effect.frame);
        break;
      case 'drop':
        this.#parts.dispatcher.dropped(effect);
        if (effect.isMalformed) this.#malformed(effect.via, effect.why);
        break;
      case 'queue-full':
        this.#parts.dispatcher.queueFull(effect.to, effect.frame);
        break;
      case 'lane-free':
        if (effect.lane === 'broadcast')
          this.#perform(this.#parts.multicast.handle(laneFree(effect.peer), now));
        break;
      case 'link-up':
        this.#linkUp(effect);
        break;
      case 'link-down':
        this.#linkDown(effect);
        break;
      case 'attempt-failed':
      case 'attempt-over':
        this.#perform(this.#parts.neighbours.handle(effect, now));
        break;
      case 'refused':
        this.#perform(this.#parts.neighbours.handle(effect, now));
        this.#out.push(effect);
        break;
      case 'replaced':
        this.#replaced();
        break;
      case 'graph-changed':
        this.#perform(this.#parts.membership.handle(effect, now));
        this.#perform(this.#parts.neighbours.handle(effect, now));
        this.#perform(this.#parts.unicast.handle(effect, now));
        break;
      case 'peer-life':
        this.#peerLife(effect);
        break;
      case 'joined':
        this.#perform(this.#parts.neighbours.handle({ type: 'joined', id: effect.member.id }, now));
        this.#out.push(effect);
        break;
      case 'left':
        this.#left(effect.id, effect.reason);
        this.#out.push(effect);
        break;
      case 'rtt':
        this.#perform(this.#parts.topology.handle(effect, now));
        this.#perform(this.#parts.multicast.handle(effect, now));
        break;
      case 'health-changed':
        this.#perform(this.#parts.membership.handle(effect, now));
        break;
      case 'dead':
        this.#closeLink(effect.peer, effect.reason);
        break;
      case 'connect':
        this.#perform(this.#parts.links.handle({ type: 'connecting', peer: effect.peer }, now));
        this.#out.push(effect);
        break;
      case 'disconnect':
        this.#closeLink(effect.peer, effect.reason);
        break;
      case 'cut-off':
        this.#banned.add(effect.peer, now + CUT_MS);
        this.#out.push({
          type: 'log',
          level: 'warn',
          text: `node ${effect.peer.slice(0, 8)} is cut off for ${CUT_MS / 1000} s: ${effect.reason}`,
        });
        this.#closeLink(effect.peer, effect.reason, CUT_MS);
        break;
      case 'deliver':
        if (effect.isBroadcast) this.#proof(effect.from);
        this.#out.push(effect);
        break;
      case 'channel-send':
      case 'channel-datagram':
      case 'channel-close':
      case 'settled':
      case 'answered':
      case 'table':
      case 'members-changed':
      case 'away':
      case 'missed':
      case 'log':
        this.#out.push(effect);
        break;
      default:
        effect satisfies never;
    }
  }

  #arrived(effect: FrameArrived): void {
    const now = this.#now;
    const { via, header } = effect;
    this.#perform(this.#parts.health.handle({ type: 'heard', peer: via }, now));
    const verdict = this.#parts.dispatcher.arrived(effect);
    switch (verdict.to) {
      case 'topology':
        this.#perform(this.#parts.topology.handle(effect, now));
        break;
      case 'health':
        this.#perform(this.#parts.health.handle(effect, now));
        break;
      case 'unicast': {
        const effects = this.#parts.unicast.handle(effect, now);
        this.#perform(effects);
        if (header.source !== via && !effects.some(isDrop)) this.#proof(header.source);
        break;
      }
      case 'multicast':
        this.#perform(this.#parts.multicast.handle(effect, now));
        break;
      case 'nobody':
        if (verdict.isMalformed) this.#malformed(via, verdict.why);
        break;
      default:
        verdict satisfies never;
    }
  }

  /** Something only this Node can have made came through others: it lives, whatever the Links say. */
  #proof(id: NodeId): void {
    this.#perform(this.#parts.health.handle({ type: 'proof', id }, this.#now));
  }

  #linkUp(event: LinkUp): void {
    const now = this.#now;
    this.#peerLife({ type: 'peer-life', identity: event.identity });
    this.#perform(this.#parts.health.handle(event, now));
    this.#perform(this.#parts.topology.handle(event, now));
    this.#perform(this.#parts.neighbours.handle(event, now));
    this.#perform(this.#parts.unicast.handle(event, now));
    this.#perform(this.#parts.multicast.handle(event, now));
    this.#perform(this.#parts.membership.handle(event, now));
  }

  #linkDown(event: LinkDown): void {
    const now = this.#now;
    this.#perform(this.#parts.health.handle(event, now));
    this.#perform(this.#parts.topology.handle(event, now));
    this.#perform(this.#parts.neighbours.handle(event, now));
    this.#perform(this.#parts.unicast.handle(event, now));
    this.#perform(this.#parts.multicast.handle(event, now));
    this.#perform(this.#parts.membership.handle(event, now));
  }

  /** Hello and record tell of the same life: only the first of them is news. */
  #peerLife(event: PeerLife): void {
    if (!this.#lives.learn(event.identity)) return;
    this.#perform(this.#parts.unicast.handle(event, this.#now));
    this.#perform(this.#parts.multicast.handle(event, this.#now));
  }

  #left(id: NodeId, reason: string): void {
    const now = this.#now;
    this.#perform(this.#parts.unicast.handle({ type: 'peer-left', peer: id, reason }, now));
    this.#perform(this.#parts.multicast.handle({ type: 'left', id }, now));
    this.#perform(this.#parts.health.handle({ type: 'left', id }, now));
    this.#perform(this.#parts.neighbours.handle({ type: 'left', id }, now));
  }

  #replaced(): void {
    if (this.#isClosed) return;
    this.#leave(this.#now);
    this.#out.push({
      type: 'replaced',
      message:
        'this Node goes on in another tab, which was opened later with the same key; this one has stopped',
    });
  }

  #leave(now: number): void {
    this.#perform(this.#parts.topology.handle({ type: 'leave' }, now));
    this.#perform(this.#parts.unicast.handle({ type: 'close' }, now));
    this.#perform(this.#parts.multicast.handle({ type: 'close' }, now));
    this.#perform(this.#parts.health.handle({ type: 'close' }, now));
    this.#perform(this.#parts.links.handle(WAKE, now));
    this.#isClosed = true;
    this.#perform(this.#parts.links.handle({ type: 'close-all', reason: 'this node closed' }, now));
  }

  #closeLink(peer: NodeId, reason: string, cutMs?: number): void {
    const event = { type: 'close-link', peer, reason, ...(cutMs !== undefined && { cutMs }) } as const;
    this.#perform(this.#parts.links.handle(event, this.#now));
  }

  #malformed(peer: NodeId, what: string): void {
    this.#perform(this.#parts.links.handle({ type: 'malformed', peer, what }, this.#now));
  }

  #isKnown(target: NodeId): boolean {
    return this.#parts.membership.has(target) || this.#parts.links.open.has(target);
  }

  #unreachable(token: Token): void {
    this.#out.push({ type: 'settled', tokens: [token], failure: { reason: 'unreachable' } });
  }

  #flushTrace(): void {
    for (const entry of this.#parts.tracer.take(this.#now)) this.#out.push({ type: 'trace', entry });
  }
}

function isDrop({ type }: UnicastEffect): boolean {
  return type === 'drop';
}

function laneFree(peer: NodeId): { readonly type: 'lane-free'; readonly peer: NodeId } {
  return { type: 'lane-free', peer };
}
