/**
 * Questions waiting for their answers. A request is a message with an id; the answer carries the id back. Each one ends:
 * with the answer, the other side's error, a failed send, a timeout, the target's leaving, a cancellation, or our closing.
 */
import type { LeafcutterError } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { RequestFailedError, RequestTimeoutError } from '../errors.ts';

interface Pending {
  readonly target: NodeId;
  readonly name: string;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly resolve: (body: Uint8Array) => void;
  readonly reject: (error: LeafcutterError) => void;
}

const MAX_REQUEST_ID = 0xffff_ffff;

export class Requests {
  readonly #pending = new Map<number, Pending>();
  #nextId: number;
  #nextDeadlineMs = Number.POSITIVE_INFINITY;

  /** `firstId`: any number of 32 bits; ids of an earlier life should not come again soon. */
  constructor(firstId: number) {
    this.#nextId = firstId >>> 0;
  }

  /** At most this late `wake` wants to be called. */
  get deadlineMs(): number {
    return this.#nextDeadlineMs;
  }

  /** Opens a request. Exactly one of `resolve` and `reject` will be called, once. */
  open(request: Omit<Pending, 'deadlineMs'>, now: number): number {
    while (this.#pending.has(this.#nextId)) this.#advance();
    const id = this.#nextId;
    this.#advance();
    const deadlineMs = now + request.timeoutMs;
    this.#pending.set(id, { ...request, deadlineMs });
    this.#nextDeadlineMs = Math.min(this.#nextDeadlineMs, deadlineMs);
    return id;
  }

  /** An answer; ignored unless it comes from the one who was asked. */
  answered(from: NodeId, id: number, body: Uint8Array): void {
    this.#take(id, from)?.resolve(body);
  }

  refused(from: NodeId, id: number, reason: string): void {
    const pending = this.#take(id, from);
    pending?.reject(new RequestFailedError(pending.target, pending.name, reason));
  }

  /** It could not be sent, or nobody waits for it any more. */
  failed(id: number, error: LeafcutterError): void {
    this.#take(id)?.reject(error);
  }

  dropPeer(peer: NodeId, error: LeafcutterError): void {
    for (const [id, { target }] of this.#pending) if (target === peer) this.failed(id, error);
  }

  dropAll(error: LeafcutterError): void {
    for (const id of [...this.#pending.keys()]) this.failed(id, error);
  }

  /** Ends what is overdue; answers with the next deadline. */
  wake(now: number): number {
    if (now < this.#nextDeadlineMs) return this.#nextDeadlineMs;
    this.#nextDeadlineMs = Number.POSITIVE_INFINITY;
    for (const [id, { target, name, timeoutMs, deadlineMs }] of [...this.#pending]) {
      if (deadlineMs <= now) this.failed(id, new RequestTimeoutError(target, name, timeoutMs));
      else this.#nextDeadlineMs = Math.min(this.#nextDeadlineMs, deadlineMs);
    }
    return this.#nextDeadlineMs;
  }

  #take(id: number, from?: NodeId): Pending | undefined {
    const pending = this.#pending.get(id);
    if (!pending || (from !== undefined && pending.target !== from)) return undefined;
    this.#pending.delete(id);
    return pending;
  }

  #advance(): void {
    this.#nextId = this.#nextId === MAX_REQUEST_ID ? 0 : this.#nextId + 1;
  }
}
