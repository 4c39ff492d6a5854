/**
 * In which life each Node's Broker spoke last. A Broker may begin anew on a Node that stays: what was numbered in one life says nothing
 * of another, and what was sent to one does not come to the other.
 */
import type { NodeId } from '../../wire/index.ts';

/** Beyond it whoever has been silent longest is forgotten. */
const MAX_NODES = 4_096;

export class BrokerLives {
  /** The one heard last at the end. */
  readonly #epochs = new Map<NodeId, number>();

  /** @returns whether this is the first life that we hear of, the one that we know, or another */
  heard(node: NodeId, epoch: number): 'first' | 'known' | 'another' {
    const before = this.#epochs.get(node);
    this.#epochs.delete(node);
    this.#epochs.set(node, epoch);
    const [oldest] = this.#epochs.keys();
    if (oldest !== undefined && this.#epochs.size > MAX_NODES) this.#epochs.delete(oldest);
    if (before === undefined) return 'first';
    return before === epoch ? 'known' : 'another';
  }
}
