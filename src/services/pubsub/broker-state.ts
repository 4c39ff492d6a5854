/**
 * The Broker of one Node as one pure state machine, made of the others: its clients and their subscriptions (local-subscribers.ts), what
 * goes from a publisher to whoever wants it (publishing.ts), and what the Nodes tell each other of their interest
 * (interest-exchange.ts). It eats the verbs of its clients and answers with verbs; what it sends to other Nodes leaves as effects.
 * `createBroker` in a page and the simulator are two thin drivers of it.
 *
 * Of the mesh it takes what docs/mesh.md promises: what one Node broadcasts, to all or to several, comes exactly once and in order; what
 * it sends to one Node arrives or is said to have failed. Nothing here is sent twice.
 */
import type { Random } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { ArrivalOrder } from './arrival-order.ts';
import type { BrokerEffect, BrokerEvent } from './broker-events.ts';
import { BrokerLives } from './broker-lives.ts';
import { type ClientId, ClientState } from './client-state.ts';
import {
  type BrokerCounters,
  type BrokerInfo,
  type ClientStats,
  type ClientVerb,
  MAX_PAYLOAD_BYTES,
  messageBytes,
  payloadProblem,
  type SubscriptionInfo,
} from './contract.ts';
import { InterestExchange } from './interest-exchange.ts';
import { type BrokerMessage, MAX_QUEUE_LENGTH } from './interest-messages.ts';
import { isOfOneView } from './kept-subjects.ts';
import { KnownInterest } from './known-interest.ts';
import { LocalSubscribers } from './local-subscribers.ts';
import { OwedMessages } from './owed-messages.ts';
import { PeerInterests } from './peer-interests.ts';
import type { Incoming } from './publication-codec.ts';
import { Publishing } from './publishing.ts';
import { Receipt } from './receipt.ts';
import { SendingOrder } from './sending-order.ts';
import { Subscription } from './subscription.ts';

export interface BrokerOptions {
  readonly self: NodeId;
  readonly random: Random;
  /** Of the path to that Node; far where none is known. */
  readonly hops: (node: NodeId) => number;
  /** Default MAX_PAYLOAD_BYTES; at most MAX_PAYLOAD_LIMIT. */
  readonly maxPayloadBytes?: number;
}

type Said<Type extends ClientVerb['type']> = Extract<ClientVerb, { readonly type: Type }>;

const EXTENSIONS = ['ack', 'ready', 'slow'];

