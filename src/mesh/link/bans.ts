/** Whom we have cut off, and until when. Bounded: a ban that falls out is one of many, and whoever earned it earns it again. */
import type { NodeId } from '../../wire/index.ts';

/** As many as there are Nodes in a large network. */
const MAX_BANS = 1024;

export class Bans {
  readonly #untilMs = new Map<NodeId, number>();

  add(peer: NodeId, untilMs: number): void {
    this.#untilMs.delete(peer);
    if (this.#untilMs.size >= MAX_BANS) {
      const [oldest] = this.#untilMs.keys();
      if (oldest !== undefined) this.#untilMs.delete(oldest);
    }
    this.#untilMs.set(peer, untilMs);
  }

  has(peer: NodeId, nowMs: number): boolean {
    if (this.#untilMs.size === 0) return false; // asked of every frame
    if (nowMs < (this.#untilMs.get(peer) ?? 0)) return true;
    this.#untilMs.delete(peer);
    return false;
  }
}
