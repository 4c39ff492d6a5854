/** Test support: a Node of the Multicast mesh and its application: what was delivered to it, and when it takes that. */
import type { FrameType, NodeId } from '../../wire/index.ts';
import { beginLife, identityFrom, type OwnLife, type PeerIdentity } from '../identity/identity.ts';
import { MemoryBudget } from '../memory/budget.ts';
import { WAKE } from '../protocol.ts';
import type { Deliver, Drop, Failure, Token } from '../vocabulary.ts';
import type { MulticastEffect, MulticastEvent, MulticastOptions } from './contract.ts';
import { Multicast } from './multicast.ts';

/** What a Node asks of the mesh it is in. */
export interface NodeMesh extends Pick<Required<MulticastOptions>, 'cryptography' | 'random' | 'mode'> {
  readonly now: number;
  readonly directory: ReadonlyMap<NodeId, PeerIdentity>;
  at(time: number, run: () => void): void;
  withId(id: NodeId): SimulatedNode | undefined;
  laneBytes(from: SimulatedNode, to: NodeId): number;
  isPresent(id: NodeId): boolean;
  /** Brings a broadcast frame to a neighbour. */
  pass(from: SimulatedNode, to: NodeId, frame: Uint8Array): void;
  control(from: SimulatedNode, to: NodeId, type: FrameType, body: Uint8Array): void;
}

export class SimulatedNode {
  readonly index: number;
  own: OwnLife;
  multicast: Multicast;
  budget = new MemoryBudget();
  /** Numbers of the messages that arrived, by source index. */
  readonly received = new Map<number, number[]>();
  readonly bodies: number[] = [];
  readonly settled = new Map<Token, Failure | undefined>();
  readonly drops = new Map<string, number>();
  readonly malformed: Drop[] = [];
  readonly cutOff: { readonly peer: NodeId; readonly reason: string }[] = [];
  missed = 0;
  isDead = false;
  /** Its application takes nothing. */
  isDeaf = false;
  frozenUntil = 0;
  readonly #mesh: NodeMesh;
  #untaken: MulticastEvent[] = [];
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor(mesh: NodeMesh, index: number) {
    this.#mesh = mesh;
    this.index = index;
    const { cryptography, random } = mesh;
    const identity = identityFrom(random.bytes(32), cryptography);
    this.own = beginLife(identity, 1000, random.bytes(32), cryptography);
    this.multicast = this.#multicast();
  }

  get id(): NodeId {
    return this.own.id;
  }

  /** A new life of the same key. */
  restart(): void {
    const { cryptography, random } = this.#mesh;
    this.own = beginLife(this.own.identity, this.own.life + 1, random.bytes(32), cryptography);
    this.budget = new MemoryBudget();
    this.#wakeAt = Number.POSITIVE_INFINITY;
    this.#untaken = [];
    this.multicast = this.#multicast();
  }

  /** An event for it, now or when it can. */
  tell(event: MulticastEvent): void {
    if (this.isDead) return;
    if (this.#mesh.now < this.frozenUntil) {
      this.#mesh.at(this.frozenUntil, () => this.tell(event));
      return;
    }
    this.#perform(this.multicast.handle(event, this.#mesh.now));
    this.#scheduleWake();
  }

  /** The application takes what it was given, the oldest first. */
  take(most = Number.POSITIVE_INFINITY): void {
    for (const event of this.#untaken.splice(0, most)) this.tell(event);
  }

  #multicast(): Multicast {
    const { cryptography, directory, random, mode } = this.#mesh;
    return new Multicast({
      own: this.own,
      cryptography,
      directory: { get: (id) => (id === this.id ? undefined : directory.get(id)) },
      budget: this.budget,
      random,
      mode,
      isPresent: (id) => this.#mesh.isPresent(id),
      laneBytes: (peer) => this.#mesh.laneBytes(this, peer),
    });
  }

  #scheduleWake(): void {
    const at = Math.max(this.#mesh.now, this.multicast.nextWakeAt);
    if (at >= this.#wakeAt || at === Number.POSITIVE_INFINITY) return;
    this.#wakeAt = at;
    const { multicast } = this;
    this.#mesh.at(at, () => {
      if (this.#wakeAt === at) this.#wakeAt = Number.POSITIVE_INFINITY;
      if (this.multicast === multicast) this.tell(WAKE);
    });
  }

  #perform(effects: readonly MulticastEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'pass':
          this.#mesh.pass(this, effect.to, effect.frame);
          break;
        case 'tell':
          this.#mesh.control(this, effect.to, effect.frameType, effect.body);
          break;
        case 'deliver':
          this.#deliver(effect);
          break;
        case 'settled':
          for (const token of effect.tokens) {
            if (this.settled.has(token)) throw new Error(`settled twice: ${token}`);
            this.settled.set(token, effect.failure);
          }
          break;
        case 'drop':
          this.drops.set(effect.why, (this.drops.get(effect.why) ?? 0) + 1);
          if (effect.isMalformed) this.malformed.push(effect);
          break;
        case 'cut-off':
          this.cutOff.push(effect);
          break;
        case 'missed':
          this.missed += effect.frames;
          break;
        case 'log':
          break;
      }
    }
  }

  #deliver({ from, stream, messages, costs }: Deliver): void {
    const source = this.#mesh.withId(from)?.index ?? -1;
    for (const [i, message] of messages.entries()) {
      if (message.kind !== 'message') throw new Error('delivered what is no message');
      const view = new DataView(message.body.buffer, message.body.byteOffset);
      const list = this.received.get(source) ?? [];
      list.push(message.body.length >= 4 ? view.getUint32(0) : -1);
      this.received.set(source, list);
      this.bodies.push(message.body.length);
      message.body.fill(0xee); // the application's to keep, and to spoil
      this.#untaken.push({ type: 'taken', from, stream, isBroadcast: true, count: 1, cost: costs[i] ?? 0 });
    }
    if (!this.isDeaf) this.#mesh.at(this.#mesh.now, () => this.take());
  }
}
