/**
 * The open Tasks of a lease table: they enter in plan order when first granted and leave when they are over. Only those between the
 * oldest open one and the newest granted one exist in memory, and `maxAhead` bounds their number: a Job of 60 million Tasks costs as
 * much here as one of a thousand. What is settled in the store is passed over when its turn comes. Where Tasks come in groups, each
 * machine has an order of its own: task-groups.ts.
 */
import type { LeaseTableOptions, OpenTask } from './lease.ts';
import { TaskGroups } from './task-groups.ts';

export class TaskWindow {
  readonly #options: Pick<LeaseTableOptions, 'taskCount' | 'store' | 'maxAhead'>;
  readonly #open = new Map<number, OpenTask>();
  /** Tasks granted so far from the oldest open one on, in the order of granting. */
  readonly #granted: number[] = [];
  readonly #groups: TaskGroups | undefined;
  #nextTask = 0;

  constructor(options: Pick<LeaseTableOptions, 'taskCount' | 'store' | 'maxAhead'>) {
    this.#options = options;
    const { taskCount, store } = options;
    const isTaken = (task: number): boolean => this.#open.has(task) || store.isSettled(task);
    this.#groups =
      store.groupSize === undefined
        ? undefined
        : new TaskGroups({ taskCount, groupSize: store.groupSize, isTaken });
    this.passSettled();
  }

  /** Every Task is settled. */
  get isComplete(): boolean {
    return this.#open.size === 0 && this.#nextTask === this.#options.taskCount;
  }

  get(task: number): OpenTask | undefined {
    return this.#open.get(task);
  }

  all(): readonly OpenTask[] {
    return [...this.#open.values()];
  }

  /** Whether the Task may yet be granted. */
  mayBeGranted(task: number): boolean {
    const { taskCount, store } = this.#options;
    return task < taskCount && (this.#open.has(task) || (task >= this.#nextTask && !store.isSettled(task)));
  }

  /** The next Task that was never granted, while there is room for one, for a machine, one of so many that work. */
  next(machine: string, machines: () => number): OpenTask | undefined {
    this.passSettled();
    if (this.#nextTask >= this.#options.taskCount || this.#isFull) return undefined;
    const open = this.#enter(this.#groups?.next(machine, this.#nextTask, machines) ?? this.#nextTask);
    this.passSettled();
    return open;
  }

  /** That machine is gone. */
  left(machine: string): void {
    this.#groups?.left(machine);
  }

  /** That very Task, granted before or not, where it is within reach. */
  reach(task: number): OpenTask | undefined {
    const { taskCount, maxAhead, store } = this.#options;
    const known = this.#open.get(task);
    if (known) return known;
    const isWithin = task >= this.#nextTask && task < Math.min(taskCount, this.#nextTask + maxAhead);
    return !isWithin || this.#isFull || store.isSettled(task) ? undefined : this.#enter(task);
  }

  /** The Task is over. */
  close(task: number): void {
    this.#open.delete(task);
    if (this.#granted[0] !== task) return;
    const oldest = this.#granted.findIndex((one) => this.#open.has(one));
    this.#granted.splice(0, oldest < 0 ? this.#granted.length : oldest);
  }

  /** Call it after the store has changed. One may have been entered before its turn. */
  passSettled(): void {
    const { taskCount, store } = this.#options;
    while (
      this.#nextTask < taskCount &&
      (this.#open.has(this.#nextTask) || store.isSettled(this.#nextTask))
    ) {
      this.#nextTask++;
    }
  }

  get #isFull(): boolean {
    return this.#granted.length >= this.#options.maxAhead;
  }

  #enter(task: number): OpenTask {
    const open: OpenTask = {
      ...{ task, leases: [], firstLeasedAtMs: undefined, claimants: new Set() },
      ...{ ended: new Map(), failures: new Map() },
    };
    this.#open.set(task, open);
    this.#granted.push(task);
    return open;
  }
}
