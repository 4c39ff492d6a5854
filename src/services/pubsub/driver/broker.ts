/** Performs what a BrokerState decides: its words to clients and to other Nodes, one after the other, and its time. */

import type { MeshNode } from '../../../mesh/index.ts';
import { Alarm, type Clock, log, messageOf, type Random, type Timers } from '../../../runtime/index.ts';
import type { NodeId } from '../../../wire/index.ts';
import type { BrokerEffect, BrokerEvent } from '../broker-events.ts';
import { BrokerState } from '../broker-state.ts';
import type { ClientId } from '../client-state.ts';
import {
  type Broker,
  type BrokerClient,
  type BrokerConnection,
  type BrokerCounters,
  type ClientStats,
  type InterestEntry,
  type ListenersAnswer,
  type ListenersQuery,
  messageWeight,
  type SubscriptionInfo,
} from '../contract.ts';
import { Connection } from './connection.ts';
import { MeshLink } from './mesh-link.ts';
import { tellOfNodes } from './node-news.ts';

/** What a Broker is made of. */
export interface BrokerDependencies {
  readonly node: MeshNode;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** Default MAX_PAYLOAD_BYTES; at most MAX_PAYLOAD_LIMIT. */
  readonly maxPayloadBytes?: number;
}

/** Of what one client published and is not settled: above it, it is asked to wait. */
const CLIENT_ROOM_BYTES = 1024 * 1024;

/** Who publishes and does not come back within it is taken for gone. */
const LONGEST_TELLING_MS = 2_000;

const NOBODY: ClientStats = {
  ...{ name: '', subscriptions: 0, inMessages: 0, outMessages: 0, inBytes: 0, outBytes: 0 },
  ...{ pendingBytes: 0, lost: 0 },
};

/** Once a Node: a second one finds the stream taken. @throws LeafcutterError `stream-taken`, NodeClosedError */
export function createBroker(dependencies: BrokerDependencies): Broker {
  const broker = new NodeBroker(dependencies);
  tellOfNodes(dependencies.node, broker);
  return broker;
}

class NodeBroker implements Broker {
  readonly node: NodeId;
  readonly #state: BrokerState;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #alarm: Alarm;
  readonly #link: MeshLink;
  readonly #connections = new Map<ClientId, Connection>();
  /** Connections that wait for room. */
  readonly #waiting = new Set<Connection>();
  /** Those that wait until all is told. */
  readonly #untilTold = new Set<() => void>();
  #events: BrokerEvent[] = [];
  #isAtWork = false;
  #isClosed = false;
  #lastClient = 0;

  constructor({ node, clock, timers, random, maxPayloadBytes }: BrokerDependencies) {
    this.node = node.id;
    this.#clock = clock;
    this.#timers = timers;
    this.#link = new MeshLink(node, {
      handle: (event) => this.#handle(event),
      roomier: () => this.#settle(),
      closed: () => this.close('its node has left the network'),
    });
    this.#state = new BrokerState({
      self: node.id,
      random,
      hops: (to) => this.#link.hops(to),
      ...(maxPayloadBytes !== undefined && { maxPayloadBytes }),
    });
    this.#alarm = new Alarm(clock, timers, () => {
      this.#handle({ type: 'wake' });
      return this.#state.nextWakeAt;
    });
    this.#link.begin();
  }

  connect(client: BrokerClient, kin?: BrokerConnection): BrokerConnection {
    const id = ++this.#lastClient as ClientId;
    const connection = new Connection(id, client, {
      waiting: this.#waiting,
      handle: (event) => this.#handle(event),
      isFull: () => this.#link.isFull || this.#state.trackedBytes(id) > CLIENT_ROOM_BYTES,
    });
    this.#connections.set(id, connection);
    this.#handle({ type: 'opened', client: id, kin: kin instanceof Connection ? kin.id : undefined });
    return connection;
  }

  takesGroup(queue: string): boolean {
    return this.#state.takesGroup(queue);
  }

  stats(connection: BrokerConnection): ClientStats {
    return (connection instanceof Connection ? this.#state.stats(connection.id) : undefined) ?? NOBODY;
  }

  subscriptions(connection: BrokerConnection): readonly SubscriptionInfo[] {
    return connection instanceof Connection ? this.#state.subscriptions(connection.id) : [];
  }

  interests(): readonly InterestEntry[] {
    return this.#state.known.entries();
  }

  listeners(query?: ListenersQuery): ListenersAnswer {
    return this.#state.known.listeners(query);
  }

  get counters(): BrokerCounters {
    return this.#state.counters;
  }

  told(): Promise<void> {
    if (this.#hasTold) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#untilTold.delete(end);
        resolve();
      };
      const cancel = this.#timers.after(LONGEST_TELLING_MS, end);
      this.#untilTold.add(end);
    });
  }

  get #hasTold(): boolean {
    return this.#isClosed || !(this.#link.isTelling || this.#state.owesResults);
  }

  close(reason: string): void {
    if (this.#isClosed) return;
    this.#handle({ type: 'close', reason });
    this.#isClosed = true;
    this.#alarm.stop();
    this.#link.close();
    this.#settle();
  }

  /** A client that speaks while it is spoken to is heard next, not in between. */
  #handle(event: BrokerEvent): void {
    this.#events.push(event);
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    const now = this.#clock.now();
    for (let at = 0; at < this.#events.length; at++) {
      const next = this.#events[at];
      if (next) this.#do(next, now);
    }
    this.#events = [];
    this.#isAtWork = false;
    if (this.#isClosed) return;
    this.#settle();
    this.#alarm.at(this.#state.nextWakeAt);
  }

  /** Whatever goes wrong with one event or effect, the next are done. */
  #do(event: BrokerEvent, now: number): void {
    for (const effect of this.#decide(event, now)) {
      try {
        this.#perform(effect);
      } catch (error) {
        log('error', `the broker failed to do "${effect.type}" after "${event.type}"`, error);
        if (effect.type === 'publish') this.#events.push({ ...effect, type: 'unsent' });
      }
    }
  }

  #decide(event: BrokerEvent, now: number): readonly BrokerEffect[] {
    try {
      return this.#state.handle(event, now);
    } catch (error) {
      log('error', `the broker failed at "${event.type}"`, error);
      return [];
    }
  }

  #settle(): void {
    if (this.#waiting.size > 0) for (const connection of [...this.#waiting]) connection.settle();
    if (this.#untilTold.size > 0 && this.#hasTold) for (const end of [...this.#untilTold]) end();
  }

  #perform(effect: BrokerEffect): void {
    switch (effect.type) {
      case 'tell': {
        const connection = this.#connections.get(effect.client);
        try {
          connection?.client.hear(effect.verb);
        } catch (error) {
          log('error', `a client of the broker failed: ${messageOf(error)}`);
          // It has done with this one: a window that stays full would leave it without the next ones, too.
          if (effect.verb.type === 'msg') connection?.taken(messageWeight(effect.verb));
        }
        return;
      }
      case 'ended': {
        const connection = this.#connections.get(effect.client);
        this.#connections.delete(effect.client);
        connection?.ended();
        return;
      }
      case 'send':
        this.#link.send(effect.to, effect.message);
        return;
      case 'broadcast':
        this.#link.broadcast(effect.message);
        return;
      case 'publish':
        this.#link.publish(effect.outgoing, effect.place);
        return;
      default:
        effect satisfies never;
    }
  }
}
