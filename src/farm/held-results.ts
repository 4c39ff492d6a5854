/**
 * What the workers of this Node have made, kept until the Job is over: whoever coordinates may vanish with the only other copy. The
 * newest go last when room is needed, since the older ones are the likelier to be on a third Node by now.
 */
import type { JobId } from './contract.ts';

export interface HeldResult {
  readonly bytes: Uint8Array;
  readonly elapsedMs: number;
}

/** Of all Jobs of this Node together. */
const MAX_HELD_BYTES = 32 * 1024 * 1024;
/** What an entry costs beside its bytes. */
const ENTRY_BYTES = 128;

export class HeldResults {
  /** Oldest first. */
  readonly #results = new Map<string, HeldResult & { readonly id: JobId; readonly task: number }>();
  readonly #tasks = new Map<JobId, Set<number>>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes = MAX_HELD_BYTES) {
    this.#maxBytes = maxBytes;
  }

  add(id: JobId, task: number, result: HeldResult): void {
    this.#remove(id, task);
    this.#results.set(`${id}/${task}`, { id, task, ...result });
    this.#bytes += result.bytes.length + ENTRY_BYTES;
    const tasks = this.#tasks.get(id) ?? new Set();
    this.#tasks.set(id, tasks);
    tasks.add(task);
    for (const old of this.#results.values()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#remove(old.id, old.task);
    }
  }

  get(id: JobId, task: number): HeldResult | undefined {
    return this.#results.get(`${id}/${task}`);
  }

  /** Tasks of that Job, oldest result first. */
  tasks(id: JobId): readonly number[] {
    return [...(this.#tasks.get(id) ?? [])];
  }

  drop(id: JobId): void {
    for (const task of this.tasks(id)) this.#remove(id, task);
  }

  #remove(id: JobId, task: number): void {
    const key = `${id}/${task}`;
    const result = this.#results.get(key);
    if (!result) return;
    this.#results.delete(key);
    this.#bytes -= result.bytes.length + ENTRY_BYTES;
    const tasks = this.#tasks.get(id);
    tasks?.delete(task);
    if (tasks?.size === 0) this.#tasks.delete(id);
  }
}
