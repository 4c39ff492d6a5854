/**
 * How records travel. Three ways, each making up for the one before: a change of our own Links is announced to everyone
 * (a flooded `new_edge` or `destroy_edge` with our record); a new neighbour gets all we know (`network_state`), and what
 * is news to it it passes on to its other neighbours; and once a second one neighbour, chosen at random, is asked for its
 * digest (`ping`), so that whatever was lost is found.
 */
import { integerBelow, type Random } from '../../runtime/index.ts';
import {
  asFields,
  decodeControl,
  encodeControl,
  FrameType,
  type NodeId,
  readInteger,
} from '../../wire/index.ts';
import type { NodeInfo } from '../contract.ts';
import type { NodeRecord } from './record.ts';
import { encodeRecords, encodeStamps, parseRecords, parseStamps } from './record-codec.ts';
import type { Topology } from './topology.ts';

/** Anti-entropy only finds what announcements missed, so it may be slow and small. */
const DIGEST_EVERY_MS = 1000;
/** A Node that joins eight others gets eight Links within milliseconds: announced as one change. */
const ANNOUNCE_EVERY_MS = 25;
/** Round trips wander; routes need no more than this. */
const RTT_ANNOUNCE_EVERY_MS = 2000;
/** Answering a request costs up to a table of records: no neighbour gets more than this many in a row, refilled once a second. */
const ANSWERS_PER_SECOND = 8;

export type GossipEffect =
  /** To this neighbour only. */
  | { readonly type: 'tell'; readonly to: NodeId; readonly frame: FrameType; readonly body: Uint8Array }
  /** To everyone, flooded. */
  | { readonly type: 'flood'; readonly frame: FrameType; readonly body: Uint8Array };

type OwnChange = 'new_edge' | 'destroy_edge';

export class Gossip {
  readonly #topology: Topology;
  readonly #random: Random;
  readonly #answers = new Map<NodeId, number>();
  #pendingChange: OwnChange | undefined;
  #announceAt = Number.POSITIVE_INFINITY;
  #lastAnnouncedAt = Number.NEGATIVE_INFINITY;
  #nextDigestAt: number;

  constructor(topology: Topology, random: Random, now: number) {
    this.#topology = topology;
    this.#random = random;
    this.#nextDigestAt = now + DIGEST_EVERY_MS;
  }

