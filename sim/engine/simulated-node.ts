/**
 * One life of a Node in virtual time: the driver of a MeshState, as `Node` is in a page, and the machine around it with
 * what befalls it. Synchronous: an event, its effects, whatever they cause at once here, then `wake` while it is due.
 *
 * Frozen, nothing of it runs and what comes waits; busy, only its main thread stands still and its Worker answers probes.
 * Its clock is its own (own-timer.ts).
 */
import { WAKE } from '../../src/mesh/protocol.ts';
import type { ChannelId, MeshEffect, MeshEvent } from '../../src/mesh/vocabulary.ts';
import { type Random, uniform } from '../../src/runtime/index.ts';
import type { NodeId, Signal } from '../../src/wire/index.ts';
import { Application, type Habits } from './application.ts';
import { Calls } from './calls.ts';
import { ChannelEnds } from './channel-ends.ts';
import { OwnTimer } from './own-timer.ts';
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

/** A protocol that asks to be woken more often within one instant never comes to rest. */
const MAX_WAKES_AT_ONCE = 1000;
/** As long as Node keeps its connections after its farewell. */
const FAREWELL_MS = 100;

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
  readonly ends: ChannelEnds;
  readonly timer: OwnTimer;
  ended: Inhabitant['ended'];
  awakeSince: number;
  jumpedAt = Number.NEGATIVE_INFINITY;
  readonly #around: Surroundings;
  readonly #random: Random;
  #channels = 0;
  readonly #calls: Calls;
  #state: 'running' | 'busy' | 'frozen' = 'running';
  #frozenSince: number | undefined;
  /** What waits until it goes on. */
  #held: (() => void)[] = [];
  /** What effects of this turn cause here at once: the first so many. An array that is emptied loses its memory. */
  readonly #next: MeshEvent[] = [];
  #nextCount = 0;
  #isInTurn = false;
  /** It has left: its last words go out, and nothing else. */
  #isTakingLeave = false;

  constructor(around: Surroundings, options: SimulatedNodeOptions) {
    this.#around = around;
    this.#calls = new Calls(this, around);
    this.ends = new ChannelEnds(around.medium);
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
    this.timer = new OwnTimer(options.random);
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
    return this.timer.localTime(now);
  }

  happen(event: MeshEvent): void {
    this.receive(event, undefined);
  }

  happenLater(event: MeshEvent, delayMs: number): void {
    this.#around.queue.pushEvent(this.#around.now + delayMs, this, event);
  }

  opened(end: ChannelEnd): void {
    this.ends.opened(end);
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
    if (event.type === 'channel-datagram' && end !== undefined && this.answersProbes && this.hasRunningWorker)
      this.ends.answerProbe(end, event.bytes, this.#around.now);
    if (this.#state !== 'running') this.#held.push(() => this.#take(event, end));
    else if (this.#isInTurn) this.#later(event);
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
    if (!this.timer.isPlanned(order)) return;
    this.timer.forget();
    if (!this.#isActive || this.#state !== 'running') return; // planned again when it goes on
    this.#isInTurn = true;
    this.#rest();
  }

  /** Stands still until `goOn`. `isWhole`: the process, with its Worker; else the main thread. */
  standStill(isWhole: boolean): void {
    if (!this.isAlive) return;
    this.#state = isWhole ? 'frozen' : 'busy';
    this.awakeSince = this.#around.now;
    this.#frozenSince = isWhole ? this.awakeSince : undefined;
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
    this.timer.forget();
    if (this.isAlive) this.#planWake();
  }

  /** Its clock jumps, as when a machine wakes from sleep: it then looks at its timers. */
  jump(byMs: number): void {
    this.timer.jump(byMs);
    this.jumpedAt = this.#around.now;
    this.awakeSince = this.jumpedAt;
    if (this.isAlive) this.#planWake();
  }

  /** Dies without a word. */
  kill(): void {
    if (this.isAlive) this.#end('killed');
  }

  leave(): void {
    if (!this.isAlive) return;
    if (this.#state !== 'running') this.awakeSince = this.#around.now;
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
    const { now, queue, observer } = this.#around;
    this.ended = { by, at: now };
    this.#held.length = 0;
    if (by === 'killed') this.ends.vanish(now);
    else {
      this.#isTakingLeave = true;
      queue.pushTask(now + FAREWELL_MS, { run: (at) => this.#gone(at) });
    }
    this.#around.unregister(this, by === 'killed');
    observer.ended(this);
  }

  #gone(now: number): void {
    this.#isTakingLeave = false;
    this.ends.closeAll(now);
  }

  #take(event: MeshEvent, end: ChannelEnd | undefined): void {
    if (end !== undefined) {
      if (!end.isOpen) return;
      if (event.type === 'channel-closed') this.ends.closedByOther(end);
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
        if (!this.ends.areTouched) break;
        this.ends.tellFill(this.#later, this.#around.now);
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

  readonly #later = (event: MeshEvent): void => {
    this.#next[this.#nextCount++] = event;
  };

  #settleDown(): void {
    for (let i = 0; i < this.#nextCount; i++) this.#dispatch(this.#next[i] as MeshEvent); // below the count
    this.#nextCount = 0;
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
      case 'channel-send':
      case 'channel-datagram':
      case 'channel-close':
        this.ends.perform(effect, now);
        return;
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

  #planWake(): void {
    const { now, queue } = this.#around;
    this.timer.plan(this.mesh.nextWakeAt, now, (at) => queue.pushWake(at, this));
  }
}
