/**
 * A network of BrokerStates in virtual time, driven synchronously, on a mesh that keeps what docs/mesh.md promises and nothing more: what
 * a Node broadcasts (to all, to several) comes once and in order; what it sends to one Node comes once and in order or is said to have
 * failed; the two overtake each other; a loss is a delay; who is a member of whom is each one's own view. Everything follows from the seed.
 */
import { uniform } from '../../src/runtime/index.ts';
import type { BrokerEffect, BrokerEvent } from '../../src/services/pubsub/broker-events.ts';
import { BrokerState } from '../../src/services/pubsub/broker-state.ts';
import { type NodeId, newNodeId } from '../../src/wire/index.ts';
import { short, Views } from '../views.ts';
import { Ledger } from './ledger.ts';
import type { Silence } from './silence.ts';
import { SimBroker } from './sim-broker.ts';

/** A Node that is out of reach is missed after it. */
const DETECT_MS = [200, 6_000] as const;
const RETRANSMISSION_MS = 200;

interface Parcel {
  readonly from: SimBroker;
  readonly to: NodeId;
  readonly lane: 'cast' | 'one';
  readonly event: BrokerEvent;
  /** Of what is sent to one: whether it arrived. */
  readonly settled: ((hasArrived: boolean) => void) | undefined;
}

export class BrokerNet extends Views<SimBroker, BrokerEvent> {
  readonly ledger = new Ledger(this);
  /** Share of frames that are lost on the way, and sent again. */
  loss = 0;
  /** Set where words are so late that a Node is taken for one without a Broker. */
  silence: Silence | undefined;
  /** Publications that left a Node. */
  sent = 0;
  readonly #cut = new Set<string>();
  readonly #held = new Map<string, Parcel[]>();
  readonly #lastArrival = new Map<string, number>();

  add(): SimBroker {
    const id = newNodeId(this.random);
    const state = new BrokerState({ self: id, random: this.random, hops: () => 1 });
    const node = new SimBroker(id, state, (at, event) => this.handle(at, event));
    this.enter(node);
    return node;
  }

  kill(node: SimBroker): void {
    this.note(`kill ${short(node.id)}`);
    node.isAlive = false;
    this.ledger.died(node.id);
    for (const other of this.alive) this.after(this.between(...DETECT_MS), () => this.miss(other, node.id));
  }

  thaw(node: SimBroker): void {
    if (!this.goOn(node)) return;
    this.after(100, () => this.reunite());
  }

