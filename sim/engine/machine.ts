/**
 * One machine on which all Nodes run, as when a class opens a link at once: what a connection costs of its processor waits for what
 * those before it cost. So a call takes the longer the more of them are under way, whoever made them, and whether or not they are
 * given up meanwhile.
 */
import type { EventQueue } from './event-queue.ts';

export class Machine {
  readonly #queue: EventQueue;
  readonly #connectionMs: number;
  #freeAt = 0;
  #ends = 0;

  /** @param connectionMs of one connection, both ends together, of the whole processor; 0: nothing waits */
  constructor(queue: EventQueue, connectionMs: number) {
    this.#queue = queue;
    this.#connectionMs = connectionMs;
  }

  /** Ends of connections that were begun, RTCPeerConnections in a browser. */
  get ends(): number {
    return this.#ends;
  }

  begin(): void {
    this.#ends++;
  }

  /** Runs it when this share of a connection's work is done, which is asked for now. */
  after(share: number, now: number, run: (now: number) => void): void {
    if (this.#connectionMs === 0) {
      run(now);
      return;
    }
    this.#freeAt = Math.max(this.#freeAt, now) + share * this.#connectionMs;
    this.#queue.pushTask(this.#freeAt, { run });
  }
}
