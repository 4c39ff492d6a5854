/**
 * What became of a publication is owed to its publisher's Node also while we do not take that Node for a member: it may take us for one,
 * and waits.
 */
import type { NodeId } from '../../wire/index.ts';
import type { BrokerMessage } from './interest-messages.ts';
import type { PublicationResult } from './publishing.ts';

/** For Nodes that are away: who is away for longer does not wait any more. */
const MAX_OWED = 4_096;

export class OwedResults {
  readonly #send: (to: NodeId, message: BrokerMessage) => void;
  readonly #members = new Set<NodeId>();
  #owed: { readonly to: NodeId; readonly result: PublicationResult }[] = [];

  constructor(send: (to: NodeId, message: BrokerMessage) => void) {
    this.#send = send;
  }

  /** Now, or again when it did not arrive. */
  owe(to: NodeId, result: PublicationResult): void {
    if (this.#members.has(to)) this.#send(to, { type: 'result', result });
    else this.#keep(to, result);
  }

  joined(node: NodeId): void {
    this.#members.add(node);
    const owed = this.#owed;
    this.#owed = [];
    for (const { to, result } of owed) this.owe(to, result);
  }

  left(node: NodeId): void {
    this.#members.delete(node);
  }

  #keep(to: NodeId, result: PublicationResult): void {
    if (this.#owed.length >= MAX_OWED) this.#owed.shift();
    this.#owed.push({ to, result });
  }
}
