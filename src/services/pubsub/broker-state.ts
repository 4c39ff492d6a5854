/**
 * The Broker of one Node as one pure state machine, made of the others: its clients and their subscriptions, what goes from a publisher
 * to whoever wants it, and what the Nodes tell each other of their interest. It eats the verbs of its clients and answers with verbs;
 * what it sends to other Nodes leaves as effects. `createBroker` in a page and the simulator are two thin drivers of it.
 */
import type { NodeId } from '../../wire/index.ts';
import type { BrokerEffect, BrokerEvent } from './broker-events.ts';
import { type ClientId, ClientState } from './client-state.ts';
import {
  type BrokerInfo,
  type ClientStats,
  type ClientVerb,
  type InterestEntry,
  MAX_PAYLOAD_BYTES,
  type SubscriptionInfo,
} from './contract.ts';
import { LocalSubscribers } from './local-subscribers.ts';
import { PeerInterests } from './peer-interests.ts';
import { Publishing } from './publishing.ts';
import { Subscription } from './subscription.ts';

export interface BrokerOptions {
  readonly self: NodeId;
  /** Default MAX_PAYLOAD_BYTES; at most MAX_PAYLOAD_LIMIT. */
  readonly maxPayloadBytes?: number;
}

type Said<Type extends ClientVerb['type']> = Extract<ClientVerb, { readonly type: Type }>;

const EXTENSIONS = ['ack', 'ready', 'slow'];

export class BrokerState {
  readonly #info: BrokerInfo;
  readonly #clients = new Map<ClientId, ClientState>();
  readonly #local: LocalSubscribers;
  readonly #peers = new PeerInterests();
  readonly #publishing: Publishing;
  #effects: BrokerEffect[] = [];
  #isClosed = false;

  constructor({ self, maxPayloadBytes = MAX_PAYLOAD_BYTES }: BrokerOptions) {
    this.#info = { node: self, maxPayloadBytes, extensions: EXTENSIONS };
    this.#local = new LocalSubscribers({ changed: () => undefined });
    this.#publishing = new Publishing({
      self,
      local: this.#local,
      peers: this.#peers,
      unmet: new Set(),
      hops: () => 1,
      send: () => undefined,
    });
  }

  handle(event: BrokerEvent): readonly BrokerEffect[] {
    this.#dispatch(event);
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

  interests(): readonly InterestEntry[] {
    return this.#peers.entries();
  }

  #dispatch(event: BrokerEvent): void {
    if (this.#isClosed) return;
    switch (event.type) {
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
      case 'close':
        for (const client of [...this.#clients.values()]) this.#end(client, event.reason);
        this.#isClosed = true;
        return;
      default:
        event satisfies never;
    }
  }

  #open(id: ClientId, kin: ClientId | undefined): void {
    const family = (kin !== undefined && this.#clients.get(kin)?.family) || id;
    const client = new ClientState(id, family, (verb) =>
      this.#effects.push({ type: 'tell', client: id, verb }),
    );
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
      case 'unsub':
        this.#unsubscribe(client, verb);
        return;
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

  #publish(client: ClientState, { subject, reply, headers, payload, ack }: Said<'pub'>): void {
    const bytes = payload.length + (headers?.length ?? 0);
    const { node, maxPayloadBytes } = this.#info;
    if (bytes > maxPayloadBytes) {
      const reason = `a message of ${bytes} bytes is over the limit of ${maxPayloadBytes}; share it as a Blob instead`;
      if (ack === undefined) this.#end(client, reason);
      else client.tell({ type: 'ack', token: ack, outcome: failed('too-large', reason) });
      return;
    }
    client.published(bytes + subject.length);
    this.#publishing.publish(client, { subject, reply, headers, payload, from: node }, ack);
  }

  #subscribe(client: ClientState, { sid, pattern, queue, ack, slow }: Said<'sub'>): void {
    if (client.subscriptions.has(sid)) {
      // Without an ack: as nats-server, which keeps the first.
      const reason = `this client has a subscription "${sid}" already`;
      if (ack !== undefined)
        client.tell({ type: 'ack', token: ack, outcome: failed('subscription-taken', reason) });
      return;
    }
    this.#local.add(new Subscription({ client, sid, pattern, queue, slow }));
    if (ack !== undefined) client.tell({ type: 'ack', token: ack, outcome: holds(0) });
  }

  #unsubscribe(client: ClientState, { sid, max }: Said<'unsub'>): void {
    const subscription = client.subscriptions.get(sid);
    if (!subscription) return;
    subscription.max = max;
    if (max === undefined) this.#local.remove(subscription);
    else if (subscription.messages >= max) this.#local.finish(subscription);
  }

  /** From our side. */
  #end(client: ClientState, reason: string): void {
    client.tell({ type: 'close', reason });
    this.#forget(client);
  }

  #forget(client: ClientState): void {
    client.close();
    for (const subscription of [...client.subscriptions.values()]) this.#local.remove(subscription);
    this.#clients.delete(client.id);
    this.#effects.push({ type: 'ended', client: client.id });
  }
}

function failed(failure: 'too-large' | 'subscription-taken', reason: string) {
  return { subscriptions: 0, nodes: 0, failure, reason };
}

function holds(nodes: number) {
  return { subscriptions: 0, nodes, failure: undefined, reason: '' };
}
