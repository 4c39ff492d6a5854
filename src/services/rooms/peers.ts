/** The other Nodes that have the room, and what each is known to have. */
import type { NodeId } from '../../wire/index.ts';
import type { UpdateHash } from './contract.ts';
import type { Heads } from './messages.ts';
import type { Update } from './update.ts';

export interface Peer {
  readonly node: NodeId;
  /** As far as it has said; undefined while it has not. */
  heads: ReadonlySet<UpdateHash> | undefined;
  count: number;
  /** It is not asked until then: it named updates and did not give them, or gives more than its share. */
  restsUntilMs: number;
  /** Questions in a row that it has not answered at all. */
  unanswered: number;
}

export class Peers {
  readonly #peers = new Map<NodeId, Peer>();

  get size(): number {
    return this.#peers.size;
  }

  get nodes(): readonly NodeId[] {
    return [...this.#peers.keys()];
  }

  [Symbol.iterator](): IterableIterator<Peer> {
    return this.#peers.values();
  }

  get(node: NodeId): Peer | undefined {
    return this.#peers.get(node);
  }

  add(node: NodeId): Peer {
    let peer = this.#peers.get(node);
    if (!peer) {
      peer = { node, heads: undefined, count: 0, restsUntilMs: 0, unanswered: 0 };
      this.#peers.set(node, peer);
    }
    return peer;
  }

  remove(node: NodeId): boolean {
    return this.#peers.delete(node);
  }

  said(node: NodeId, { heads, count }: Heads): void {
    const peer = this.#peers.get(node);
    if (!peer) return;
    peer.heads = new Set(heads);
    peer.count = count;
  }

  /** How many are known to have exactly this. */
  with(own: ReadonlySet<UpdateHash>): number {
    let nodes = 0;
    for (const { heads } of this.#peers.values()) {
      if (heads?.size === own.size && [...heads].every((hash) => own.has(hash))) nodes++;
    }
    return nodes;
  }

  /** It has this one, and so all before it. */
  has(node: NodeId, { hash, parents }: Update): void {
    const peer = this.#peers.get(node);
    if (!peer) return;
    const heads = new Set(peer.heads);
    for (const parent of parents) heads.delete(parent);
    peer.heads = heads.add(hash);
  }
}
