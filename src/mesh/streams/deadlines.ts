/**
 * When the next window wants to be pumped, without looking at all of them: a heap with one live entry a window. Deadlines
 * mostly move later, so an entry that comes up too early is put back; one that was overtaken by an earlier is passed over.
 */
import { Heap } from '../../runtime/index.ts';
import { NEVER } from '../protocol.ts';
import type { Sending } from './peer.ts';

interface Entry {
  readonly atMs: number;
  readonly sending: Sending;
}

export class Deadlines {
  readonly #heap = new Heap<Entry>(
    (a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.sending.order < b.sending.order),
  );

  /** No window is due before. */
  get nextMs(): number {
    return this.#heap.peek()?.atMs ?? NEVER;
  }

  schedule(sending: Sending): void {
    const atMs = sending.window.deadlineMs;
    if (atMs >= sending.scheduledAtMs) return;
    sending.scheduledAtMs = atMs;
    this.#heap.push({ atMs, sending });
  }

  /** One window that is due now. */
  due(now: number): Sending | undefined {
    for (let entry = this.#heap.peek(); entry && entry.atMs <= now; entry = this.#heap.peek()) {
      this.#heap.pop();
      const { sending } = entry;
      if (entry.atMs !== sending.scheduledAtMs) continue;
      sending.scheduledAtMs = NEVER;
      if (sending.window.deadlineMs <= now) return sending;
      this.schedule(sending);
    }
    return undefined;
  }
}
