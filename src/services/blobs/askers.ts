/** Who has asked this Node for a Blob of late, to fetch it: those who fetch the same are told of each other. */
import type { NodeId } from '../../wire/index.ts';
import type { BlobHash } from './contract.ts';
import { MAX_PEERS } from './messages.ts';

/** Whoever fetches asks again within a second. */
const FORGOTTEN_MS = 30_000;
const MAX_BLOBS = 64;

export class Askers {
  /** The latest are last. */
  readonly #askers = new Map<BlobHash, Map<NodeId, number>>();

  note(hash: BlobHash, node: NodeId, nowMs: number): void {
    const askers = this.#askers.get(hash) ?? new Map<NodeId, number>();
    this.#askers.delete(hash);
    this.#askers.set(hash, askers);
    askers.delete(node);
    askers.set(node, nowMs);
    for (const [one, atMs] of askers)
      if (askers.size > MAX_PEERS + 1 || nowMs - atMs > FORGOTTEN_MS) askers.delete(one);
    const [oldest] = this.#askers.keys();
    if (this.#askers.size > MAX_BLOBS && oldest !== undefined) this.#askers.delete(oldest);
  }

  left(node: NodeId): void {
    for (const askers of this.#askers.values()) askers.delete(node);
  }

  /** Others than that one. */
  of(hash: BlobHash, node: NodeId): readonly NodeId[] {
    return [...(this.#askers.get(hash)?.keys() ?? [])].filter((one) => one !== node).slice(-MAX_PEERS);
  }
}
