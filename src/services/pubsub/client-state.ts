/**
 * One client of a Broker: its subscriptions, and the one line in which everything for it waits. One line, because a publisher's messages
 * arrive in its order over all subjects; each subscription has a bound on what it may have in it. What the client has been given and
 * has not taken is its window: so much may lie in its hands, and no more.
 */
import { Fifo } from '../../runtime/index.ts';
import {
  type BrokerVerb,
  CLIENT_WINDOW_BYTES,
  type ClientStats,
  type ConnectOptions,
  ENTRY_BYTES,
  messageBytes,
  messageWeight,
  type SubscriptionId,
} from './contract.ts';
import type { Publication } from './publication.ts';
import type { Receipt } from './receipt.ts';
import type { Subscription } from './subscription.ts';

export type ClientId = number & { readonly brand: 'ClientId' };
export type ClientSubscription = Subscription<ClientState>;

/** Over all its subscriptions; nats-server's `max_pending`. */
const CLIENT_BYTES = 64 * 1024 * 1024;
/** So much that nobody wants any more may lie between; or as much as is wanted, where that is less. A walk along a full line then pays. */
const UNWANTED_BYTES = CLIENT_BYTES / 8;

const DEFAULTS: ConnectOptions = { name: '', echo: true, headers: false, noResponders: false };

interface Delivery {
  readonly subscription: ClientSubscription;
  readonly publication: Publication;
  /** Its weight. */
  readonly bytes: number;
  /** Were lost by that subscription just before it. */
  readonly lost: number;
}

export class ClientState {
  options = DEFAULTS;
  readonly id: ClientId;
  /** The same for connections of one and the same client. */
  readonly family: ClientId;
  readonly subscriptions = new Map<SubscriptionId, ClientSubscription>();
  readonly #tell: (verb: BrokerVerb) => void;
  readonly #line = new Fifo<Delivery>();
  #lineBytes = 0;
  /** Beside these: what lies in the line and is not wanted any more. */
  #unwantedBytes = 0;
  #givenBytes = 0;
  #inMessages = 0;
  #inBytes = 0;
  #outMessages = 0;
  #outBytes = 0;
  #lost = 0;
  #trackedBytes = 0;
  #isClosed = false;

  constructor(id: ClientId, family: ClientId, tell: (verb: BrokerVerb) => void) {
    this.id = id;
    this.family = family;
    this.#tell = tell;
  }

  get stats(): ClientStats {
    return {
      name: this.options.name,
      subscriptions: this.subscriptions.size,
      inMessages: this.#inMessages,
      outMessages: this.#outMessages,
      inBytes: this.#inBytes,
      outBytes: this.#outBytes,
      pendingBytes: this.#lineBytes + this.#givenBytes,
      lost: this.#lost,
    };
  }

  /** Of what it published and did not settle yet. */
  get trackedBytes(): number {
    return this.#trackedBytes;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  tell(verb: BrokerVerb): void {
    if (!this.#isClosed) this.#tell(verb);
  }

  /** Nothing reaches it any more. */
  close(): void {
    this.#isClosed = true;
    // Also of those that had all they asked for, and are listed no more.
    for (const { subscription } of this.#line.drain()) subscription.end();
    this.#lineBytes = 0;
    this.#unwantedBytes = 0;
  }

  /** What it published is kept until it is known what became of it. */
  tracked(bytes: number): void {
    this.#trackedBytes += bytes;
  }

  settled(bytes: number): void {
    this.#trackedBytes -= bytes;
  }

  published(bytes: number): void {
    this.#inMessages++;
    this.#inBytes += bytes;
  }

  /** Whether a message of so many bytes would be kept for that subscription. */
  hasRoom(subscription: ClientSubscription, bytes: number): boolean {
    if (this.#isPrompt) return true;
    return this.#lineBytes + bytes <= CLIENT_BYTES && subscription.hasRoomFor(bytes);
  }

  /** It goes into the line, or straight into the client's hands, or is lost for want of room. */
  deliver(subscription: ClientSubscription, publication: Publication, receipt: Receipt | undefined): void {
    const bytes = messageWeight(publication);
    if (!this.hasRoom(subscription, bytes)) {
      this.lose(subscription, 1);
      if (receipt) receipt.dropped++;
      return;
    }
    subscription.messages++;
    if (receipt) receipt.subscriptions++;
    const lost = subscription.takeLost();
    if (this.#isPrompt) {
      this.#give({ subscription, publication, bytes, lost });
      return;
    }
    subscription.waits(bytes, receipt);
    this.#lineBytes += bytes;
    this.#line.push({ subscription, publication: keepable(publication), bytes, lost });
  }

  lose(subscription: ClientSubscription, count: number): void {
    subscription.lost += count;
    this.#lost += count;
  }

  taken(bytes: number): void {
    this.#givenBytes = Math.max(0, this.#givenBytes - bytes);
    while (this.#givenBytes < CLIENT_WINDOW_BYTES) {
      const delivery = this.#line.shift();
      if (!delivery) return;
      if (delivery.subscription.isOver) {
        this.#unwantedBytes -= delivery.bytes;
        continue;
      }
      this.#lineBytes -= delivery.bytes;
      delivery.subscription.left(delivery.bytes);
      this.#give(delivery);
    }
  }

  /** What waits for a subscription that is not wanted any more goes from the line, once that is worth a walk along it: thousands may end one by one. */
  drop(subscription: ClientSubscription): void {
    this.subscriptions.delete(subscription.sid);
    this.#lineBytes -= subscription.pendingBytes;
    this.#unwantedBytes += subscription.pendingBytes;
    subscription.end();
    if (this.#unwantedBytes <= Math.min(this.#lineBytes, UNWANTED_BYTES)) return;
    this.#unwantedBytes = 0;
    for (const delivery of this.#line.drain()) if (!delivery.subscription.isOver) this.#line.push(delivery);
  }

  /** Nothing is in the line, and the client's hands are free. */
  get #isPrompt(): boolean {
    return this.#line.length === 0 && this.#givenBytes < CLIENT_WINDOW_BYTES;
  }

  #give({ subscription, publication, bytes, lost }: Delivery): void {
    this.#givenBytes += bytes;
    this.#outMessages++;
    this.#outBytes += messageBytes(publication);
    const { subject, reply, headers, payload, from } = publication;
    this.tell({
      type: 'msg',
      sid: subscription.sid,
      ...{ subject, reply, payload, from, lost },
      headers: this.options.headers ? headers : undefined,
    });
  }
}

/** Payloads are views of what came with them, a chunk of a socket or a packet, which must not stay for the sake of one that waits. */
function keepable(publication: Publication): Publication {
  const { headers, payload } = publication;
  const own = headers && ownBytes(headers);
  const ownPayload = ownBytes(payload);
  if (own === headers && ownPayload === payload) return publication;
  return { ...publication, headers: own, payload: ownPayload };
}

function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength > 2 * bytes.length + ENTRY_BYTES ? bytes.slice() : bytes;
}
