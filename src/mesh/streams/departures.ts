/**
 * What leaves: messages, requests and answers become messages in the windows of their streams, and each of them ends once. A
 * token stands for one until it has settled.
 */
import type { NodeId } from '../../wire/index.ts';
import { MAX_MESSAGE_BYTES } from '../contract.ts';
import type { AnswerEvent, Failure, Path, RequestEvent, SendEvent, StreamId, Token } from '../vocabulary.ts';
import {
  MESSAGE_OVERHEAD_BYTES,
  type MeshMessage,
  type PreparedMessage,
  prepareMessage,
} from '../window/index.ts';
import type { Output } from './output.ts';
import type { OutgoingMessage, Peer, Sending, SendingHost, Ticket } from './peer.ts';
import type { Positions } from './positions.ts';
import { type PendingRequest, Requests } from './requests.ts';
import type { Schedule } from './schedule.ts';
import { answersOf } from './stream-number.ts';

/** An answer whose stream makes no progress for so long is given up; its asker has done so before. */
const ANSWER_TIMEOUT_MS = 60_000;
/** What is no larger frees little when it is acknowledged, and shares a channel message with other frames. */
export const SMALL_BYTES = 8 * 1024;

export interface DeparturesHost {
  readonly self: NodeId;
  readonly firstRequestId: number;
  readonly mayReuseFrames: boolean;
  readonly output: Output;
  readonly schedule: Schedule;
  peer(id: NodeId): Peer | undefined;
  hasPath(id: NodeId): boolean;
  /** Its session goes on, if it rested. */
  wakeUp(peer: Peer): void;
  transmit(peer: Peer, frame: Uint8Array, path: Path): boolean;
  /** An answer is no longer in the peer's account. */
  answerLeft(peer: Peer): void;
}

/** What a token stands for. */
interface Waiting {
  readonly sending: Sending;
  readonly outgoing: OutgoingMessage;
  readonly requestId: number | undefined;
}

export class Departures implements SendingHost {
  readonly #host: DeparturesHost;
  readonly #waiting = new Map<Token, Waiting>();
  readonly #requests: Requests;
  #sendings = 0;
  /** Where new windows begin: their peer may know the stream from one that we have forgotten. */
  #begin = 0;

  constructor(host: DeparturesHost) {
    this.#host = host;
    this.#requests = new Requests(host.firstRequestId);
  }

  /** Its windows go, its session may go on: whoever begins again begins where its receiver has seen nothing yet. */
  forget(peer: Peer): void {
    for (const { window } of peer.senders.values()) this.#begin = Math.max(this.#begin, window.next);
    if (peer.positions) this.beginBeyond(peer.positions);
    this.end(peer, { reason: 'reset' });
  }

  /** Where these streams stood is forgotten. */
  beginBeyond(positions: Positions): void {
    for (const next of positions.outgoing.values()) this.#begin = Math.max(this.#begin, next);
  }

  get mayReuseFrames(): boolean {
    return this.#host.mayReuseFrames;
  }

  /** When `expire` wants to be called. */
  get deadlineMs(): number {
    return this.#requests.deadlineMs;
  }

  send(event: SendEvent, t: number): void {
    const { token, target, stream, message, timeoutMs, isAwaited = true } = event;
    const prepared = this.#prepare(token, message);
    const peer = prepared && this.#reachable(token, target);
    const ticket = { type: 'send', token, isAwaited } as const;
    if (prepared && peer) this.#enqueue(peer, stream, prepared, ticket, timeoutMs, t);
  }

