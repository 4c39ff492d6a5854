/** Test support: a window's two halves with a hostile network between them, in virtual time. One seed, one run. */
import { integerBelow, type Random, seededRandom, uniform } from '../../runtime/index.ts';
import { frameBody, newNodeId, parseFrameHeader } from '../../wire/index.ts';
import type { StreamId } from '../contract.ts';
import {
  type MeshMessage,
  WindowReceiver,
  type WindowReceiverOptions,
  WindowSender,
  type WindowSenderOptions,
} from './index.ts';
import type { SenderEffect, WindowFailure } from './sender.ts';

export interface Weather {
  /** Probabilities per frame, both ways. */
  readonly loss: number;
  readonly duplication: number;
  /** One-way delay: uniform in this range, so frames overtake each other. */
  readonly delayMs: readonly [number, number];
}

export const CALM: Weather = { loss: 0, duplication: 0, delayMs: [5, 5] };

export class LossyPair {
  readonly random: Random;
  readonly sender: WindowSender<number>;
  receiver: WindowReceiver;
  readonly received: MeshMessage[] = [];
  readonly settled = new Map<number, WindowFailure | undefined>();
  readonly sentFrames: Uint8Array[] = [];
  nowMs = 0;
  weather: Weather;
  /** While false the application takes nothing. */
  isReading = true;
  /** While true, everything in either direction is lost. */
  isCut = false;
  maxInFlight = 0;
  #events: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];
  #order = 0;
  #epoch = 0;
  readonly #receiverOptions: WindowReceiverOptions;

  constructor(
    seed: number,
    weather: Weather = CALM,
    options: Partial<WindowSenderOptions> & Partial<WindowReceiverOptions> = {},
  ) {
    this.random = seededRandom(seed);
    this.weather = weather;
    const source = newNodeId(this.random);
    const self = newNodeId(this.random);
    const stream = 7 as StreamId;
    this.sender = new WindowSender({
      source,
      target: self,
      stream,
      nextEpoch: () => this.#epoch++,
      ...options,
    });
    this.#receiverOptions = { self, source, stream, ...options };
    this.receiver = new WindowReceiver(this.#receiverOptions);
  }

  /** The receiving Node forgets everything about this stream. */
  forget(): void {
    this.receiver = new WindowReceiver(this.#receiverOptions);
  }

  pump(): void {
    this.perform(this.sender.pump(this.nowMs));
  }

  perform(effects: readonly SenderEffect<number>[]): void {
    for (const effect of effects) {
      if (effect.type === 'send') {
        this.sentFrames.push(effect.frame);
        this.#transmit(effect.frame, (frame) => this.#arriveAtReceiver(frame));
      } else {
        for (const token of effect.tokens) {
          if (this.settled.has(token)) throw new Error(`message ${token} settled twice`);
          this.settled.set(token, effect.failure);
        }
      }
    }
    const busy = this.sender.snapshot().slots.filter((slot) => slot.state !== 'empty').length;
    this.maxInFlight = Math.max(this.maxInFlight, busy);
  }

  /** The application reads what there is; an acknowledgement may follow. */
  read(most = Number.POSITIVE_INFINITY): void {
    for (let i = 0; i < most; i++) {
      const message = this.receiver.take();
      if (!message) break;
      this.received.push(message);
    }
    this.acknowledge();
  }

  acknowledge(): void {
    const frame = this.receiver.takeAcknowledgement();
    if (frame) this.#transmit(frame, (bytes) => this.#arriveAtSender(bytes));
  }

  /** Runs until nothing is left to happen or the time is reached. */
  run(untilMs = Number.POSITIVE_INFINITY): void {
    for (let steps = 0; ; steps++) {
      if (steps > 2_000_000)
        throw new Error(`still busy at ${this.nowMs} ms: the pair does not come to rest`);
      const event = this.#events[0];
      const nextMs = Math.min(
        event?.atMs ?? Number.POSITIVE_INFINITY,
        Math.max(this.nowMs, this.sender.deadlineMs),
      );
      if (nextMs === Number.POSITIVE_INFINITY || nextMs > untilMs) break;
      this.nowMs = nextMs;
      if (event && event.atMs <= nextMs) {
        this.#events.shift();
        event.run();
      } else {
        this.pump();
      }
    }
    if (untilMs !== Number.POSITIVE_INFINITY) this.nowMs = untilMs;
  }

  #transmit(frame: Uint8Array, arrive: (frame: Uint8Array) => void): void {
    if (this.isCut) return;
    const copies = uniform(this.random) < this.weather.duplication ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      if (uniform(this.random) < this.weather.loss) continue;
      const [least, most] = this.weather.delayMs;
      const bytes = frame.slice();
      this.#at(this.nowMs + least + integerBelow(this.random, most - least + 1), () => {
        if (!this.isCut) arrive(bytes);
      });
    }
  }

  #at(atMs: number, run: () => void): void {
    const event = { atMs, order: this.#order++, run };
    let place = this.#events.length;
    while (place > 0 && (this.#events[place - 1]?.atMs ?? 0) > atMs) place--;
    this.#events.splice(place, 0, event);
  }

  #arriveAtReceiver(frame: Uint8Array): void {
    const header = parseFrameHeader(frame);
    if (typeof header === 'string') throw new Error(`the sender made a bad frame: ${header}`);
    this.receiver.onPacket(header, frameBody(frame));
    if (this.isReading) this.read();
    else this.acknowledge();
  }

  #arriveAtSender(frame: Uint8Array): void {
    const header = parseFrameHeader(frame);
    if (typeof header === 'string') throw new Error(`the receiver made a bad frame: ${header}`);
    this.perform(this.sender.onAcknowledgement(header.epoch, frameBody(frame), this.nowMs));
  }
}
