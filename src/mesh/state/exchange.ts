/**
 * What the parts of a MeshState ask of each other, performed: each effect goes to the part it concerns as an event, or out
 * to the driver. One vocabulary, one switch; nothing is decided here.
 */
import type { NodeId } from '../../wire/index.ts';
import type { HealthEvent } from '../health/contract.ts';
import type { LinksEvent } from '../link/contract.ts';
import type { MembershipEvent } from '../membership/contract.ts';
import type { MulticastEvent } from '../multicast/contract.ts';
import type { NeighboursEvent } from '../neighbours/contract.ts';
import type { Protocol, Tagged } from '../protocol.ts';
import type { SignalingEvent } from '../signaling/contract.ts';
import type { UnicastEffect, UnicastEvent } from '../streams/contract.ts';
import type { TopologyEvent } from '../topology/contract.ts';
import type { FrameArrived, LinkDown, LinkUp, MeshEffect, PeerLife } from '../vocabulary.ts';
import type { KnownLives } from './known-lives.ts';
import type { MeshParts, PartEffect } from './mesh-parts.ts';
import { Part, WakeTimes } from './wake-times.ts';

export class Exchange {
  /** What is for the driver to do. */
  out: MeshEffect[] = [];
  now: number;
  /** The Node is taking leave: nothing new is begun. */
  isClosing = false;
  readonly wakes = new WakeTimes();
  readonly #parts: MeshParts;
  readonly #lives: KnownLives;
  readonly #onReplaced: () => void;

  /** `onReplaced`: a newer life of our own key is here. */
  constructor(now: number, parts: MeshParts, lives: KnownLives, onReplaced: () => void) {
    this.now = now;
    this.#parts = parts;
    this.#lives = lives;
    this.#onReplaced = onReplaced;
    for (const name of Object.keys(Part) as (keyof typeof Part)[])
      this.wakes.set(Part[name], parts[name].nextWakeAt);
  }

  toLinks(event: LinksEvent): void {
    this.#give(Part.links, this.#parts.links, event);
  }

  toHealth(event: HealthEvent): void {
    this.#give(Part.health, this.#parts.health, event);
  }

  toTopology(event: TopologyEvent): void {
    this.#give(Part.topology, this.#parts.topology, event);
  }

  toMembership(event: MembershipEvent): void {
    this.#give(Part.membership, this.#parts.membership, event);
  }

  toNeighbours(event: NeighboursEvent): void {
    this.#give(Part.neighbours, this.#parts.neighbours, event);
  }

  toSignaling(event: SignalingEvent): void {
    this.#give(Part.signaling, this.#parts.signaling, event);
  }

  /** Answers with what was performed. */
  toUnicast(event: UnicastEvent): readonly UnicastEffect[] {
    return this.#give(Part.unicast, this.#parts.unicast, event);
  }

  toMulticast(event: MulticastEvent): void {
    this.#give(Part.multicast, this.#parts.multicast, event);
  }

