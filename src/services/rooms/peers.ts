/** The other Nodes that have the room, and what each is known to have. */
import type { NodeId } from '../../wire/index.ts';
import { NO_CHECKPOINT } from './checkpoint.ts';
import type { CheckpointHash, UpdateHash } from './contract.ts';
import type { Heads } from './messages.ts';
import type { Update } from './update.ts';

export interface Peer {
  readonly node: NodeId;
  /** As in `Rooms.keep`: it is given what it asks for, and nobody waits for it or counts on what it has. */
  isPassing: boolean;
  /** As far as it has said; undefined while it has not. */
  heads: ReadonlySet<UpdateHash> | undefined;
  /** On which its heads stand. */
  checkpoint: CheckpointHash;
  count: number;
  /** It is not asked until then: it named updates and did not give them, or gives more than its share. */
  restsUntilMs: number;
  /** Questions in a row that it has not answered at all. */
  unanswered: number;
  /** When it was asked last. */
  askedAtMs: number;
  /** It took so long with its last answer that somebody else was asked as well: whoever else may give comes first. */
  isSlow: boolean;
  /** It gave next to nothing and said that more is to come. */
  hasDawdled: boolean;
}

/** It did not give what it said it has. */
interface Doubt {
  readonly untilMs: number;
  readonly times: number;
}

/** Until what it says is believed again: twice as long each time, up to 64 times. */
const DOUBT_MS = 5_000;
const MOST_DOUBLINGS = 6;
/** ... and from the beginning when it has said nothing false for so long. */
const FORGIVEN_MS = 600_000;
const MAX_DOUBTED = 256;

/** A checkpoint, and the heads on it. */
export interface Standing {
  readonly checkpoint: CheckpointHash;
  readonly heads: ReadonlySet<UpdateHash>;
}

export class Peers {
  readonly #peers = new Map<NodeId, Peer>();
  /** Of those who have left as well: they come back. */
  readonly #doubts = new Map<NodeId, Doubt>();

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

  /** Those that have it for more than a moment. */
  get staying(): readonly NodeId[] {
    return [...this.#peers.values()].flatMap(({ node, isPassing }) => (isPassing ? [] : [node]));
  }

  add(node: NodeId, isPassing = false): Peer {
    let peer = this.#peers.get(node);
    if (!peer) {
      peer = {
        ...{ node, isPassing, heads: undefined, checkpoint: NO_CHECKPOINT, count: 0 },
        ...{ restsUntilMs: 0, unanswered: 0 },
        ...{ askedAtMs: Number.NEGATIVE_INFINITY, isSlow: false, hasDawdled: false },
      };
      this.#peers.set(node, peer);
    }
    peer.isPassing = isPassing;
    return peer;
  }

  /** It is not to be believed for a while: whoever only says that it has more would keep the room from being closed. */
  doubt(node: NodeId, nowMs: number): void {
    const { times = 0, untilMs = nowMs } = this.#doubts.get(node) ?? {};
    const again = nowMs - untilMs < FORGIVEN_MS ? times + 1 : 1;
    this.#doubts.delete(node);
    const ms = DOUBT_MS * 2 ** Math.min(MOST_DOUBLINGS, again - 1);
    this.#doubts.set(node, { untilMs: nowMs + ms, times: again });
    for (const oldest of this.#doubts.keys()) {
      if (this.#doubts.size <= MAX_DOUBTED) break;
      this.#doubts.delete(oldest);
    }
  }

  isDoubted(node: NodeId, nowMs: number): boolean {
    return nowMs < (this.#doubts.get(node)?.untilMs ?? 0);
  }

  remove(node: NodeId): boolean {
    return this.#peers.delete(node);
  }

  said(node: NodeId, { heads, count, checkpoint }: Heads): void {
    const peer = this.#peers.get(node);
    if (!peer) return;
    peer.heads = new Set(heads);
    peer.count = count;
    peer.checkpoint = checkpoint;
  }

  /** There is another checkpoint here. Who had all that was here before has all that is here but that one, which is on its way. */
  closed(before: Standing, checkpoint: CheckpointHash, heads: ReadonlySet<UpdateHash>): void {
    for (const peer of this.#peers.values()) {
      if (!isAt(peer, before.checkpoint, before.heads)) continue;
      peer.checkpoint = checkpoint;
      peer.heads = new Set(heads);
    }
  }

  /** How many of those that stay are known to have exactly this. */
  with(tip: CheckpointHash, own: ReadonlySet<UpdateHash>): number {
    let nodes = 0;
    for (const peer of this.#peers.values()) if (!peer.isPassing && isAt(peer, tip, own)) nodes++;
    return nodes;
  }

  /** It has that checkpoint; what it has beside, it will say. */
  isAt(node: NodeId, checkpoint: CheckpointHash): void {
    const peer = this.#peers.get(node);
    if (!peer || peer.checkpoint === checkpoint) return;
    peer.checkpoint = checkpoint;
    peer.heads = new Set();
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

function isAt(peer: Peer, checkpoint: CheckpointHash, own: ReadonlySet<UpdateHash>): boolean {
  const { heads } = peer;
  return (
    peer.checkpoint === checkpoint && heads?.size === own.size && [...heads].every((hash) => own.has(hash))
  );
}
