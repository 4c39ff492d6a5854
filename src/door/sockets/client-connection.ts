/**
 * Does what a NatsClient decides: writes to the socket, speaks with the Broker, wakes it in time. What the Broker says within one turn is
 * handled at its end, in one go, and becomes one write.
 */
import { Alarm, type Clock, type Timers } from '../../runtime/index.ts';
import type { Broker, BrokerConnection, BrokerVerb } from '../../services/pubsub/index.ts';
import type { DoorAnswer } from '../answers.ts';
import type { NatsClientOptions, NatsEffect, NatsEvent } from '../client-events.ts';
import { NatsClient } from '../client-state.ts';
import type { Wire, WireListener } from './wire.ts';

/** Answers to what it says itself that a client may leave unread; then it is not read either. Above a Broker's window. */
const MAX_UNREAD_BYTES = 1024 * 1024;

export interface ConnectionDependencies {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly client: Omit<NatsClientOptions, 'takesGroup'>;
  publish(answer: DoorAnswer): void;
  ended(connection: ClientConnection, reason: string): void;
}

export class ClientConnection implements WireListener {
  readonly id: number;
  readonly wire: Wire;
  readonly client: NatsClient;
  readonly startedAtMs: number;
  readonly #dependencies: ConnectionDependencies;
  readonly #alarm: Alarm;
  #lastActivityMs: number;
  /** From its first word on. */
  #broker: BrokerConnection | undefined;
  #heard: BrokerVerb[] = [];
  #isWaitingForRoom = false;
  #isClogged = false;
  #hasEnded = false;

  constructor(wire: Wire, dependencies: ConnectionDependencies) {
    const { broker, clock, timers, client } = dependencies;
    this.wire = wire;
    this.#dependencies = dependencies;
    this.id = client.clientId;
    this.startedAtMs = clock.now();
    this.#lastActivityMs = this.startedAtMs;
    const takesGroup = (queue: string): boolean => broker.takesGroup(queue);
    this.client = new NatsClient({ ...client, takesGroup }, this.startedAtMs);
    this.#alarm = new Alarm(clock, timers, () => {
      this.handle({ type: 'wake' });
      return this.client.nextWakeAt;
    });
  }

  /** For monitors; undefined before its first word. */
  get brokerConnection(): BrokerConnection | undefined {
    return this.#broker;
  }

  get lastActivityMs(): number {
    return this.#lastActivityMs;
  }

  bytes(chunk: Uint8Array): void {
    this.#lastActivityMs = this.#dependencies.clock.now();
    this.handle({ type: 'bytes', bytes: chunk });
  }

  closed(reason: string): void {
    this.#finish(reason);
  }

  handle(event: NatsEvent): void {
    if (this.#hasEnded) return;
    for (const effect of this.client.handle(event, this.#dependencies.clock.now())) this.#perform(effect);
    if (this.#hasEnded) return;
    this.#alarm.at(this.client.nextWakeAt);
    this.#askForRoom();
  }

  #perform(effect: NatsEffect): void {
    switch (effect.type) {
      case 'write':
        this.#write(effect.pieces, effect.taken);
        break;
      case 'say':
        this.#broker ??= this.#dependencies.broker.connect({ hear: (verb) => this.#hear(verb) });
        this.#broker.say(effect.verb);
        break;
      case 'answer':
        this.#dependencies.publish(effect);
        break;
      case 'pause':
        this.wire.pause();
        break;
      case 'resume':
        this.wire.resume();
        break;
      case 'end':
        this.wire.end();
        this.#finish(effect.reason);
        break;
    }
  }

  #write(pieces: readonly Uint8Array[], taken: number): void {
    const out = (): void => {
      if (taken > 0) this.#broker?.taken(taken);
      if (this.#isClogged && this.wire.pendingBytes <= MAX_UNREAD_BYTES) {
        this.#isClogged = false;
        this.handle({ type: 'clear' });
      }
    };
    if (pieces.length === 0) {
      out();
      return;
    }
    this.wire.write(pieces, out);
    if (this.#isClogged || this.wire.pendingBytes <= MAX_UNREAD_BYTES) return;
    this.#isClogged = true;
    queueMicrotask(() => this.handle({ type: 'clogged' }));
  }

  #hear(verb: BrokerVerb): void {
    if (this.#hasEnded) return;
    this.#heard.push(verb);
    if (this.#heard.length === 1) queueMicrotask(() => this.#handleHeard());
  }

  #handleHeard(): void {
    const verbs = this.#heard;
    this.#heard = [];
    if (verbs.length > 0) this.handle({ type: 'heard', verbs });
  }

  /** A publisher that is faster than the mesh waits in its own socket. */
  #askForRoom(): void {
    const room = this.#isWaitingForRoom ? undefined : this.#broker?.room();
    if (!room) return;
    this.#isWaitingForRoom = true;
    this.handle({ type: 'full' });
    void room.then(() => {
      this.#isWaitingForRoom = false;
      this.handle({ type: 'room' });
    });
  }

  #finish(reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#alarm.stop();
    this.#heard = [];
    // First, for its counters end with it.
    this.#dependencies.ended(this, reason);
    this.#broker?.say({ type: 'close', reason });
  }
}
