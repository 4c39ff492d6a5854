/** What applications do on the Nodes of a BrokerNet, entered into the ledger. */
import { type Heard, text } from '../../src/services/pubsub/client.testing.ts';
import type { SlowPolicy } from '../../src/services/pubsub/contract.ts';
import type { BrokerNet } from './broker-net.ts';
import type { LedgerSubscription } from './ledger.ts';
import type { SimBroker } from './sim-broker.ts';

const INBOX = 'inbox';

export interface Subscribed {
  readonly node: SimBroker;
  readonly sid: string;
  readonly entry: LedgerSubscription;
}

export class People {
  readonly subscribed: Subscribed[] = [];
  /** Requests that were answered by somebody. */
  readonly answered = new Set<number>();
  readonly #net: BrokerNet;
  readonly #owed: { readonly node: SimBroker; readonly token: number; readonly what: string }[] = [];
  readonly #requests: { readonly node: SimBroker; readonly id: number }[] = [];
  /** Subscriptions by the token of their `ready`. */
  readonly #unready = new Map<number, LedgerSubscription>();
  #tokens = 0;

  constructor(net: BrokerNet) {
    this.#net = net;
  }

  add(): SimBroker {
    const node = this.#net.add();
    node.client.onMessage = (message) => this.#heard(node, message);
    node.client.onAck = (token, outcome) => {
      // In the very turn: whoever joins in the next one may not know of it.
      const entry = this.#unready.get(token);
      if (entry && outcome.failure === undefined) entry.readyAtMs = this.#net.now();
    };
    node.client.sub(INBOX, `_INBOX.${node.id}.*`);
    return node;
  }

  subscribe(node: SimBroker, pattern: string, queue?: string, slow?: SlowPolicy): Subscribed {
    const ack = this.#promise(node, `ready of ${pattern}`);
    const entry = this.#net.ledger.subscribed(node.id, pattern, queue, slow !== undefined);
    const sid = `s${ack}`;
    const subscribed = { node, sid, entry };
    this.subscribed.push(subscribed);
    this.#unready.set(ack, entry);
    this.#net.note(`${node.id.slice(0, 4)} subscribes to ${pattern} ${queue ?? ''}`);
    node.client.sub(sid, pattern, {
      ack,
      ...(queue !== undefined && { queue }),
      ...(slow !== undefined && { slow }),
    });
    return subscribed;
  }

  end({ node, sid, entry }: Subscribed): void {
    if (!node.isAlive || node.waiting) return;
    entry.endedAtMs = this.#net.now();
    node.client.unsub(sid);
  }

  /** @param bytes of its payload, at least */
  publish(node: SimBroker, subject: string, hasAck = false, bytes = 0): void {
    if (!node.isAlive || node.waiting) return;
    const id = this.#net.ledger.publishes(node.id, subject);
    this.#net.note(`${node.id.slice(0, 4)} publishes ${id} to ${subject}`);
    node.client.pub(
      subject,
      String(id).padEnd(bytes),
      hasAck ? { ack: this.#promise(node, `ack of ${id}`) } : {},
    );
  }

  request(node: SimBroker, subject: string): void {
    if (!node.isAlive || node.waiting) return;
    const id = this.#net.ledger.publishes(node.id, subject);
    this.#requests.push({ node, id });
    node.client.pub(subject, String(id), { reply: `_INBOX.${node.id}.${id}` });
  }

  conclude(): readonly string[] {
    const problems: string[] = [];
    for (const { node, token, what } of this.#owed) {
      if (node.isAlive && !node.client.outcome(token)) problems.push(`${what} was never told`);
    }
    for (const { node, id } of this.#requests) {
      if (node.isAlive && !this.answered.has(id) && this.#net.ledger.isServed(id)) {
        problems.push(`request ${id} was not answered`);
      }
    }
    return problems;
  }

  #promise(node: SimBroker, what: string): number {
    this.#owed.push({ node, token: ++this.#tokens, what });
    return this.#tokens;
  }

  #heard(node: SimBroker, message: Heard): void {
    const { ledger } = this.#net;
    if (message.sid === INBOX) {
      const id = Number(message.subject.split('.').at(-1));
      if (text(message.headers).includes('503')) ledger.nobody(id);
      else this.answered.add(id);
      return;
    }
    const one = this.subscribed.find(({ node: at, sid }) => at === node && sid === message.sid);
    const id = Number(text(message.payload));
    // Answers to requests, for who wants everything.
    if (!one || Number.isNaN(id)) return;
    ledger.arrived(one.entry, id, message.from, message.subject);
    one.entry.lost += message.lost;
    if (message.reply) node.client.pub(message.reply, 'answer');
  }
}
