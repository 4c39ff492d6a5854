/**
 * Where strangers meet: who is registered, who hears of it, and whether a call comes through. While it is away nobody hears
 * anything and no call comes through, as long as Nodes do not carry each other's offers.
 */
import { integerBelow, type Random, uniform } from '../../src/runtime/index.ts';
import { MAX_INSTANCES, type NodeId } from '../../src/wire/index.ts';
import type { EventQueue } from './event-queue.ts';
import type { Medium } from './medium.ts';
import type { SimulatedNode } from './simulated-node.ts';
import type { Station } from './station.ts';

/** Changes within so long are told at once: Nodes take the whole list each time. */
const GATHER_MS = 50;
const GATHER_LARGE_MS = 1000;
const LARGE_NETWORK = 200;
/** A Node that was frozen when it was called gets the offer when it goes on, but the caller has given up by then. */
const GIVE_UP_MS = 30_000;

export class Rendezvous {
  readonly #queue: EventQueue;
  readonly #medium: Medium;
  readonly #random: Random;
  readonly #registered = new Map<NodeId, Station>();
  readonly #nodes = new Map<NodeId, SimulatedNode>();
  #ghosts: readonly NodeId[] = [];
  #isUp = true;
  #isTellingPlanned = false;

  constructor(queue: EventQueue, medium: Medium, random: Random) {
    this.#queue = queue;
    this.#medium = medium;
    this.#random = random;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** A Node that wants to hear of the others. */
  register(node: SimulatedNode, now: number): void {
    this.#nodes.set(node.id, node);
    this.#registered.set(node.id, node);
    if (!this.#isUp) {
      node.happen({ type: 'rendezvous', state: 'offline' });
      return;
    }
    const wayMs = this.#wayMs();
    node.happenLater({ type: 'rendezvous', state: 'online' }, wayMs);
    node.happenLater({ type: 'candidates', ids: this.#candidates(node.id) }, wayMs);
    this.#tellLater(now);
  }

  /** Something that can be called and hears nothing. */
  registerSilent(station: Station, now: number): void {
    this.#registered.set(station.id, station);
    this.#tellLater(now);
  }

  unregister(station: Station, byDeath: boolean, now: number): void {
    const afterMs = byDeath ? this.#medium.conditions.socketDeathMs : 0;
    if (afterMs === null) return;
    this.#queue.pushTask(now + afterMs, {
      run: (at) => {
        if (this.#registered.get(station.id) !== station) return;
        this.#registered.delete(station.id);
        this.#nodes.delete(station.id);
        if (!this.#isUp) return;
        for (const node of this.#nodes.values()) {
          node.happenLater({ type: 'candidate-gone', id: station.id }, this.#wayMs());
        }
        this.#tellLater(at);
      },
    });
  }

  /** Ids in everyone's list at which nobody is. */
  haunt(ids: readonly NodeId[], now: number): void {
    this.#ghosts = ids;
    this.#tellLater(now);
  }

  setUp(isUp: boolean, now: number): void {
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    for (const node of this.#nodes.values()) {
      node.happenLater({ type: 'rendezvous', state: isUp ? 'online' : 'offline' }, this.#wayMs());
    }
    if (!isUp) return;
    for (const [id, station] of this.#registered) {
      if (station.isAlive) continue;
      this.#registered.delete(id);
      this.#nodes.delete(id);
    }
    this.#tellLater(now);
  }

  connect(caller: SimulatedNode, target: NodeId, now: number): void {
    const { signalingMs, connectTimeoutMs } = this.#medium.conditions;
    const callee = this.#registered.get(target);
    const fail = (afterMs: number, reason: string) =>
      this.#queue.pushTask(now + afterMs, { run: () => caller.callFailed(target, reason) });
    if (!this.#isUp) {
      fail(this.#wayMs(), 'the meeting point is not reachable');
      return;
    }
    if (callee === undefined) {
      fail(connectTimeoutMs, 'the meeting point does not know this peer');
      return;
    }
    const waysMs = signalingMs * (1 + uniform(this.#random)) + 4 * this.#medium.delay(caller, callee);
    const give = (at: number): void => {
      if (!caller.isAlive) return;
      const isCut = this.#medium.isCut(caller, callee) || this.#medium.isCut(callee, caller);
      if (!callee.isAlive || isCut) {
        this.#queue.pushTask(at + connectTimeoutMs, { run: () => caller.callFailed(target, 'no answer') });
      } else if (!callee.isRunning || !caller.isRunning) {
        // The offer or the answer lies there until its page runs.
        if (at - now > GIVE_UP_MS) caller.callFailed(target, 'no answer');
        else this.#queue.pushTask(at + 100, { run: give });
      } else this.#medium.open(caller, callee, at);
    };
    this.#queue.pushTask(now + waysMs, { run: give });
  }

  #tellLater(now: number): void {
    if (this.#isTellingPlanned) return;
    this.#isTellingPlanned = true;
    const afterMs = this.#registered.size > LARGE_NETWORK ? GATHER_LARGE_MS : GATHER_MS;
    this.#queue.pushTask(now + afterMs, {
      run: () => {
        this.#isTellingPlanned = false;
        if (!this.#isUp) return;
        for (const node of this.#nodes.values()) {
          node.happenLater({ type: 'candidates', ids: this.#candidates(node.id) }, this.#wayMs());
        }
      },
    });
  }

  #candidates(self: NodeId): readonly NodeId[] {
    const ids = [...this.#registered.keys()].filter((id) => id !== self);
    if (ids.length + this.#ghosts.length <= MAX_INSTANCES) return [...this.#ghosts, ...ids];
    // As the server does: by chance, and a crowd of ghosts counts as one address among others.
    const half = this.#ghosts.length === 0 ? 0 : MAX_INSTANCES / 2;
    return [...this.#chosen(this.#ghosts, half), ...this.#chosen(ids, MAX_INSTANCES - half)];
  }

  #chosen(ids: readonly NodeId[], count: number): readonly NodeId[] {
    if (ids.length <= count) return ids;
    const chosen = new Set<NodeId>();
    while (chosen.size < count) {
      const id = ids[integerBelow(this.#random, ids.length)];
      if (id !== undefined) chosen.add(id);
    }
    return [...chosen];
  }

  #wayMs(): number {
    return this.#medium.conditions.signalingMs * (0.25 + 0.5 * uniform(this.#random));
  }
}
