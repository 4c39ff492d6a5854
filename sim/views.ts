/** Nodes that take each other for members, each in its own view: who is there is learned, and missed, one by one. */
import type { NodeId } from '../src/wire/index.ts';
import { type Life, Lives } from './lives.ts';

/** Of one that stands still: the others miss it after a while; it does not notice. */
const MISSED_AFTER_MS = 6_500;

export interface Viewer extends Life {
  /** Nodes that it takes for members. */
  readonly members: Set<NodeId>;
}

export abstract class Views<One extends Viewer, Event> extends Lives<
  One,
  Event | { readonly type: 'joined' | 'left'; readonly node: NodeId }
> {
  /** It opens, and they meet. */
  protected enter(node: One): void {
    this.nodes.push(node);
    for (const other of this.alive) {
      if (other === node) continue;
      this.after(this.between(20, 200), () => this.meet(node, other));
      this.after(this.between(20, 200), () => this.meet(other, node));
    }
  }

  /** `at` takes `other` for a member from now on. */
  meet(at: One, other: One): void {
    if (!other.isAlive || at.members.has(other.id)) return;
    this.deliver(at, () => {
      if (at.members.has(other.id)) return;
      at.members.add(other.id);
      this.handle(at, { type: 'joined', node: other.id });
    });
  }

  /** `at` thinks that `other` has left. */
  miss(at: One, other: NodeId): void {
    this.deliver(at, () => {
      if (at.members.delete(other)) this.handle(at, { type: 'left', node: other });
    });
  }

  freeze(node: One): void {
    this.note(`freeze ${short(node.id)}`);
    node.waiting ??= [];
    const sinceMs = this.now();
    this.after(MISSED_AFTER_MS, () => {
      if (!node.waiting || this.now() - sinceMs < MISSED_AFTER_MS - 100) return;
      for (const other of this.alive) if (other !== node) this.miss(other, node.id);
    });
  }
}

/** As a trace names a Node. */
export const short = (id: string): string => id.slice(0, 4);
