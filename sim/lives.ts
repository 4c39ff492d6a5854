/**
 * Nodes in virtual time that die, stand still and wake: what happens to one that stands still waits for it, to a dead one nothing happens.
 * Each is a pure state that says when it wants to be woken.
 */
import type { NodeId } from '../src/wire/index.ts';
import { VirtualTime } from './virtual-time.ts';

export interface Life {
  readonly id: NodeId;
  readonly state: { readonly nextWakeAt: number };
  isAlive: boolean;
  /** What waits for it to thaw; undefined while it runs. */
  waiting: (() => void)[] | undefined;
  wakeAtMs: number;
}

export abstract class Lives<One extends Life, Event> extends VirtualTime {
  readonly nodes: One[] = [];

  /** It happens to that Node now. */
  abstract handle(node: One, event: Event | { readonly type: 'wake' }): void;

  get alive(): readonly One[] {
    return this.nodes.filter(({ isAlive }) => isAlive);
  }

  node(id: NodeId): One | undefined {
    return this.nodes.find((node) => node.id === id && node.isAlive);
  }

  /** Runs it in the Node: now, after the thaw, or never. */
  deliver(node: One, run: () => void): void {
    if (!node.isAlive) return;
    if (node.waiting) node.waiting.push(run);
    else run();
  }

  /** Call it after whatever has happened to the Node. */
  protected wakeLater(node: One): void {
    const atMs = node.state.nextWakeAt;
    if (atMs >= node.wakeAtMs) return;
    node.wakeAtMs = atMs;
    this.after(Math.max(0, atMs - this.now()) + 1, () => {
      if (node.wakeAtMs !== atMs) return;
      this.deliver(node, () => {
        node.wakeAtMs = Number.POSITIVE_INFINITY;
        this.handle(node, { type: 'wake' });
      });
    });
  }

  /** What waited happens one after the other. False when it did not stand still. */
  protected goOn(node: One): boolean {
    const { waiting } = node;
    if (!waiting) return false;
    node.waiting = undefined;
    for (const [i, run] of waiting.entries()) this.after(i * 0.01, () => this.deliver(node, run));
    return true;
  }
}
