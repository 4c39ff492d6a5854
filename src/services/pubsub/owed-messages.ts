/**
 * What a publisher's Node has to hear from us, also when we do not take it for a member just now: it may take us for one, and waits. What
 * became of a publication, and that something may have been lost on the way.
 */
import type { NodeId } from '../../wire/index.ts';
import type { BrokerMessage } from './interest-messages.ts';

/** For Nodes that are away: who is away for longer does not wait any more. */
const MAX_OWED = 4_096;

export class OwedMessages {
  readonly #send: (to: NodeId, message: BrokerMessage) => void;
  readonly #members = new Set<NodeId>();
  /** Of the publications of each Node that it wants to hear of, the newest that came. */
  readonly #newest = new Map<NodeId, number>();
  #owed: { readonly to: NodeId; readonly message: BrokerMessage }[] = [];

  constructor(send: (to: NodeId, message: BrokerMessage) => void) {
    this.#send = send;
  }

  /** Now, or again when it did not arrive, or when they have met again. */
  owe(to: NodeId, message: BrokerMessage): void {
    if (this.#members.has(to)) {
      this.#send(to, message);
      return;
    }
    if (this.#owed.length >= MAX_OWED) this.#owed.shift();
    this.#owed.push({ to, message });
  }

  /** Somebody who is no member just now waits to hear what became of its publication. */
  get hasResults(): boolean {
    return this.#owed.some(({ message }) => message.type === 'result');
  }

  /** A publication that its Node wants to hear of. */
  received(from: NodeId, seq: number): void {
    this.#newest.set(from, seq);
  }

  /** Something that this Node published after what came last may not come. */
  oweGap(to: NodeId): void {
    this.owe(to, { type: 'gap', after: this.#newest.get(to) ?? 0 });
  }

  joined(node: NodeId): void {
    this.#members.add(node);
    const owed = this.#owed;
    this.#owed = [];
    for (const { to, message } of owed) this.owe(to, message);
  }

  /** When it comes back: what it sent us meanwhile may not have come. */
  left(node: NodeId): void {
    this.#members.delete(node);
    this.oweGap(node);
    this.#newest.delete(node);
  }
}
