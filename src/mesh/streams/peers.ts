/**
 * The peers we keep something for, bounded: beyond it the least recently used goes, first among those for which nothing waits.
 * What is lost with one of those is only where its streams stood; the windows find out and go on (sender.ts).
 */
import type { NodeId } from '../../wire/index.ts';
import type { Peer } from './peer.ts';
import type { Positions } from './positions.ts';

/** Sessions kept, and as many of which only the positions are: twice the Nodes that a topology holds. */
export const MAX_PEERS = 2048;
/** Made room for at once, so that looking for the oldest is paid once for many. */
const EVICTED_AT_ONCE = 64;

export interface PeersHost {
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
    const all = [...this.#peers.values()].sort((a, b) => a.usedAt - b.usedAt);
    let evicted = 0;
    for (const peer of all) {
      if (evicted === EVICTED_AT_ONCE) return;
      if (!peer.isIdle) continue;
      this.#drop(peer);
      evicted++;
    }
    if (evicted > 0) return;
    const expendable = all.find((peer) => peer.isExpendable);
    if (expendable) this.#drop(expendable);
  }

  #drop(peer: Peer): void {
    this.#peers.delete(peer.id);
    this.#host.evict(peer);
  }
}
