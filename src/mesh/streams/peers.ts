/**
 * The peers we keep something for, bounded: beyond it the least recently used goes, first among those for which nothing waits.
 * What is lost with one of those is only where its streams stood; the windows find out and go on (sender.ts).
 */
import type { NodeId } from '../../wire/index.ts';
import type { Peer } from './peer.ts';

/** Sessions kept, resting ones included: twice the Nodes that a topology holds. A resting one takes a few hundred bytes. */
export const MAX_PEERS = 2048;
/** Made room for at once, so that looking for the oldest is paid once for many. */
const EVICTED_AT_ONCE = 64;

export class Peers {
  readonly #peers = new Map<NodeId, Peer>();
  readonly #evict: (peer: Peer) => void;
  #uses = 0;

  constructor(evict: (peer: Peer) => void) {
    this.#evict = evict;
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
    this.#evict(peer);
  }
}
