/**
 * What keeps the mesh together, wired: Links coming and going, probes, announcements and the records they carry. Each
 * event goes to the protocols that care, and what they answer is sent.
 */
import type { Clock, Emitter } from '../../runtime/index.ts';
import { type FrameHeader, FrameType, frameBody, type NodeId } from '../../wire/index.ts';
import type { MeshEvents } from '../contract.ts';
import type { NeighbourPolicy } from '../neighbours/neighbour-policy.ts';
import type { Gossip, GossipEffect } from '../topology/gossip.ts';
import type { Topology } from '../topology/topology.ts';
import { type Dispatcher, MALFORMED } from './dispatcher.ts';
import type { LinkEvent, LinkSet } from './link-set.ts';
import type { Membership } from './membership.ts';
import type { Neighbourhood } from './neighbourhood.ts';

/** Through how many neighbours a suspected one is asked (SWIM's k is 3; our meshes are small). */
const INDIRECT_PROBES = 2;

export interface ControlParts {
  readonly clock: Clock;
  readonly events: Emitter<MeshEvents>;
  readonly topology: Topology;
  readonly gossip: Gossip;
  readonly membership: Membership;
  readonly policy: NeighbourPolicy;
  readonly links: LinkSet;
  readonly dispatcher: Dispatcher;
  readonly neighbourhood: Neighbourhood;
}

export class ControlPlane {
  readonly #parts: ControlParts;
  #hasHealthNews = false;

  constructor(parts: ControlParts) {
    this.#parts = parts;
  }

  onLinkEvent(event: LinkEvent): void {
    const { clock, gossip, links, membership, neighbourhood, policy } = this.#parts;
    const now = clock.now();
    switch (event.type) {
      case 'frame':
        this.#parts.dispatcher.onFrame(event.peer, event.header, event.frame);
        break;
      case 'up':
        policy.onLinkUp(now);
        gossip.linksChanged(links.roundTrips(), 'new_edge', now);
        this.perform(gossip.welcome(event.peer));
        neighbourhood.changed();
        break;
      case 'down':
        policy.onLinkDown(event.peer, event.livedMs, now);
        membership.noteLinkEnded(event.peer, event.reason);
        gossip.forget(event.peer);
        gossip.linksChanged(links.roundTrips(), 'destroy_edge', now);
        neighbourhood.changed();
        break;
      case 'failed':
        neighbourhood.onConnectFailed(event.peer);
        break;
      case 'freed':
        neighbourhood.changed();
        break;
      case 'refused':
        policy.onRefused(event.peer, now);
        neighbourhood.changed();
        this.#parts.events.emit('refused', {
          peer: event.peer,
          reason: event.reason,
          message: event.message,
        });
        break;
      case 'rtt-changed':
        gossip.rttChanged(event.isUrgent, now);
        break;
      case 'health-changed':
        this.#hasHealthNews = true;
        break;
      case 'ping':
        this.#parts.dispatcher.tell(event.peer, FrameType.ping, gossip.digestBody());
        break;
      case 'probe-through-others':
        this.#probeThroughOthers(event.peer);
        break;
      default:
        event satisfies never;
    }
  }

  onAnnouncement(body: Uint8Array): string | undefined {
    return this.perform(this.#parts.gossip.onAnnouncement(body, this.#parts.clock.now()));
  }

  onState(via: NodeId, header: FrameHeader, frame: Uint8Array): string | undefined {
    const { gossip, links, clock } = this.#parts;
    const body = frameBody(frame);
    return this.perform(
      header.type === FrameType.network_state
        ? gossip.onState(via, body, links.open.keys(), clock.now())
        : gossip.onStateRequest(via, body),
    );
  }

  onProbe(via: NodeId, header: FrameHeader, frame: Uint8Array): string | undefined {
    const { gossip, links, clock, dispatcher } = this.#parts;
    const isFromNeighbour = header.source === via;
    if (header.type === FrameType.ping) {
      // The answer goes back the way the question came: the direct way may be what is in doubt.
      if (isFromNeighbour) dispatcher.tell(via, FrameType.pong, gossip.digestBody());
      else dispatcher.sendVia(via, header.source, FrameType.pong, gossip.digestBody());
    } else if (!isFromNeighbour) {
      links.open.get(header.source)?.health?.heardElsewhere(clock.now());
    }
    return isFromNeighbour ? this.perform(gossip.onDigest(via, frameBody(frame))) : undefined;
  }

  /** Sends what gossip asks for. Undefined effects say that the body was malformed. */
  perform(effects: readonly GossipEffect[] | undefined): string | undefined {
    if (!effects) return MALFORMED;
    for (const effect of effects) {
      switch (effect.type) {
        case 'tell':
          this.#parts.dispatcher.tell(effect.to, effect.frame, effect.body);
          break;
        case 'flood':
          this.#parts.dispatcher.flood(effect.frame, effect.body);
          break;
        default:
          effect satisfies never;
      }
    }
    return undefined;
  }

  /** Whether the health of a neighbour changed since it was last asked. */
  takeHealthNews(): boolean {
    const hasNews = this.#hasHealthNews;
    this.#hasHealthNews = false;
    return hasNews;
  }

  /** Asks those neighbours that are one hop from the suspect: a relayed ping, answered on the same way. */
  #probeThroughOthers(suspect: NodeId): void {
    const { links, topology, dispatcher, gossip } = this.#parts;
    let asked = 0;
    for (const [peer, link] of links.open) {
      if (peer === suspect || link.health?.health !== 'healthy') continue;
      if (!topology.graph().get(peer)?.has(suspect)) continue;
      dispatcher.sendVia(peer, suspect, FrameType.ping, gossip.digestBody());
      if (++asked >= INDIRECT_PROBES) return;
    }
  }
}