export class BrokerState {
  /** Who listens to what. */
  readonly known: KnownInterest;
  readonly #info: BrokerInfo;
  readonly #clients = new Map<ClientId, ClientState>();
  readonly #peers = new PeerInterests();
  readonly #local: LocalSubscribers;
  readonly #interest: InterestExchange;
  readonly #publishing: Publishing;
  readonly #owed = new OwedMessages((to, message) => this.#effects.push({ type: 'send', to, message }));
  readonly #lives = new BrokerLives();
  readonly #sending = new SendingOrder();
  readonly #arrival = new ArrivalOrder({
    deliver: (incoming) => this.#receive(incoming),
    gap: (from) => this.#owed.oweGap(from),
  });
  #effects: BrokerEffect[] = [];
  #inVain = 0;
  #malformed = 0;
  #missedFrames = 0;
  #unsent = 0;
  #nowMs = 0;
  #isClosed = false;

  constructor({ self, random, hops, maxPayloadBytes = MAX_PAYLOAD_BYTES }: BrokerOptions) {
    this.#info = { node: self, maxPayloadBytes, extensions: EXTENSIONS };
    const peers = this.#peers;
    this.#interest = new InterestExchange({
      ...{ peers, random },
      send: (to, message) => this.#effects.push({ type: 'send', to, message }),
      broadcast: (message) => this.#effects.push({ type: 'broadcast', message }),
      order: () => this.#sending.broadcast(),
      met: (node) => this.#publishing.met(node),
      gone: (node) => this.#publishing.left(node),
      life: (node, epoch) => this.#hearLife(node, epoch),
      refused: () => this.#malformed++,
    });
    this.known = new KnownInterest(self, this.#interest.own, peers);
    this.#local = new LocalSubscribers({
      changed: (pattern, queue, by) => this.#interest.changed(pattern, queue, by, this.#nowMs),
    });
    const { unmet } = this.#interest;
    this.#publishing = new Publishing({
      ...{ self, local: this.#local, peers, unmet, hops, firstSeq: random.uint32() },
      send: (outgoing) => {
        // Its answers come by way of interest that may be new, and goes before.
        if (outgoing.publication.reply !== undefined) this.#interest.tellNow(this.#nowMs);
        const place = this.#sending.place(outgoing.targets);
        this.#effects.push({ type: 'publish', outgoing, place });
      },
    });
  }

  get nextWakeAt(): number {
    if (this.#isClosed) return Number.POSITIVE_INFINITY;
    if (this.#local.isRemoving) return this.#nowMs;
    return Math.min(this.#interest.nextWakeAt, this.#publishing.nextWakeAt, this.#arrival.nextWakeAt);
  }

  takesGroup(queue: string): boolean {
    return queue !== '' && queue.length <= MAX_QUEUE_LENGTH && this.#interest.own.mayHave(queue);
  }

  get counters(): BrokerCounters {
    return {
      inVain: this.#inVain,
      malformed: this.#malformed,
      missedFrames: this.#missedFrames,
      unsent: this.#unsent + this.#publishing.overflowed,
    };
  }

  /** A Node waits to hear what became of its publication here, and cannot be told just now. */
  get owesResults(): boolean {
    return this.#owed.hasResults;
  }

  handle(event: BrokerEvent, nowMs: number): readonly BrokerEffect[] {
    this.#nowMs = nowMs;
    if (!this.#isClosed) this.#dispatch(event);
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  stats(client: ClientId): ClientStats | undefined {
    return this.#clients.get(client)?.stats;
  }

  /** Bytes of what this client published and of which it is not known yet what became of it. */
  trackedBytes(client: ClientId): number {
    return this.#clients.get(client)?.trackedBytes ?? 0;
  }

  subscriptions(client: ClientId): readonly SubscriptionInfo[] {
    return [...(this.#clients.get(client)?.subscriptions.values() ?? [])].map(({ info }) => info);
  }

  #dispatch(event: BrokerEvent): void {
    switch (event.type) {
      case 'wake':
        this.#local.removeSome();
        this.#interest.wake(this.#nowMs);
        this.#publishing.wake(this.#nowMs);
        this.#arrival.wake(this.#nowMs);
        return;
      case 'opened':
        this.#open(event.client, event.kin);
        return;
      case 'said': {
        const client = this.#clients.get(event.client);
        if (client) this.#hear(client, event.verb);
        return;
      }
      case 'taken':
        this.#clients.get(event.client)?.taken(event.bytes);
        return;
      case 'joined':
        this.#sending.joined(event.node, this.#nowMs);
        this.#owed.joined(event.node);
        this.#interest.joined(event.node, this.#nowMs);
        return;
      case 'left':
        this.#arrival.left(event.node);
        this.#sending.left(event.node, this.#nowMs);
        this.#owed.left(event.node);
        this.#interest.left(event.node, this.#nowMs);
        return;
      case 'missed':
        this.#missed(event.node, event.frames);
        return;
      case 'heard':
        this.#heard(event.from, event.message);
        return;
      case 'published':
        this.#arrival.published(event.incoming, this.#nowMs);
        return;
      case 'malformed':
        this.#malformed++;
        return;
      case 'sent':
        this.#sent(event.to, event.message, event.hasArrived);
        return;
      case 'delivered':
        this.#sending.settled(event.to, event.count);
        return;
      case 'unsent':
        this.#unsent++;
        if (event.place.way === 'line') for (const to of event.outgoing.targets) this.#sending.settled(to, 1);
        this.#publishing.unsent(event.outgoing);
        return;
      case 'close':
        this.#close(event.reason);
        return;
      default:
        event satisfies never;
    }
  }

  #heard(from: NodeId, message: BrokerMessage): void {
    if (message.type === 'result') this.#publishing.result(from, message.result);
    else if (message.type === 'gap') this.#gap(from, message.after);
    else this.#interest.heard(from, message, this.#nowMs);
    if (message.type === 'delta') this.#arrival.heard(from, message.order, this.#nowMs);
  }

  #hearLife(node: NodeId, epoch: number): void {
    const life = this.#lives.heard(node, epoch);
    if (life === 'first') this.#sending.missed(node);
    if (life !== 'another') return;
    this.#arrival.reborn(node);
    this.#sending.reborn(node);
    this.#publishing.lost(node);
  }

  #sent(to: NodeId, message: BrokerMessage, hasArrived: boolean): void {
    if (message.type !== 'result' && message.type !== 'gap')
      this.#interest.sent(to, message, hasArrived, this.#nowMs);
    else if (!hasArrived) this.#owed.owe(to, message);
  }

  /** For our own subscriptions, and of the queue groups that its publisher gave to this Node one member each. */
  #receive({ publication, seq, isForGroupsOnly, queues }: Incoming): void {
    if (isOfOneView(publication.subject)) {
      this.#malformed++;
      return;
    }
    if (seq !== 0) this.#owed.received(publication.from, seq);
    const missing: string[] = [];
    const receipt =
      seq === 0
        ? undefined
        : new Receipt(({ subscriptions, dropped }) =>
            this.#owed.owe(publication.from, {
              type: 'result',
              result: { seq, subscriptions, dropped, missing },
            }),
          );
    if (!isForGroupsOnly) this.#local.deliverPlain(publication, receipt);
    for (const queue of queues) {
      if (!this.#local.deliverToGroup(queue, publication, receipt)) missing.push(queue);
    }
    const isForNobody = isForGroupsOnly || this.#local.match(publication.subject).plain.length === 0;
    if (isForNobody && missing.length === queues.length) this.#inVain++;
    receipt?.release();
  }

  #gap(from: NodeId, after: number): void {
    this.#sending.missed(from);
    this.#publishing.gap(from, after, this.#nowMs);
  }

  /** What was in those frames nobody here can tell: everyone who subscribes to anything may have lost that much. */
  #missed(node: NodeId, frames: number): void {
    this.#missedFrames += frames;
    for (const client of this.#clients.values()) {
      for (const subscription of client.subscriptions.values()) client.lose(subscription, frames);
    }
    this.#owed.oweGap(node);
    this.#arrival.missed(node);
    this.#interest.missed(node, this.#nowMs);
  }

  #open(id: ClientId, kin: ClientId | undefined): void {
    const family = (kin !== undefined && this.#clients.get(kin)?.family) || id;
    const tell = (verb: Extract<BrokerEffect, { readonly type: 'tell' }>['verb']): void => {
      this.#effects.push({ type: 'tell', client: id, verb });
    };
    const client = new ClientState(id, family, tell);
    this.#clients.set(id, client);
    client.tell({ type: 'info', info: this.#info });
  }

  #hear(client: ClientState, verb: ClientVerb): void {
    switch (verb.type) {
      case 'connect':
        client.options = verb.options;
        return;
      case 'pub':
        this.#publish(client, verb);
        return;
      case 'sub':
        this.#subscribe(client, verb);
        return;
      case 'unsub': {
        const subscription = client.subscriptions.get(verb.sid);
        if (subscription) this.#local.end(subscription, verb.max);
        return;
      }
      case 'ping':
        client.tell({ type: 'pong' });
        return;
      case 'pong':
        return;
      case 'close':
        this.#forget(client);
        return;
      default:
        verb satisfies never;
    }
  }

  #publish(client: ClientState, { subject, reply, headers, payload, ack, reach }: Said<'pub'>): void {
    const { node, maxPayloadBytes } = this.#info;
    const publication = { subject, reply, headers, payload, from: node };
    const problem = payloadProblem(publication, maxPayloadBytes);
    if (problem !== undefined) this.#refuse(client, ack, 'too-large', problem);
    else {
      client.published(messageBytes(publication));
      if (reach === 'node') this.#publishing.publishHere(publication);
      else this.#publishing.publish(client, publication, ack, this.#nowMs);
    }
  }

  #subscribe(client: ClientState, { sid, pattern, queue, ack, slow }: Said<'sub'>): void {
    if (client.subscriptions.has(sid)) {
      // Without an ack: as nats-server, which keeps the first.
      const reason = `this client has a subscription "${sid}" already`;
      if (ack !== undefined) this.#refuse(client, ack, 'subscription-taken', reason);
      return;
    }
    if (queue !== undefined && !this.takesGroup(queue)) {
      const reason = `a queue group has a name of 1 to ${MAX_QUEUE_LENGTH} characters, and a Node a bounded number of them`;
      this.#refuse(client, ack, 'queue-refused', reason);
      return;
    }
    if (ack !== undefined) this.#interest.whenReady(client, ack, this.#nowMs);
    this.#local.add(new Subscription({ client, sid, pattern, queue, slow }));
  }

  /** By the ack where there is one, else by closing. */
  #refuse(
    client: ClientState,
    ack: number | undefined,
    failure: 'too-large' | 'subscription-taken' | 'queue-refused',
    reason: string,
  ): void {
    if (ack === undefined) this.#end(client, reason);
    else client.tell({ type: 'ack', token: ack, outcome: { subscriptions: 0, nodes: 0, failure, reason } });
  }

  /** From our side. */
  #end(client: ClientState, reason: string): void {
    client.tell({ type: 'close', reason });
    this.#forget(client);
  }

  #forget(client: ClientState): void {
    client.close();
    this.#local.leave(client);
    this.#clients.delete(client.id);
    this.#effects.push({ type: 'ended', client: client.id });
  }

  #close(reason: string): void {
    for (const client of [...this.#clients.values()]) this.#end(client, reason);
    this.#interest.close();
    this.#isClosed = true;
  }
}
