/**
 * What the parts of a MeshState ask of each other, performed: each effect goes to the part it concerns as an event, or out
 * to the driver. One vocabulary, one switch; nothing is decided here.
 */
import type { NodeId } from '../../wire/index.ts';
import type { UnicastEffect } from '../streams/contract.ts';
import type { FrameArrived, LinkDown, LinkUp, MeshEffect, PeerLife } from '../vocabulary.ts';
import { KnownLives } from './known-lives.ts';
import type { MeshParts, PartEffect } from './mesh-parts.ts';

export class Exchange {
  readonly lives = new KnownLives();
  /** What is for the driver to do. */
  out: MeshEffect[] = [];
  now: number;
  /** The Node is taking leave: nothing new is begun. */
  isClosing = false;
  readonly #parts: () => MeshParts;
  readonly #onReplaced: () => void;

  /** `parts` are made with a hand on this, so they are asked for late. `onReplaced`: a newer life of our own key is here. */
  constructor(now: number, parts: () => MeshParts, onReplaced: () => void) {
    this.now = now;
    this.#parts = parts;
    this.#onReplaced = onReplaced;
  }

  perform(effects: readonly PartEffect[]): void {
    for (let i = 0; i < effects.length; i++) this.#performOne(effects[i] as PartEffect); // below its length
  }

  #performOne(effect: PartEffect): void {
    const now = this.now;
    switch (effect.type) {
      case 'frame':
        this.#arrived(effect);
        break;
      case 'datagram':
        this.perform(this.#parts().health.handle(effect, now));
        break;
      case 'send-datagram':
      case 'cut-off':
        this.perform(this.#parts().links.handle(effect, now));
        break;
      case 'tell':
        this.#parts().dispatcher.tell(effect.to, effect.frameType, effect.body);
        break;
      case 'pass':
        this.#parts().dispatcher.pass(effect.to, effect.frame, effect.lane);
        break;
      case 'route':
        this.#parts().dispatcher.route(effect);
        break;
      case 'transmit':
        this.#parts().dispatcher.transmit(effect.target, effect.path, effect.frame);
        break;
      case 'drop':
        this.#parts().dispatcher.dropped(effect);
        if (effect.isMalformed) this.#malformed(effect.via, effect.why);
        break;
      case 'queue-full':
        this.#parts().dispatcher.queueFull(effect.to, effect.frame);
        break;
      case 'lane-free':
        if (effect.lane === 'broadcast')
          this.perform(this.#parts().multicast.handle(laneFree(effect.peer), now));
        break;
      case 'link-up':
      case 'link-down':
        this.#linkChanged(effect);
        break;
      case 'attempt-failed':
        this.perform(this.#parts().signaling.handle(effect, now));
        this.perform(this.#parts().neighbours.handle(effect, now));
        break;
      case 'attempt-over':
        this.perform(this.#parts().neighbours.handle(effect, now));
        break;
      case 'refused':
        if (this.isClosing) break; // for a reason that was told already
        this.perform(this.#parts().neighbours.handle(effect, now));
        this.out.push(effect);
        break;
      case 'shown':
        this.perform(this.#parts().topology.handle(effect, now));
        break;
      case 'replaced':
        this.#onReplaced();
        break;
      case 'graph-changed':
        this.perform(this.#parts().membership.handle(effect, now));
        this.perform(this.#parts().neighbours.handle(effect, now));
        this.perform(this.#parts().unicast.handle(effect, now));
        break;
      case 'peer-life':
        this.#peerLife(effect);
        break;
      case 'joined':
        this.perform(this.#parts().neighbours.handle({ type: 'joined', id: effect.member.id }, now));
        this.out.push(effect);
        break;
      case 'left':
        this.#left(effect.id, effect.reason);
        this.out.push(effect);
        break;
      case 'rtt':
        this.perform(this.#parts().topology.handle(effect, now));
        this.perform(this.#parts().multicast.handle(effect, now));
        break;
      case 'health-changed':
        this.perform(this.#parts().membership.handle(effect, now));
        break;
      case 'dead': {
        const { peer, reason } = effect;
        this.perform(this.#parts().links.handle({ type: 'fell-silent', peer, reason }, now));
        break;
      }
      case 'call':
        if (this.isClosing) break;
        this.perform(this.#parts().links.handle({ type: 'connecting', peer: effect.peer }, now));
        this.perform(this.#parts().signaling.handle(effect, now));
        break;
      case 'no-way': {
        const reason = 'no path leads there, and the meeting point is away';
        const failed = { type: 'connect-failed', peer: effect.peer, reason } as const;
        this.perform(this.#parts().links.handle(failed, now));
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
    const now = this.now;
    const { via, header } = effect;
    this.perform(this.#parts().health.handle({ type: 'heard', peer: via }, now));
    const verdict = this.#parts().dispatcher.arrived(effect);
    switch (verdict.to) {
      case 'topology':
        this.perform(this.#parts().topology.handle(effect, now));
        break;
      case 'health':
        this.perform(this.#parts().health.handle(effect, now));
        break;
      case 'signaling':
        this.perform(this.#parts().signaling.handle(effect, now));
        break;
      case 'unicast': {
        const effects = this.#parts().unicast.handle(effect, now);
        this.perform(effects);
        if (header.source !== via && !effects.some(isDrop)) this.#proof(header.source);
        break;
      }
      case 'multicast':
        this.perform(this.#parts().multicast.handle(effect, now));
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
    this.perform(this.#parts().health.handle({ type: 'proof', id }, this.now));
  }

  #linkChanged(event: LinkUp | LinkDown): void {
    const { now } = this;
    if (event.type === 'link-up') {
      this.#peerLife({ type: 'peer-life', identity: event.identity });
      this.perform(this.#parts().signaling.handle(event, now));
    }
    this.perform(this.#parts().health.handle(event, now));
    this.perform(this.#parts().topology.handle(event, now));
    this.perform(this.#parts().neighbours.handle(event, now));
    this.perform(this.#parts().unicast.handle(event, now));
    this.perform(this.#parts().multicast.handle(event, now));
    this.perform(this.#parts().membership.handle(event, now));
  }

  /** Hello and record tell of the same life: only the first of them is news. */
  #peerLife(event: PeerLife): void {
    if (!this.lives.learn(event.identity)) return;
    this.perform(this.#parts().unicast.handle(event, this.now));
    this.perform(this.#parts().multicast.handle(event, this.now));
  }

  #left(id: NodeId, reason: string): void {
    const now = this.now;
    this.perform(this.#parts().unicast.handle({ type: 'peer-left', peer: id, reason }, now));
    this.perform(this.#parts().multicast.handle({ type: 'left', id }, now));
    this.perform(this.#parts().health.handle({ type: 'left', id }, now));
    this.perform(this.#parts().neighbours.handle({ type: 'left', id }, now));
  }

  closeLink(peer: NodeId, reason: string): void {
    this.perform(this.#parts().links.handle({ type: 'close-link', peer, reason }, this.now));
  }

  #malformed(peer: NodeId, what: string): void {
    this.perform(this.#parts().links.handle({ type: 'malformed', peer, what }, this.now));
  }
}

function isDrop({ type }: UnicastEffect): boolean {
  return type === 'drop';
}

function laneFree(peer: NodeId): { readonly type: 'lane-free'; readonly peer: NodeId } {
  return { type: 'lane-free', peer };
}