  /** Nothing passes between the two sides, and after a while they miss each other. */
  part(left: readonly SimBroker[], right: readonly SimBroker[]): void {
    for (const a of left) {
      for (const b of right) {
        for (const [from, to] of [
          [a, b],
          [b, a],
        ] as const) {
          this.#cut.add(`${from.id} ${to.id}`);
          this.after(this.between(4_000, 7_000), () => this.#isCut(to.id, from.id) && this.miss(from, to.id));
        }
      }
    }
  }

  /** What was on its way comes now, or is lost for good, and said to be. */
  heal(): void {
    this.#cut.clear();
    const held = [...this.#held.values()];
    this.#held.clear();
    for (const parcels of held) {
      const isKept = uniform(this.random) < 0.7;
      for (const parcel of parcels) if (isKept || parcel.lane === 'one') this.#arrive(parcel);
      const [first] = parcels;
      if (!first || isKept || first.lane === 'one') continue;
      const target = this.node(first.to);
      this.ledger.parted(first.to, first.from.id);
      const event = { type: 'missed', node: first.from.id, frames: parcels.length } as const;
      if (target) this.#arrive({ ...first, event });
    }
    this.reunite();
  }

  /** Nodes that reach each other find each other again. */
  reunite(): void {
    for (const node of this.alive) {
      for (const other of this.alive) {
        if (other === node || node.members.has(other.id)) continue;
        this.after(this.between(50, 400), () => !this.#isCut(node.id, other.id) && this.meet(node, other));
      }
    }
  }

  /** As the driver: what is said in the midst of a turn is heard next. */
  handle(node: SimBroker, event: BrokerEvent): void {
    if (!node.isAlive) return;
    if (event.type === 'joined') this.ledger.met(node.id, event.node);
    if (event.type === 'left') this.ledger.parted(node.id, event.node);
    node.events.push(event);
    if (node.isAtWork) return;
    node.isAtWork = true;
    for (let next = node.events.shift(); next; next = node.events.shift()) {
      this.silence?.notice(node, next, this.now());
      for (const effect of node.state.handle(next, this.now())) this.#perform(node, effect);
    }
    node.isAtWork = false;
    this.wakeLater(node);
  }

  /** What anybody sends, made up or not. */
  send(parcel: Parcel): void {
    const { from, to, lane } = parcel;
    if (!this.#isCut(from.id, to)) {
      this.#arrive(parcel);
      return;
    }
    const key = `${from.id} ${to} ${lane}`;
    const held = this.#held.get(key) ?? [];
    held.push(parcel);
    this.#held.set(key, held);
  }

  #arrive(parcel: Parcel): void {
    const { from, to, lane, event, settled } = parcel;
    const path = `${from.id} ${to} ${lane}`;
    let delayMs = this.between(1, 40);
    while (uniform(this.random) < this.loss) delayMs += RETRANSMISSION_MS;
    const atMs = Math.max(this.#lastArrival.get(path) ?? 0, this.now() + delayMs);
    this.#lastArrival.set(path, atMs);
    this.after(atMs - this.now(), () => {
      const target = this.node(to);
      if (!target) return;
      this.deliver(target, () => this.handle(target, event));
      if (settled) this.after(this.between(1, 40), () => settled(true));
    });
  }

  #perform(node: SimBroker, effect: BrokerEffect): void {
    if (node.isMute) return;
    switch (effect.type) {
      case 'tell':
        node.clients.get(effect.client)?.hear(effect.verb);
        return;
      case 'ended':
        return;
      case 'send':
        this.#say(node, effect.to, effect.message);
        return;
      case 'broadcast':
        for (const to of node.members) {
          const event = { type: 'heard', from: node.id, message: effect.message } as const;
          this.send({ from: node, to, lane: 'cast', event, settled: undefined });
        }
        return;
      case 'publish': {
        this.#publish(node, effect);
        return;
      }
    }
  }

  #say(node: SimBroker, to: NodeId, message: Extract<BrokerEffect, { type: 'send' }>['message']): void {
    const event = { type: 'heard', from: node.id, message } as const;
    this.#sendToOne(node, to, event, (hasArrived) => ({ type: 'sent', to, message, hasArrived }));
  }

  #publish(node: SimBroker, { outgoing, place }: Extract<BrokerEffect, { type: 'publish' }>): void {
    const { targets, publication, seq, isForGroupsOnly, picks } = outgoing;
    this.sent++;
    this.ledger.left(publication);
    for (const to of targets.filter((target) => node.members.has(target))) {
      const { way, number } = place;
      const after = place.way === 'line' ? place.after : (place.after.get(to) ?? 0);
      const incoming = {
        ...{ publication, seq, isForGroupsOnly, queues: picks.get(to) ?? [], place: { way, number, after } },
      };
      const event = { type: 'published', incoming } as const;
      if (way === 'broadcast') this.send({ from: node, to, lane: 'cast', event, settled: undefined });
      else {
        this.#sendToOne(node, to, event, (hasArrived) =>
          hasArrived ? { type: 'delivered', to, count: 1 } : { type: 'unsent', outgoing, place },
        );
      }
    }
  }

  #sendToOne(
    node: SimBroker,
    to: NodeId,
    event: BrokerEvent,
    answer: (hasArrived: boolean) => BrokerEvent,
  ): void {
    let isSettled = false;
    const settled = (hasArrived: boolean): void => {
      if (isSettled) return;
      isSettled = true;
      this.deliver(node, () => this.handle(node, answer(hasArrived)));
    };
    if (!node.members.has(to)) {
      this.after(0, () => settled(false));
      return;
    }
    this.send({ from: node, to, lane: 'one', event, settled });
    const watch = (): void => {
      if (isSettled || !node.isAlive) return;
      if (node.members.has(to)) this.after(500, watch);
      else settled(false);
    };
    this.after(500, watch);
  }

  #isCut(a: NodeId, b: NodeId): boolean {
    return this.#cut.has(`${a} ${b}`);
  }
}
