/**
 * One life of a Node in virtual time: the driver of a MeshState, as `Node` is in a page, and the machine around it with
 * what befalls it. Synchronous: an event, its effects, whatever they cause at once here, then `wake` while it is due.
 *
 * Frozen, nothing of it runs and what comes waits; busy, only its main thread stands still and its Worker answers probes.
 * Its clock is its own (another origin than everybody's); timers may be coarse, as in a hidden tab, or late.
 */
import { WAKE } from '../../src/mesh/protocol.ts';
import type { ChannelId, MeshEffect, MeshEvent } from '../../src/mesh/vocabulary.ts';
import { type Random, uniform } from '../../src/runtime/index.ts';
import type { NodeId, Signal } from '../../src/wire/index.ts';
import { Application, type Habits } from './application.ts';
import { Calls } from './calls.ts';
import type { ChannelEnd } from './station.ts';
import type { Birth, Carrier, Inhabitant, SimulatedMesh, Surroundings } from './surroundings.ts';

export interface SimulatedNodeOptions {
  readonly index: number;
  readonly place: number;
  readonly birth: Birth;
  readonly mesh: (now: number) => SimulatedMesh;
  readonly random: Random;
  readonly isHostile: boolean;
  readonly answersProbes: boolean;
  readonly habits: Habits;
}

/** Times are rounded up to 2^-10 ms, so that a time moved to another clock and back is the same number. */
const TICKS_PER_MS = 1024;
/** A protocol that asks to be woken more often within one instant never comes to rest. */
const MAX_WAKES_AT_ONCE = 1000;
/** Monotonic clocks of machines have any origin. */
const CLOCK_ORIGINS_MS = 10_000_000;
/** As long as Node keeps its connections after its farewell. */
const FAREWELL_MS = 100;
const SYN = 0x01;
const ACK = 0x02;
const DATAGRAM_BYTES = 17;

export class SimulatedNode implements Inhabitant, Carrier {
  readonly index: number;
  readonly place: number;
  readonly id: NodeId;
  readonly own;
  readonly memberNumber: number;
  readonly mesh: SimulatedMesh;
  readonly isHostile: boolean;
  readonly answersProbes: boolean;
  readonly startedAt: number;
  readonly memberIds = new Set<NodeId>();
  readonly application: Application;
  /** Sees every event of a hostile one. */
  tap: ((event: MeshEvent) => void) | undefined;
  /** Its open channels. */
  readonly ends = new Map<ChannelId, ChannelEnd>();
  ended: Inhabitant['ended'];
  awakeSince: number;
  /** Timers fire on multiples of it, ms; 0: when they are due. */
  timerGrainMs = 0;
  /** Timers come up to so much later than they should, ms. */
  timersLateByMs = 0;
  readonly #around: Surroundings;
  readonly #random: Random;
  #clockOffset: number;
  #channels = 0;
  readonly #calls: Calls;
  #state: 'running' | 'busy' | 'frozen' = 'running';
  #frozenSince: number | undefined;
  /** What waits until it goes on. */
  #held: (() => void)[] = [];
  /** What effects of this turn cause here at once. */
  readonly #next: MeshEvent[] = [];
  readonly #touched: ChannelEnd[] = [];
  #isInTurn = false;
  /** It has left: its last words go out, and nothing else. */
  #isTakingLeave = false;
  #wakeOrder = -1;
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor(around: Surroundings, options: SimulatedNodeOptions) {
    this.#around = around;
    this.#calls = new Calls(this, around);
    this.#random = options.random;
    this.index = options.index;
    this.place = options.place;
    this.own = options.birth.own;
    this.id = this.own.id;
    this.memberNumber = options.birth.memberNumber;
    this.isHostile = options.isHostile;
    this.answersProbes = options.answersProbes;
    this.startedAt = around.now;
    this.awakeSince = around.now;
    this.#clockOffset = Math.floor(uniform(options.random) * CLOCK_ORIGINS_MS);
    this.mesh = options.mesh(this.localTime(around.now));
    this.application = new Application(this, options.habits);
    around.observer.started(this);
    this.#planWake();
  }

  get isAlive(): boolean {
    return this.ended === undefined;
  }

  get isRunning(): boolean {
    return this.#state === 'running' && this.isAlive;
  }

  get hasRunningWorker(): boolean {
    return this.isAlive && this.#state !== 'frozen';
  }

