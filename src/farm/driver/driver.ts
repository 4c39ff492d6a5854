/** Performs what a FarmState decides: its time, its hands, and, by a port, its words to others and to people. */
import { Alarm, type Clock, log, type Random, type Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { JobId, JobKind } from '../contract.ts';
import type { FarmEffect, FarmEvent } from '../farm-events.ts';
import { FarmState } from '../farm-state.ts';
import type { FarmMessage } from '../messages.ts';
import type { FarmResult, OutgoingPart } from '../payload.ts';
import { Workshop } from './workshop.ts';

export interface DriverPort {
  tell(to: NodeId, message: FarmMessage): void;
  broadcast(message: FarmMessage): void;
  /** These two settle when it has arrived, or reject when it never will. */
  sendResult(to: NodeId, result: FarmResult): Promise<void>;
  sendPart(to: NodeId, part: OutgoingPart): Promise<void>;
  changed(id: JobId): void;
  removed(id: JobId): void;
  refused(id: JobId, reason: string): void;
  logTold(id: JobId): void;
  wishSettled(token: number, isFulfilled: boolean): void;
}

export interface DriverOptions {
  readonly self: NodeId;
  readonly clock: Clock;
  /** ms since 1970. */
  readonly wallClock: Clock;
  readonly timers: Timers;
  /** Fit for secrets, but in tests. */
  readonly random: Random;
  /** By name; more may come. */
  readonly kinds: ReadonlyMap<string, JobKind>;
}

const SECRET_BYTES = 32;
/** A device that slept, or set its clock: so much makes a difference to people. */
const CLOCK_STEP_MS = 500;

export class Driver {
  readonly state: FarmState;
  readonly #clock: Clock;
  readonly #wallClock: Clock;
  readonly #port: DriverPort;
  readonly #alarm: Alarm;
  readonly #workshop: Workshop;
  #aheadMs = 0;
  #isClosed = false;

  constructor({ self, clock, wallClock, timers, random, kinds }: DriverOptions, port: DriverPort) {
    this.#clock = clock;
    this.#wallClock = wallClock;
    this.#port = port;
    this.state = new FarmState({ self, kinds, secret: random.bytes(SECRET_BYTES) });
    this.#alarm = new Alarm(clock, timers, () => {
      this.handle({ type: 'wake' });
      return this.state.nextWakeAt;
    });
    this.#workshop = new Workshop({
      clock,
      kinds,
      holders: (id) => this.state.holders(id),
      handle: (event) => this.handle(event),
    });
  }

  handle(event: FarmEvent): void {
    if (this.#isClosed) return;
    const nowMs = this.#clock.now();
    const aheadMs = this.#wallClock.now() - nowMs;
    if (Math.abs(aheadMs - this.#aheadMs) > CLOCK_STEP_MS) {
      this.#aheadMs = aheadMs;
      this.#act({ type: 'time-of-day', aheadMs }, nowMs);
    }
    this.#act(event, nowMs);
    this.#alarm.at(this.state.nextWakeAt);
  }

  #act(event: FarmEvent, nowMs: number): void {
    for (const effect of this.state.handle(event, nowMs)) this.#perform(effect);
  }

  close(): void {
    this.#isClosed = true;
    this.#alarm.stop();
    this.#workshop.close();
  }

  #perform(effect: FarmEffect): void {
    switch (effect.type) {
      case 'tell':
        this.#port.tell(effect.to, effect.message);
        return;
      case 'broadcast':
        this.#port.broadcast(effect.message);
        return;
      case 'send-result': {
        const { to, result, sending } = effect;
        const settled = (): void => this.handle({ type: 'result-settled', sending });
        this.#port.sendResult(to, result).then(settled, settled);
        return;
      }
      case 'send-part': {
        const { to, part: sent } = effect;
        const { id, part } = sent;
        const settled = (hasArrived: boolean): void =>
          this.handle({ type: 'part-settled', to, id, part, hasArrived });
        this.#port.sendPart(to, sent).then(
          () => settled(true),
          () => settled(false),
        );
        return;
      }
      case 'open':
        void this.#workshop.open(effect.job);
        return;
      case 'shut':
        this.#workshop.shut(effect.id);
        return;
      case 'prepare':
        void this.#workshop.prepare(effect.id, effect.worker);
        return;
      case 'run':
        void this.#workshop.run(effect.id, effect.worker, effect.task, effect.range);
        return;
      case 'changed':
        this.#port.changed(effect.id);
        return;
      case 'removed':
        this.#port.removed(effect.id);
        return;
      case 'log-told':
        this.#port.logTold(effect.id);
        return;
      case 'refused':
        this.#port.refused(effect.id, effect.reason);
        return;
      case 'wish-settled':
        this.#port.wishSettled(effect.token, effect.isFulfilled);
        return;
      case 'log':
        log('warn', effect.text);
        return;
    }
  }
}
