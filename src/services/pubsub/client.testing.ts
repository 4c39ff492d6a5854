/** Test support: a client of a Broker that writes down what it hears. */
import type {
  AckOutcome,
  Broker,
  BrokerConnection,
  BrokerVerb,
  ConnectOptions,
  SlowPolicy,
  SubscriptionId,
} from './contract.ts';
import { messageWeight } from './contract.ts';
import { pattern, subject } from './subject.ts';

export type Heard = Extract<BrokerVerb, { readonly type: 'msg' }>;

export interface PubOptions {
  readonly reply?: string;
  readonly headers?: string;
  readonly ack?: number;
}

export class TestClient {
  readonly connection: BrokerConnection;
  readonly heard: BrokerVerb[] = [];
  /** While it does not read, nothing is taken. */
  isReading = true;
  #untaken = 0;
  /** What it does with each message. */
  onMessage: ((message: Heard) => void) | undefined;
  /** And with each ack. */
  onAck: ((token: number, outcome: AckOutcome) => void) | undefined;

  constructor(broker: Pick<Broker, 'connect'>, options: Partial<ConnectOptions> = {}, kin?: TestClient) {
    this.connection = broker.connect({ hear: (verb) => this.#hear(verb) }, kin?.connection);
    const defaults = { name: 'test', echo: true, headers: true, noResponders: true };
    this.connection.say({ type: 'connect', options: { ...defaults, ...options } });
  }

  sub(
    sid: string,
    text: string,
    options: { readonly queue?: string; readonly ack?: number; readonly slow?: SlowPolicy } = {},
  ): void {
    this.connection.say({
      ...{ type: 'sub', sid: sid as SubscriptionId, pattern: pattern(text) },
      ...{ queue: options.queue, ack: options.ack, slow: options.slow },
    });
  }

  unsub(sid: string, max?: number): void {
    this.connection.say({ type: 'unsub', sid: sid as SubscriptionId, max });
  }

  pub(text: string, payload: string | Uint8Array = '', { reply, headers, ack }: PubOptions = {}): void {
    this.connection.say({
      ...{ type: 'pub', subject: subject(text), ack },
      reply: reply === undefined ? undefined : subject(reply),
      headers: headers === undefined ? undefined : utf8.encode(headers),
      payload: typeof payload === 'string' ? utf8.encode(payload) : payload,
    });
  }

  get messages(): readonly Heard[] {
    return this.heard.filter((verb) => verb.type === 'msg');
  }

  /** As `sid subject payload`. */
  get lines(): readonly string[] {
    return this.messages.map(({ sid, subject, payload }) => `${sid} ${subject} ${text(payload)}`);
  }

  get payloads(): readonly string[] {
    return this.messages.map(({ payload }) => text(payload));
  }

  /** Of the acks with this token the last. */
  outcome(token: number): AckOutcome | undefined {
    const acks = this.heard.filter((verb) => verb.type === 'ack');
    return acks.findLast((ack) => ack.token === token)?.outcome;
  }

  get isClosed(): boolean {
    return this.heard.some(({ type }) => type === 'close');
  }

  /** Reads what lies here, and goes on. */
  read(): void {
    this.isReading = true;
    while (this.#untaken > 0) {
      const bytes = this.#untaken;
      this.#untaken = 0;
      this.connection.taken(bytes);
    }
  }

  #hear(verb: BrokerVerb): void {
    this.heard.push(verb);
    if (verb.type === 'ack') this.onAck?.(verb.token, verb.outcome);
    if (verb.type !== 'msg') return;
    this.#untaken += messageWeight(verb);
    this.onMessage?.(verb);
    if (!this.isReading) return;
    const bytes = this.#untaken;
    this.#untaken = 0;
    this.connection.taken(bytes);
  }
}

const utf8 = new TextEncoder();
export const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
