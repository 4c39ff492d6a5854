/**
 * Questions waiting for their answers. A request is a message with an id; the answer carries the id back. Each one ends once:
 * with the answer, the other side's error, a failed send, a timeout, the target's leaving, a cancellation, or our closing. One that may wait
 * for longer does so while answers of its target move, for its own may be among them or behind them.
 * Deadlines lie in a heap whose settled entries are passed over, and swept out when they are the majority.
 */
import { Heap } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';
import type { StreamId, Token } from '../vocabulary.ts';

export interface PendingRequest {
  readonly id: number;
  readonly token: Token;
  readonly target: NodeId;
  /** Its answer comes on that stream. */
  readonly answers: StreamId;
  readonly timeoutMs: number;
  /** It ends by then, whatever moves. */
  readonly latestMs: number;
  readonly deadlineMs: number;
}

export interface Asking {
  readonly token: Token;
  readonly target: NodeId;
  readonly answers: StreamId;
  readonly timeoutMs: number;
  readonly longestMs?: number | undefined;
}

const MAX_REQUEST_ID = 0xffff_ffff;
/** Below so many entries a sweep is not worth it. */
const SWEEP_FROM = 64;

export class Requests {
  readonly #pending = new Map<number, PendingRequest>();
  readonly #byTarget = new Map<NodeId, Set<PendingRequest>>();
  #deadlines = deadlineHeap();
  #entries = 0;
  #nextId: number;

  /** `firstId`: any number of 32 bits; ids of an earlier life should not come again soon. */
  constructor(firstId: number) {
    this.#nextId = firstId >>> 0;
  }

  /** At most this late `expired` wants to be asked. */
  get deadlineMs(): number {
    return this.#deadlines.peek()?.deadlineMs ?? NEVER;
  }

  open({ token, target, answers, timeoutMs, longestMs = timeoutMs }: Asking, now: number): PendingRequest {
    while (this.#pending.has(this.#nextId)) this.#advance();
    const times = { timeoutMs, deadlineMs: now + timeoutMs, latestMs: now + Math.max(timeoutMs, longestMs) };
    const request = { id: this.#nextId, token, target, answers, ...times };
    this.#advance();
    this.#pending.set(request.id, request);
    const others = this.#byTarget.get(target);
    if (others) others.add(request);
    else this.#byTarget.set(target, new Set([request]));
    this.#deadlines.push(request);
    if (++this.#entries > SWEEP_FROM && this.#entries > 2 * this.#pending.size) this.#sweep();
    return request;
  }

  get(id: number): PendingRequest | undefined {
    return this.#pending.get(id);
  }

  /** Ends a request: undefined when it has ended before, or when it is another Node's to answer. */
  end(id: number, from?: NodeId): PendingRequest | undefined {
    const request = this.#pending.get(id);
    if (!request || (from !== undefined && request.target !== from)) return undefined;
    this.#pending.delete(id);
    const others = this.#byTarget.get(request.target);
    others?.delete(request);
    if (others?.size === 0) this.#byTarget.delete(request.target);
    return request;
  }

  /** Ends all to this target, in the order in which they were asked. */
  endOf(target: NodeId): PendingRequest[] {
    const ended = [...(this.#byTarget.get(target) ?? [])];
    for (const { id } of ended) this.end(id);
    return ended;
  }

  /** Ends what is overdue. @param movedAtMs when something of answers last came on that one's stream from its target */
  expired(now: number, movedAtMs: (request: PendingRequest) => number): PendingRequest[] {
    const expired: PendingRequest[] = [];
    for (let next = this.#deadlines.peek(); next; next = this.#deadlines.peek()) {
      const isPending = this.#pending.get(next.id) === next;
      if (isPending && next.deadlineMs > now) break;
      this.#deadlines.pop();
      this.#entries--;
      if (!isPending) continue;
      const deadlineMs = Math.min(next.latestMs, movedAtMs(next) + next.timeoutMs);
      if (deadlineMs > now) {
        this.#putOff(next, deadlineMs);
        continue;
      }
      this.end(next.id);
      expired.push(next);
    }
    return expired;
  }

  #putOff(request: PendingRequest, deadlineMs: number): void {
    const later = { ...request, deadlineMs };
    this.#pending.set(later.id, later);
    const others = this.#byTarget.get(later.target);
    others?.delete(request);
    others?.add(later);
    this.#deadlines.push(later);
    this.#entries++;
  }

  #advance(): void {
    this.#nextId = this.#nextId === MAX_REQUEST_ID ? 0 : this.#nextId + 1;
  }

  #sweep(): void {
    this.#deadlines = deadlineHeap();
    for (const request of this.#pending.values()) this.#deadlines.push(request);
    this.#entries = this.#pending.size;
  }
}

function deadlineHeap(): Heap<PendingRequest> {
  return new Heap((a, b) => a.deadlineMs < b.deadlineMs);
}