  get nextWakeAt(): number {
    return Math.min(this.#announceAt, this.#nextDigestAt);
  }

  /** Our own Links are these now. */
  linksChanged(links: ReadonlyMap<NodeId, number | undefined>, change: OwnChange, now: number): void {
    this.#topology.setNeighbours(links);
    this.#announce(change, now, ANNOUNCE_EVERY_MS);
  }

  /** Measurements changed: written into our record when it is announced next, soon if `isUrgent`. */
  rttChanged(isUrgent: boolean, now: number): void {
    this.#announce('new_edge', now, isUrgent ? ANNOUNCE_EVERY_MS : RTT_ANNOUNCE_EVERY_MS);
  }

  infoChanged(info: NodeInfo, now: number): void {
    this.#topology.setInfo(info);
    this.#announce('new_edge', now, ANNOUNCE_EVERY_MS);
  }

  /** The farewell, to be sent before the Links close. */
  leave(): GossipEffect[] {
    return flood('destroy_edge', [this.#topology.leave()]);
  }

  /** A Link came up: everything we know goes to the new neighbour. */
  welcome(neighbour: NodeId): GossipEffect[] {
    return tell(neighbour, this.#topology.state());
  }

  forget(neighbour: NodeId): void {
    this.#answers.delete(neighbour);
  }

  /** A flooded announcement; undefined when it is malformed. The flood itself carries it on. */
  onAnnouncement(body: Uint8Array, now: number): GossipEffect[] | undefined {
    const records = parseRecords(body);
    if (!records) return undefined;
    if (this.#topology.merge(records).refuted) this.#announce('new_edge', now, ANNOUNCE_EVERY_MS);
    return [];
  }

  /** Records from a neighbour: what was news goes on to the others, except what they flood themselves. */
  onState(
    from: NodeId,
    body: Uint8Array,
    neighbours: Iterable<NodeId>,
    now: number,
  ): GossipEffect[] | undefined {
    const records = parseRecords(body);
    if (!records) return undefined;
    const { changed, refuted } = this.#topology.merge(records);
    if (refuted) this.#announce('new_edge', now, ANNOUNCE_EVERY_MS);
    const news = changed.filter((record) => record.id !== from);
    if (news.length === 0) return [];
    return [...neighbours].filter((peer) => peer !== from).flatMap((peer) => tell(peer, news));
  }

  onStateRequest(from: NodeId, body: Uint8Array): GossipEffect[] | undefined {
    const stamps = parseStamps(body);
    if (!stamps) return undefined;
    const answers = this.#answers.get(from) ?? 0;
    if (answers >= ANSWERS_PER_SECOND) return [];
    this.#answers.set(from, answers + 1);
    const { missingThere, missingHere } = this.#topology.compare(stamps);
    return [...tell(from, missingThere), ...(missingHere ? [this.#request(from)] : [])];
  }

  /** A `ping` or `pong` of a neighbour, with its digest. */
  onDigest(from: NodeId, body: Uint8Array): GossipEffect[] | undefined {
    const fields = asFields(decodeControl(body).value);
    const digest = fields && readInteger(fields, 'digest', 0, 0xffff_ffff);
    if (digest === undefined) return undefined;
    return digest === this.#topology.digest() ? [] : [this.#request(from)];
  }

  /** Body of a `ping` or `pong`. */
  digestBody(): Uint8Array {
    return encodeControl({ digest: this.#topology.digest() });
  }

  /** `links`: our neighbours with the latest round trips. */
  wake(now: number, links: ReadonlyMap<NodeId, number | undefined>): GossipEffect[] {
    const effects: GossipEffect[] = [];
    if (now >= this.#announceAt && this.#pendingChange) {
      this.#topology.setNeighbours(links);
      effects.push(...flood(this.#pendingChange, [this.#topology.own]));
      this.#pendingChange = undefined;
      this.#announceAt = Number.POSITIVE_INFINITY;
      this.#lastAnnouncedAt = now;
    }
    if (now >= this.#nextDigestAt) {
      this.#nextDigestAt = now + DIGEST_EVERY_MS;
      this.#answers.clear();
      this.#topology.forgetUseless(now);
      const neighbours = [...links.keys()];
      const chosen = neighbours[integerBelow(this.#random, Math.max(1, neighbours.length))];
      if (chosen !== undefined) {
        effects.push({ type: 'tell', to: chosen, frame: FrameType.ping, body: this.digestBody() });
      }
    }
    return effects;
  }

  /** An Edge lost outweighs one won: the type tells people what happened, the record tells the mesh. */
  #announce(change: OwnChange, now: number, everyMs: number): void {
    if (this.#pendingChange !== 'destroy_edge') this.#pendingChange = change;
    this.#announceAt = Math.min(this.#announceAt, Math.max(now, this.#lastAnnouncedAt + everyMs));
  }

  #request(from: NodeId): GossipEffect {
    const body = encodeStamps(this.#topology.stamps());
    return { type: 'tell', to: from, frame: FrameType.network_state_request, body };
  }
}

function tell(to: NodeId, records: readonly NodeRecord[]): GossipEffect[] {
  return encodeRecords(records).map((body) => ({ type: 'tell', to, frame: FrameType.network_state, body }));
}

function flood(change: OwnChange, records: readonly NodeRecord[]): GossipEffect[] {
  return encodeRecords(records).map((body) => ({ type: 'flood', frame: FrameType[change], body }));
}