  request(event: RequestEvent, t: number): void {
    const { token, target, stream, name, body, timeoutMs, longestMs } = event;
    const peer = this.#reachable(token, target);
    if (!peer) return;
    const { id } = this.#requests.open(
      { token, target, answers: answersOf(stream), timeoutMs, longestMs },
      t,
    );
    const prepared = this.#prepare(token, { kind: 'request', name, requestId: id, body });
    if (prepared) this.#enqueue(peer, stream, prepared, { type: 'request', id }, timeoutMs, t);
    else this.#requests.end(id);
  }

  answer({ to, stream, requestId, answer }: AnswerEvent, t: number): void {
    const peer = this.#host.peer(to);
    if (!peer?.served.finish(requestId)) return; // of an earlier life, or never asked
    if (peer.isResting) {
      this.#host.answerLeft(peer); // nobody hears it, but one less is at work
      return;
    }
    let message: MeshMessage =
      'body' in answer
        ? { kind: 'response', requestId, body: answer.body }
        : { kind: 'error', requestId, reason: answer.error };
    const bytes = 'body' in answer ? answer.body.length : answer.error.length;
    if (bytes > MAX_MESSAGE_BYTES) {
      message = { kind: 'error', requestId, reason: `the answer has ${bytes} bytes; share it as a Blob` };
    } else if (!peer.served.mayWait(bytes + MESSAGE_OVERHEAD_BYTES)) {
      message = { kind: 'error', requestId, reason: 'too much is waiting for you' };
    }
    const prepared = prepareMessage(message);
    const cost = prepared.body.length + MESSAGE_OVERHEAD_BYTES;
    peer.served.waits(cost);
    this.#enqueue(peer, answersOf(stream), prepared, { type: 'answer', cost }, ANSWER_TIMEOUT_MS, t);
    this.#host.answerLeft(peer); // one less is at work
  }

  cancel(token: Token): void {
    this.#giveUp(token, { reason: 'cancelled' });
  }

  /** Ends the requests that are overdue. */
  expire(t: number): void {
    for (const { token, timeoutMs } of this.#requests.expired(t, (one) => this.#movedAtMs(one))) {
      this.#giveUp(token, { reason: 'timed-out', afterMs: timeoutMs });
    }
  }

  #movedAtMs({ target, answers }: PendingRequest): number {
    return this.#host.peer(target)?.inbound.get(answers)?.movedAtMs ?? Number.NEGATIVE_INFINITY;
  }

  isAwaited(peer: Peer, requestId: number): boolean {
    return this.#requests.get(requestId)?.target === peer.id;
  }

  answered(peer: Peer, message: MeshMessage): void {
    if (message.kind !== 'response' && message.kind !== 'error') return;
    const request = this.#requests.end(message.requestId, peer.id);
    if (!request) return; // late, or not theirs to answer
    this.#waiting.delete(request.token);
    if (message.kind === 'response') {
      this.#host.output.push({ type: 'answered', token: request.token, body: message.body });
    } else this.#host.output.settled(request.token, { reason: 'refused', because: message.reason });
  }

  /** Everything pending to this peer fails. */
  fail(peer: Peer, failure: Failure): void {
    for (const { window } of peer.senders.values()) window.fail(failure);
    for (const request of this.#requests.endOf(peer.id)) this.#requestFailed(request, failure);
  }

  /** The peer's session is over: everything fails, and its windows are gone. */
  end(peer: Peer, failure: Failure): void {
    this.fail(peer, failure);
    peer.senders.clear();
    peer.served.forget();
  }

  close(peers: Iterable<Peer>): void {
    for (const peer of peers) this.fail(peer, { reason: 'closed' });
  }

  transmit(peer: Peer, frame: Uint8Array, path: Path): boolean {
    return this.#host.transmit(peer, frame, path);
  }

  settled(peer: Peer, ticket: Ticket, failure: Failure | undefined): void {
    switch (ticket.type) {
      case 'send':
        this.#waiting.delete(ticket.token);
        this.#host.output.settled(ticket.token, failure);
        break;
      case 'request': {
        const request = failure && this.#requests.end(ticket.id);
        if (failure && request) this.#requestFailed(request, failure);
        break;
      }
      case 'answer':
        peer.served.left(ticket.cost);
        this.#host.answerLeft(peer);
        break;
    }
  }

  #prepare(token: Token, message: MeshMessage): PreparedMessage | undefined {
    const bytes = 'body' in message ? message.body.length : 0;
    if (bytes > MAX_MESSAGE_BYTES) {
      this.#host.output.settled(token, { reason: 'too-large', bytes, limit: MAX_MESSAGE_BYTES });
      return undefined;
    }
    try {
      return prepareMessage(message);
    } catch (error) {
      // A name that is none: the driver checks names, so this is for whoever forgot to.
      const because = error instanceof Error ? error.message : 'bad message';
      this.#host.output.settled(token, { reason: 'refused', because });
      return undefined;
    }
  }

  #reachable(token: Token, target: NodeId): Peer | undefined {
    const peer = this.#host.peer(target);
    if (peer && (!peer.isResting || this.#host.hasPath(target))) {
      this.#host.wakeUp(peer);
      return peer;
    }
    this.#host.output.settled(token, { reason: 'unreachable' });
    return undefined;
  }

  #enqueue(
    peer: Peer,
    stream: StreamId,
    message: PreparedMessage,
    ticket: Ticket,
    timeoutMs: number,
    t: number,
  ): void {
    let sending = peer.senders.get(stream);
    sending ??= peer.sending(this.#host.self, stream, ++this.#sendings, this.#begin, this);
    // Who answers waits for nothing. Who asks does: on a slow Link the acknowledgement would come behind the whole of a large answer.
    const isAnswer = ticket.type === 'answer';
    const isAwaited =
      ticket.type === 'send' ? ticket.isAwaited : !isAnswer || message.bodyBytes > SMALL_BYTES;
    const outgoing = sending.window.enqueue(message, ticket, timeoutMs, t, isAwaited);
    if (ticket.type === 'send') this.#waiting.set(ticket.token, { sending, outgoing, requestId: undefined });
    if (ticket.type === 'request') {
      const token = this.#requests.get(ticket.id)?.token;
      if (token !== undefined) this.#waiting.set(token, { sending, outgoing, requestId: ticket.id });
    }
    this.#host.schedule.mark(sending);
  }

  #giveUp(token: Token, failure: Failure): void {
    const waiting = this.#waiting.get(token);
    if (!waiting) return;
    this.#waiting.delete(token);
    if (waiting.requestId !== undefined) this.#requests.end(waiting.requestId);
    waiting.sending.window.cancel(waiting.outgoing);
    this.#host.schedule.mark(waiting.sending); // what was half sent is abandoned on the wire too
    this.#host.output.settled(token, failure);
  }

  #requestFailed({ token }: PendingRequest, failure: Failure): void {
    this.#waiting.delete(token);
    this.#host.output.settled(token, failure);
  }
}