  get #isActive(): boolean {
    return this.isAlive || this.#isTakingLeave;
  }

  localTime(now: number): number {
    return now + this.#clockOffset;
  }

  happen(event: MeshEvent): void {
    this.receive(event, undefined);
  }

  happenLater(event: MeshEvent, delayMs: number): void {
    this.#around.queue.pushEvent(this.#around.now + delayMs, this, event);
  }

  opened(end: ChannelEnd): void {
    this.ends.set(end.channel, end);
    this.#calls.opened(end.other.station.id, end.isInitiator);
    const event: MeshEvent = {
      type: 'channel-opened',
      channel: end.channel,
      peer: end.other.station.id,
      isInitiator: end.isInitiator,
      fingerprints: end.fingerprints,
      answersProbes: this.answersProbes,
    };
    this.receive(event, end);
  }

  nextChannel(): ChannelId {
    return ++this.#channels as ChannelId;
  }

  receive(event: MeshEvent, end: ChannelEnd | undefined): void {
    if (!this.#isActive) return;
    if (event.type === 'channel-datagram' && end !== undefined) this.#probed(event.bytes, end);
    if (this.#state !== 'running') this.#held.push(() => this.#take(event, end));
    else if (this.#isInTurn) this.#next.push(event);
    else this.#take(event, end);
  }

  signalled(from: NodeId, signal: Signal): void {
    if (!this.isAlive) return;
    if (this.#state === 'running') this.#calls.heard(from, signal, 'rendezvous');
    else this.#held.push(() => this.#calls.heard(from, signal, 'rendezvous'));
  }

  callFailed(peer: NodeId, reason: string): void {
    this.#calls.failed(peer, reason);
  }

  wake(order: number): void {
    if (order !== this.#wakeOrder) return; // an earlier one has taken its place
    this.#wakeAt = Number.POSITIVE_INFINITY;
    if (!this.#isActive || this.#state !== 'running') return; // planned again when it goes on
    this.#isInTurn = true;
    this.#rest();
  }

  /** Stands still until `goOn`. `isWhole`: the process, with its Worker; else the main thread. */
  standStill(isWhole: boolean): void {
    if (!this.isAlive) return;
    this.#state = isWhole ? 'frozen' : 'busy';
    this.#frozenSince = isWhole ? this.#around.now : undefined;
  }

  goOn(): void {
    if (!this.isAlive || this.#state === 'running') return;
    this.#state = 'running';
    const { now, medium } = this.#around;
    this.awakeSince = now;
    if (now - (this.#frozenSince ?? now) > medium.conditions.connectionLossMs)
      medium.lose(this.ends.values(), now);
    const held = this.#held;
    this.#held = [];
    // Which task a page runs first when it goes on, a timer's or a message's, is anyone's guess.
    if (uniform(this.#random) < 0.5) {
      this.#isInTurn = true;
      this.#rest();
    }
    for (const happen of held) if (this.isAlive) happen();
    this.#wakeAt = Number.POSITIVE_INFINITY;
    if (this.isAlive) this.#planWake();
  }

  /** Its clock jumps, as when a machine wakes from sleep: it then looks at its timers. */
  jump(byMs: number): void {
    this.#clockOffset += byMs;
    this.awakeSince = this.#around.now;
    this.#wakeAt = Number.POSITIVE_INFINITY;
    if (this.isAlive) this.#planWake();
  }

  /** Dies without a word. */
  kill(): void {
    if (this.isAlive) this.#end('killed');
  }

  leave(): void {
    if (!this.isAlive) return;
    this.#state = 'running';
    for (const happen of this.#held.splice(0)) if (this.isAlive) happen();
    if (!this.isAlive) return;
    this.#take({ type: 'leave' }, undefined);
    this.#end('left');
  }

  /** A frame of no protocol's making on one of its channels. */
  inject(end: ChannelEnd, bytes: Uint8Array): void {
    this.#around.medium.send(end, bytes, this.#around.now);
  }

  #end(by: 'killed' | 'left' | 'replaced'): void {
    const { now, medium, queue, observer } = this.#around;
    this.ended = { by, at: now };
    this.#held.length = 0;
    if (by === 'killed') {
      medium.vanish(this.ends.values(), now);
      this.ends.clear();
    } else {
      this.#isTakingLeave = true;
      queue.pushTask(now + FAREWELL_MS, { run: (at) => this.#gone(at) });
    }
    this.#around.unregister(this, by === 'killed');
    observer.ended(this);
  }

  #gone(now: number): void {
    this.#isTakingLeave = false;
    for (const end of this.ends.values()) this.#around.medium.close(end, now);
    this.ends.clear();
  }

  #take(event: MeshEvent, end: ChannelEnd | undefined): void {
    if (end !== undefined) {
      if (!end.isOpen) return;
      if (event.type === 'channel-closed') {
        this.#around.medium.closedByOther(end);
        this.ends.delete(end.channel);
      }
    }
    this.#isInTurn = true;
    this.#dispatch(event);
    this.#rest();
  }

  /** The end of a turn: what it caused here, all wakes that are due, then how full its channels are. */
  #rest(): void {
    const local = this.localTime(this.#around.now);
    let wakes = 0;
    for (;;) {
      this.#settleDown();
      if (!this.#isActive) break;
      if (this.mesh.nextWakeAt > local) {
        if (this.#touched.length === 0) break;
        this.#tellFill();
        continue;
      }
      if (++wakes > MAX_WAKES_AT_ONCE) {
        this.#around.fail(`node ${this.index} never comes to rest at ${this.#around.now.toFixed(3)} ms`);
        break;
      }
      this.#dispatch(WAKE);
    }
    this.#isInTurn = false;
    if (!this.#isActive) return;
    this.#planWake();
    if (this.isAlive) this.#around.observer.turned(this);
  }

  #settleDown(): void {
    const next = this.#next;
    for (let i = 0; i < next.length; i++) this.#dispatch(next[i] as MeshEvent); // below its length
    next.length = 0;
  }

  #dispatch(event: MeshEvent): void {
    const { now, log } = this.#around;
    log.record(now, this.index, event);
    this.tap?.(event);
    let effects: readonly MeshEffect[];
    try {
      effects = this.mesh.handle(event, this.localTime(now));
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#around.fail(
        `node ${this.index} threw at ${event.type}: ${text.split('\n').slice(0, 4).join(' ')}`,
      );
      return;
    }
    for (let i = 0; i < effects.length; i++) this.#perform(effects[i] as MeshEffect); // below its length
  }

  #perform(effect: MeshEffect): void {
    const around = this.#around;
    const { now, observer, log } = around;
    log.effect(now, this.index, effect);
    switch (effect.type) {
      case 'channel-send': {
        const end = this.ends.get(effect.channel);
        if (end === undefined) return;
        around.medium.send(end, effect.bytes, now);
        if (!this.#touched.includes(end)) this.#touched.push(end);
        return;
      }
      case 'channel-datagram': {
        const end = this.ends.get(effect.channel);
        if (end !== undefined) around.medium.sendDatagram(end, effect.bytes, now);
        return;
      }
      case 'channel-close': {
        const end = this.ends.get(effect.channel);
        if (end === undefined) return;
        this.ends.delete(effect.channel);
        around.medium.close(end, now);
        return;
      }
      case 'connect':
        this.#calls.call(effect.peer, effect.way);
        return;
      case 'signal':
        this.#calls.heard(effect.from, effect.signal, 'mesh');
        return;
      case 'deliver':
        observer.delivered(this, effect, now);
        this.application.deliver(effect, now);
        return;
      case 'settled':
        observer.settled(this, effect.tokens, effect.failure, now);
        return;
      case 'answered':
        observer.answered(this, effect.token, effect.body, now);
        return;
      case 'joined':
        if (effect.member.id === this.id) return;
        this.memberIds.add(effect.member.id);
        observer.joined(this, effect.member.id, now);
        return;
      case 'left':
        this.memberIds.delete(effect.id);
        observer.left(this, effect.id, effect.reason, now);
        return;
      case 'missed':
        observer.missed(this, effect.source, effect.frames);
        return;
      case 'replaced':
        this.#end('replaced');
        return;
      case 'restart':
      case 'table':
      case 'members-changed':
      case 'refused':
      case 'away':
      case 'trace':
      case 'log':
        return;
    }
  }

  /** Its Worker answers a SYN at once, whatever the main thread does. */
  #probed(bytes: Uint8Array, end: ChannelEnd): void {
    if (!this.answersProbes || !this.hasRunningWorker) return;
    if (bytes[0] !== SYN || bytes.length !== DATAGRAM_BYTES) return;
    const answer = bytes.slice();
    answer[0] = ACK;
    this.#around.medium.sendDatagram(end, answer, this.#around.now);
  }

  #tellFill(): void {
    for (const end of this.#touched) {
      if (!end.isOpen) continue;
      const bufferedBytes = this.#around.medium.bufferedBytes(end, this.#around.now);
      this.#next.push({ type: 'channel-fill', channel: end.channel, bufferedBytes });
    }
    this.#touched.length = 0;
  }

  /** One wake is planned at a time; one that comes too early finds nothing due and plans the next. */
  #planWake(): void {
    const { now, queue } = this.#around;
    const { nextWakeAt } = this.mesh;
    if (nextWakeAt === Number.POSITIVE_INFINITY) return;
    let at = Math.ceil((nextWakeAt - this.#clockOffset) * TICKS_PER_MS) / TICKS_PER_MS;
    if (at <= now) at = now + 1 / TICKS_PER_MS;
    if (this.timerGrainMs > 0) at = Math.ceil(at / this.timerGrainMs) * this.timerGrainMs;
    if (at >= this.#wakeAt) return;
    if (this.timersLateByMs > 0) at += this.timersLateByMs * uniform(this.#random);
    this.#wakeAt = at;
    this.#wakeOrder = queue.pushWake(at, this);
  }
}
