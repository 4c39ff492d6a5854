/** Test support: a window's two halves with a hostile network between them, in virtual time. One seed, one run. */
import { integerBelow, type Random, seededRandom, uniform } from '../../runtime/index.ts';
import { frameBody, newNodeId, parseFrameHeader } from '../../wire/index.ts';
import type { Failure, LinkId, Path, StreamId } from '../vocabulary.ts';
import { type MeshMessage, type Outgoing, prepareMessage, WindowReceiver, WindowSender } from './index.ts';

export interface Weather {
  /** Probabilities per frame, both ways. */
  readonly loss: number;
  readonly duplication: number;
  /** One-way delay: uniform in this range, so frames overtake each other. */
  readonly delayMs: readonly [number, number];
}

/** How long an acknowledgement may be owed. */
const ACKNOWLEDGEMENT_DELAY_MS = 25;

export const CALM: Weather = { loss: 0, duplication: 0, delayMs: [5, 5] };

export interface PairOptions {
  readonly packetBytes?: number;
  readonly queueBytes?: number;
  readonly sendTimeoutMs?: number;
  /** What the receiver may keep in slots and half messages. */
  readonly roomBytes?: number;
  /** Default: over relays. */
  readonly isDirect?: boolean;
}

export class LossyPair {
  readonly random: Random;
  readonly sender: WindowSender<number>;
  receiver: WindowReceiver;
  readonly received: MeshMessage[] = [];
  readonly settled = new Map<number, Failure | undefined>();
  readonly sentFrames: Uint8Array[] = [];
  nowMs = 0;
  weather: Weather;
  /** While false the application takes nothing. */
  isReading = true;
  /** While true, everything in either direction is lost. */
  isCut = false;
  /** What the receiver may keep now. */
  roomBytes: number;
  maxInFlight = 0;
  #events: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];
  #order = 0;
  readonly #options: PairOptions;
  readonly #address;
  readonly #waiting: { readonly message: MeshMessage; readonly cost: number }[] = [];
  #waitingBytes = 0;

  constructor(seed: number, weather: Weather = CALM, options: PairOptions = {}) {
    this.random = seededRandom(seed);
    this.weather = weather;
    this.#options = options;
    this.roomBytes = options.roomBytes ?? 8 * 1024 * 1024;
    const source = newNodeId(this.random);
    const target = newNodeId(this.random);
    this.#address = { source, target, stream: 7 as StreamId, session: 99 };
    const { packetBytes } = options;
    this.sender = new WindowSender<number>(
      packetBytes === undefined ? this.#address : { ...this.#address, packetBytes },
      {
        transmit: (frame) => {
          this.sentFrames.push(frame);
          this.#transmit(frame, (bytes) => this.#arriveAtReceiver(bytes));
          return true;
        },
        settled: (token, failure) => {
          if (this.settled.has(token)) throw new Error(`message ${token} settled twice`);
          this.settled.set(token, failure);
        },
      },
    );
    this.receiver = this.#newReceiver();
  }

  #newReceiver(): WindowReceiver {
    const { source, target } = this.#address;
    const { queueBytes = 256 * 1024 } = this.#options;
    return new WindowReceiver(
      { ...this.#address, source: target, target: source },
      {
        room: () => this.roomBytes - this.receiver.keptBytes,
        mayDeliver: () => this.#waitingBytes < queueBytes,
        mayAssemble: () => 'yes',
        deliver: (message, cost) => {
          this.#waiting.push({ message, cost });
          this.#waitingBytes += cost;
          return true;
        },
      },
    );
  }

  get undelivered(): number {
    return this.#waiting.length;
  }

  /** The receiving Node forgets everything about this stream. */
  forget(): void {
    this.receiver.forget();
  }

  enqueue(message: MeshMessage, token: number): Outgoing<number> {
    const { sendTimeoutMs = 60_000 } = this.#options;
    return this.sender.enqueue(prepareMessage(message), token, sendTimeoutMs, this.nowMs);
  }

  get path(): Path {
    return this.#options.isDirect
      ? { type: 'direct', link: 1 as LinkId }
      : { type: 'relayed', nextHop: this.#address.target };
  }

  pump(): void {
    this.sender.pump(this.nowMs, this.path);
    const busy = this.sender.snapshot().slots.filter((slot) => slot.state !== 'empty').length;
    this.maxInFlight = Math.max(this.maxInFlight, busy);
  }

  /** The application reads what there is; an acknowledgement may follow. */
  read(most = Number.POSITIVE_INFINITY): void {
    for (let i = 0; i < most; i++) {
      const first = this.#waiting.shift();
      if (!first) break;
      this.#waitingBytes -= first.cost;
      this.received.push(first.message);
      this.receiver.resume();
    }
    this.acknowledge();
  }

  acknowledge(): void {
    const frame = this.receiver.takeAcknowledgement();
    if (frame) this.#transmit(frame, (bytes) => this.#arriveAtSender(bytes));
    if (!this.receiver.isAcknowledgementOwed) return;
    this.#at(this.nowMs + ACKNOWLEDGEMENT_DELAY_MS, () => {
      this.receiver.hasten();
      if (this.receiver.isAcknowledgementDue) this.acknowledge();
    });
  }

  /** Runs until nothing is left to happen or the time is reached. */
  run(untilMs = this.nowMs + 300_000): void {
    for (let steps = 0; ; steps++) {
      if (steps > 300_000) throw new Error(`still busy at ${this.nowMs} ms: the pair does not come to rest`);
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
    this.nowMs = untilMs;
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
    this.receiver.onPacket(header.index, frameBody(frame));
    if (this.isReading) this.read();
    else this.acknowledge();
  }

  #arriveAtSender(frame: Uint8Array): void {
    const header = parseFrameHeader(frame);
    if (typeof header === 'string') throw new Error(`the receiver made a bad frame: ${header}`);
    this.sender.acknowledge(frameBody(frame), this.nowMs);
    this.pump();
  }
}
