/**
 * One stream from a peer to us: its receiving window, what of it the application has not taken, and what it costs. Outlives the
 * peer's lives as long as the application has something of it to take.
 */

import type { NodeId } from '../../wire/index.ts';
import { read32 } from '../../wire/index.ts';
import type { StreamId } from '../vocabulary.ts';
import {
  assemblyBytes,
  type MeshMessage,
  type ReceiverHost,
  type Standing,
  type WindowAddress,
  WindowReceiver,
} from '../window/index.ts';
import type { Account, Promising } from './account.ts';
import type { Served } from './served.ts';
import { carriesAnswers } from './stream-number.ts';

/** Undelivered bytes at which the application counts as behind on a stream. Four full packets: it never starves while it keeps up. */
export const RECEIVE_QUEUE_BYTES = 256 * 1024;
const REQUEST_KIND = 1;

/** Whom a stream comes from, as far as it concerns the stream. */
export interface InboundOwner {
  readonly id: NodeId;
  readonly account: Account;
  readonly served: Served;
  /** Streams whose unpacking has stopped. */
  readonly held: { add(inbound: Inbound): unknown; delete(inbound: Inbound): unknown };
}

/** What a stream does with what it unpacks. */
export interface Recipient<Owner extends InboundOwner> {
  deliver(inbound: Inbound<Owner>, message: MeshMessage, cost: number): void;
  /** False when nobody here asked that. */
  isAwaited(peer: Owner, requestId: number): boolean;
  answered(peer: Owner, message: MeshMessage): void;
}

export class Inbound<Owner extends InboundOwner = InboundOwner> implements ReceiverHost, Promising {
  readonly peer: Owner;
  readonly stream: StreamId;
  readonly isForAnswers: boolean;
  readonly #recipient: Recipient<Owner>;
  #window: WindowReceiver;
  /** Costs and number of messages delivered and not taken. */
  #waitingBytes = 0;
  #waitingMessages = 0;
  #isPaused = false;
  #keptBytes = 0;
  #promisedBytes = 0;
  /** When something last moved: half messages that stand still are let go. */
  movedAtMs = 0;
  /** It is among those whose acknowledgement is due. */
  isQueued = false;

  constructor(
    peer: Owner,
    stream: StreamId,
    address: WindowAddress,
    recipient: Recipient<Owner>,
    standing?: Standing,
  ) {
    this.peer = peer;
    this.stream = stream;
    this.isForAnswers = carriesAnswers(stream);
    this.#recipient = recipient;
    this.#window = new WindowReceiver(address, this, standing);
  }

  get window(): WindowReceiver {
    return this.#window;
  }

  get promisedBytes(): number {
    return this.#window.promisedBytes;
  }

  /** Packets in slots and a half message. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  get isIdle(): boolean {
    const isSilent = !this.isQueued && !this.#window.isAcknowledgementOwed;
    return this.#waitingMessages === 0 && this.#keptBytes === 0 && isSilent;
  }

  /** Nothing is kept: what its window's standing says is all there is to know. */
  get isReplaceable(): boolean {
    return this.#waitingMessages === 0 && this.#keptBytes === 0 && this.#promisedBytes === 0;
  }

  get waitingMessages(): number {
    return this.#waitingMessages;
  }

  /** A new life of the peer: nothing of the old one but what the application has. */
  begin(address: WindowAddress): void {
    this.forget();
    this.#window = new WindowReceiver(address, this);
  }

  /** Lets go of packets and half messages. */
  forget(): void {
    this.#window.forget();
    this.account();
  }

  /** After the window was given something: brings the budget up to date. */
  account(): void {
    const { keptBytes, promisedBytes, isAssembling } = this.#window;
    if (keptBytes !== this.#keptBytes) {
      this.peer.account.kept(this, keptBytes - this.#keptBytes);
      this.#keptBytes = keptBytes;
    }
    // One that broke the rules as soon as it was admitted has changed neither, but has its place.
    const isOver = !isAssembling && this.peer.account.isBeyondLimit(this);
    if (promisedBytes !== this.#promisedBytes || isAssembling !== this.#wasAssembling || isOver) {
      this.peer.account.promised(this, this.#promisedBytes, this.#wasAssembling, isAssembling);
      this.#promisedBytes = promisedBytes;
      this.#wasAssembling = isAssembling;
    }
    if (this.#window.isHeld) this.peer.held.add(this);
    else this.peer.held.delete(this);
  }
  #wasAssembling = false;

  /** The application took `count` messages, which cost so much together. */
  taken(count: number, cost: number): void {
    this.#waitingBytes -= cost;
    this.#waitingMessages -= count;
    this.peer.account.taken(cost);
    // Resuming at half spares a pause and a resume for every message at the limit.
    if (this.#isPaused && this.#waitingBytes <= RECEIVE_QUEUE_BYTES / 2) this.#isPaused = false;
  }

  /** Unpacks more if that is possible now. */
  resume(): void {
    this.#window.resume();
    this.account();
  }

  room(): number {
    return this.peer.account.room(this);
  }

  mayDeliver(kind: number): boolean {
    if (this.isForAnswers) return true;
    if (this.#waitingBytes >= RECEIVE_QUEUE_BYTES) this.#isPaused = true;
    if (this.#isPaused || !this.peer.account.mayDeliver) return false;
    return kind !== REQUEST_KIND || this.peer.served.mayBegin;
  }

  mayAssemble(total: number, bytes: Uint8Array, start: number, end: number): 'yes' | 'wait' | 'skip' {
    if (this.isForAnswers) {
      if (end - start < 6) return 'skip';
      const id = read32(bytes, start + 2);
      if (!this.#recipient.isAwaited(this.peer, id)) return 'skip';
    }
    this.account();
    return this.peer.account.admits(this, assemblyBytes(total)) ? 'yes' : 'wait';
  }

  deliver(message: MeshMessage, cost: number): boolean {
    const isAnswer = message.kind === 'response' || message.kind === 'error';
    if (isAnswer !== this.isForAnswers) return false;
    if (isAnswer) {
      this.#recipient.answered(this.peer, message);
      return true;
    }
    if (message.kind === 'request' && !this.peer.served.begin(message.requestId, this.stream)) return false;
    this.#waitingBytes += cost;
    this.#waitingMessages++;
    this.peer.account.delivered(cost);
    this.#recipient.deliver(this, message, cost);
    return true;
  }
}
