/**
 * The peers we keep something for, bounded: beyond it the least recently used goes, first among those that are not here, and among
 * those for which nothing waits. What is lost with one of those is only where its streams stood; the windows find out and go on
 * (sender.ts). But a relay that kept its first packets could have them taken once more: who makes up names by the thousand must not
 * have those forgotten that are here.
 */
import type { NodeId } from '../../wire/index.ts';
import type { Peer } from './peer.ts';
import type { Positions } from './positions.ts';

/** Sessions kept, and as many of which only the positions are: twice the Nodes that a topology holds. */
export const MAX_PEERS = 2048;
/** Made room for at once, so that looking for the oldest is paid once for many. */
const EVICTED_AT_ONCE = 64;

export interface PeersHost {
  /** It is in reach now. */
  isPresent(id: NodeId): boolean;
  /** It makes room for others. */
  evict(peer: Peer): void;
  /** These make room for others. */
  lost(positions: Positions): void;
}

export class Peers {
  readonly #peers = new Map<NodeId, Peer>();
  /** Those that are gone, in the order of going. */
  readonly #positions = new Map<NodeId, Positions>();
  readonly #host: PeersHost;
  #uses = 0;

  constructor(host: PeersHost) {
    this.#host = host;
  }

  get(id: NodeId): Peer | undefined {
    return this.#peers.get(id);
  }

  use(peer: Peer): void {
    peer.usedAt = ++this.#uses;
  }

  add(peer: Peer): void {
    if (this.#peers.size >= MAX_PEERS) this.#makeRoom();
    this.#peers.set(peer.id, peer);
    this.use(peer);
  }

  /** Of this peer there is no more to keep than that. */
  replace(peer: Peer, positions: Positions): void {
    this.#peers.delete(peer.id);
    this.#positions.set(peer.id, positions);
    if (this.#positions.size <= MAX_PEERS) return;
    for (const [oldest, lost] of this.#positions) {
      this.#positions.delete(oldest);
      this.#host.lost(lost);
      return;
    }
  }

  /** What was kept of this pair of lives, for a peer that is made of it. */
  takePositions(id: NodeId, tag: number): Positions | undefined {
    const positions = this.#positions.get(id);
    this.#positions.delete(id);
    return positions?.tag === tag ? positions : undefined;
  }

  [Symbol.iterator](): Iterator<Peer> {
    return this.#peers.values();
  }

  #makeRoom(): void {
    const present: Peer[] = [];
    const absent: Peer[] = [];
    for (const peer of this.#peers.values()) (this.#host.isPresent(peer.id) ? present : absent).push(peer);
    if (!this.#makeRoomOf(absent)) this.#makeRoomOf(present);
  }

  /** False when none of these may go. */
  #makeRoomOf(peers: Peer[]): boolean {
    peers.sort((a, b) => a.usedAt - b.usedAt);
    let evicted = 0;
    for (const peer of peers) {
      if (evicted === EVICTED_AT_ONCE) return true;
      if (!peer.isIdle) continue;
      this.#drop(peer);
      evicted++;
    }
    if (evicted > 0) return true;
    const expendable = peers.find((peer) => peer.isExpendable);
    if (expendable) this.#drop(expendable);
    return expendable !== undefined;
  }

  #drop(peer: Peer): void {
    this.#peers.delete(peer.id);
    this.#host.evict(peer);
  }
}