  #give<Event extends Tagged, Effect extends PartEffect>(
    part: Part,
    protocol: Protocol<Event, Effect>,
    event: Event,
  ): readonly Effect[] {
    const effects = protocol.handle(event, this.now);
    this.wakes.set(part, protocol.nextWakeAt);
    this.perform(effects);
    return effects;
  }

  perform(effects: readonly PartEffect[]): void {
    for (let i = 0; i < effects.length; i++) this.#performOne(effects[i] as PartEffect); // below its length
  }

  #performOne(effect: PartEffect): void {
    switch (effect.type) {
      case 'frame':
        this.#arrived(effect);
        break;
      case 'datagram':
        this.toHealth(effect);
        break;
      case 'send-datagram':
      case 'cut-off':
        this.toLinks(effect);
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
        if (effect.lane === 'broadcast') this.toMulticast(laneFree(effect.peer));
        break;
      case 'link-up':
      case 'link-down':
        this.#linkChanged(effect);
        break;
      case 'attempt-failed':
        this.toSignaling(effect);
        this.toNeighbours(effect);
        break;
      case 'attempt-over':
        this.toNeighbours(effect);
        break;
      case 'refused':
        if (this.isClosing) break; // for a reason that was told already
        this.toNeighbours(effect);
        this.out.push(effect);
        break;
      case 'shown':
      case 'want-records':
        this.toTopology(effect);
        break;
      case 'replaced':
        this.#onReplaced();
        break;
      case 'graph-changed':
        this.toMembership(effect);
        this.toNeighbours(effect);
        this.toUnicast(effect);
        break;
      case 'peer-life':
        this.#peerLife(effect);
        break;
      case 'joined':
        this.toNeighbours({ type: 'joined', id: effect.member.id });
        this.out.push(effect);
        break;
      case 'left':
        this.#left(effect.id, effect.reason);
        this.out.push(effect);
        break;
      case 'rtt':
        this.toTopology(effect);
        this.toMulticast(effect);
        break;
      case 'health-changed':
        this.toMembership(effect);
        break;
      case 'dead': {
        const { peer, reason } = effect;
        this.toLinks({ type: 'fell-silent', peer, reason });
        break;
      }
      case 'call':
        if (this.isClosing) break;
        this.toLinks({ type: 'connecting', peer: effect.peer });
        this.toSignaling(effect);
        break;
      case 'no-way': {
        const reason = 'no path leads there, and the meeting point is away';
        const failed = { type: 'connect-failed', peer: effect.peer, reason } as const;
        this.toLinks(failed);
        break;
      }
      case 'disconnect':
        this.closeLink(effect.peer, effect.reason);
        break;
      case 'deliver':
        if (effect.isBroadcast) this.#proof(effect.from);
        this.out.push(effect);
        break;
      case 'connect':
      case 'restart':
      case 'signal':
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
        this.out.push(effect);
        break;
      default:
        effect satisfies never;
    }
  }

  #arrived(effect: FrameArrived): void {
    const { via, header } = effect;
    this.toHealth({ type: 'heard', peer: via });
    const verdict = this.#parts.dispatcher.arrived(effect);
    switch (verdict.to) {
      case 'topology':
        this.toTopology(effect);
        break;
      case 'health':
        this.toHealth(effect);
        break;
      case 'signaling':
        this.toSignaling(effect);
        break;
      case 'unicast': {
        const effects = this.toUnicast(effect);
        if (header.source !== via && !effects.some(isDrop)) this.#proof(header.source);
        break;
      }
      case 'multicast':
        this.toMulticast(effect);
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
    this.toHealth({ type: 'proof', id });
  }

  #linkChanged(event: LinkUp | LinkDown): void {
    if (event.type === 'link-up') {
      this.#peerLife({ type: 'peer-life', identity: event.identity });
      this.toSignaling(event);
    }
    this.toHealth(event);
    this.toTopology(event);
    this.toNeighbours(event);
    this.toUnicast(event);
    this.toMulticast(event);
    this.toMembership(event);
  }

  /** Hello and record tell of the same life: only the first of them is news. */
  #peerLife(event: PeerLife): void {
    if (!this.#lives.learn(event.identity)) return;
    this.toUnicast(event);
    this.toMulticast(event);
  }

  #left(id: NodeId, reason: string): void {
    this.toUnicast({ type: 'peer-left', peer: id, reason });
    this.toMulticast({ type: 'left', id });
    this.toHealth({ type: 'left', id });
    this.toNeighbours({ type: 'left', id });
  }

  closeLink(peer: NodeId, reason: string): void {
    this.toLinks({ type: 'close-link', peer, reason });
  }

  #malformed(peer: NodeId, what: string): void {
    this.toLinks({ type: 'malformed', peer, what });
  }
}

function isDrop({ type }: UnicastEffect): boolean {
  return type === 'drop';
}

function laneFree(peer: NodeId): { readonly type: 'lane-free'; readonly peer: NodeId } {
  return { type: 'lane-free', peer };
}
