/** What applications do on the Nodes of a network, entered into the ledger. */
import { type Random, uniform } from '../../src/runtime/index.ts';
import type { TestClient } from '../../src/services/pubsub/client.testing.ts';
import { type Heard, text } from '../../src/services/pubsub/client.testing.ts';
import type { SlowPolicy } from '../../src/services/pubsub/contract.ts';
import type { NodeId } from '../../src/wire/index.ts';
import type { Ledger, LedgerSubscription } from './ledger.ts';

const INBOX = 'inbox';
const SUBJECTS = ['a', 'a.b', 'a.c', 'b.x', 'b.x.y', 'work.1', 'work.2', 'nobody.cares'] as const;
export const PATTERNS = ['a', 'a.*', 'a.>', '*.x', 'b.>', '>', 'work.*'] as const;

/** Where somebody is. */
export interface Place {
  readonly id: NodeId;
  readonly client: TestClient;
  readonly isAlive: boolean;
  /** Set while it stands still. */
  readonly waiting: unknown;
  /** What it says of itself is not to be believed. */
  readonly isLying?: boolean;
}

export interface Places<One extends Place> {
  readonly random: Random;
  readonly ledger: Ledger;
  readonly alive: readonly One[];
  add(): One;
  pick<T>(from: readonly T[]): T;
  now(): number;
  note(what: string): void;
}

export interface Subscribed<One extends Place> {
  readonly node: One;
  readonly sid: string;
  readonly entry: LedgerSubscription;
}

export class People<One extends Place> {
  readonly subscribed: Subscribed<One>[] = [];
  /** Requests that were answered by somebody. */
  readonly answered = new Set<number>();
  readonly #net: Places<One>;
  readonly #owed: { readonly node: One; readonly token: number; readonly what: string }[] = [];
  readonly #requests: { readonly node: One; readonly id: number }[] = [];
  /** Subscriptions by the token of their `ready`. */
  readonly #unready = new Map<number, LedgerSubscription>();
  #tokens = 0;

  constructor(net: Places<One>) {
    this.#net = net;
  }

  add(): One {
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

  subscribe(node: One, pattern: string, queue?: string, slow?: SlowPolicy): Subscribed<One> {
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

  end({ node, sid, entry }: Subscribed<One>): void {
    if (!node.isAlive || node.waiting) return;
    entry.endedAtMs = this.#net.now();
    node.client.unsub(sid);
  }

  /** @param bytes of its payload, at least */
  publish(node: One, subject: string, hasAck = false, bytes = 0): void {
    if (!node.isAlive || node.waiting) return;
    const id = this.#net.ledger.publishes(node.id, subject);
    this.#net.note(`${node.id.slice(0, 4)} publishes ${id} to ${subject}`);
    node.client.pub(
      subject,
      String(id).padEnd(bytes),
      hasAck ? { ack: this.#promise(node, `ack of ${id}`) } : {},
    );
  }

  request(node: One, subject: string): void {
    if (!node.isAlive || node.waiting) return;
    const id = this.#net.ledger.publishes(node.id, subject);
    this.#requests.push({ node, id });
    node.client.pub(subject, String(id), { reply: `_INBOX.${node.id}.${id}` });
  }

  /** One of the many things that applications do. */
  doSomething(): void {
    const net = this.#net;
    const node = net.pick(net.alive.filter(({ isLying }) => !isLying));
    const dice = uniform(net.random);
    if (dice < 0.1) this.subscribe(node, net.pick(PATTERNS));
    else if (dice < 0.18) this.subscribe(node, 'work.*', net.pick(['crew', 'others']));
    else if (dice < 0.24 && this.subscribed.length > 0) this.end(net.pick(this.subscribed));
    else if (dice < 0.35) this.request(node, net.pick(SUBJECTS));
    else this.publish(node, net.pick(SUBJECTS), dice > 0.8);
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

  #promise(node: One, what: string): number {
    this.#owed.push({ node, token: ++this.#tokens, what });
    return this.#tokens;
  }

  #heard(node: One, message: Heard): void {
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
