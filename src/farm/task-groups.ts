/**
 * Which Task comes next where Tasks come in groups that share what a worker prepares for them (the frames of an animation, each with a
 * scene of its own). A machine stays at its group while that has Tasks for the taking. Then it begins the next one, so that machines
 * are at different groups and each is prepared once; but not far ahead of the oldest: it helps there instead, so that groups end in
 * their order, a slow machine holds up nobody, and only a few are open at a time. When no group is left to begin, all help with those
 * that have the most left.
 */

/** Groups that are open at a time at most, whatever the number of machines: each takes memory on whoever keeps the results. */
const MAX_AHEAD = 8;

export interface TaskGroupsOptions {
  readonly taskCount: number;
  /** Tasks of a group: group n begins with Task n * groupSize. */
  readonly groupSize: number;
  /** It is granted, or settled. */
  isTaken(task: number): boolean;
}

export class TaskGroups {
  readonly #options: TaskGroupsOptions;
  /** The next Task of each group that was begun and has some for the taking. */
  readonly #begun = new Map<number, number>();
  /** The lowest group that was not begun. */
  #fresh = 0;
  /** The group that each machine is at. */
  readonly #homes = new Map<string, number>();

  constructor(options: TaskGroupsOptions) {
    this.#options = options;
  }

  /** @param oldest the lowest Task that is for the taking @param machines that work, this one included */
  next(machine: string, oldest: number, machines: () => number): number | undefined {
    const home = this.#homes.get(machine);
    const task = home === undefined ? undefined : this.#take(home);
    if (task !== undefined) return task;
    const groupOfOldest = Math.floor(oldest / this.#options.groupSize);
    const most = groupOfOldest + Math.min(machines(), MAX_AHEAD);
    for (this.#fresh = Math.max(this.#fresh, groupOfOldest); this.#fresh < Math.min(most, this.#count); ) {
      const begun = this.#enter(machine, this.#fresh++);
      if (begun !== undefined) return begun;
    }
    for (;;) {
      const group = this.#neediest();
      if (group === undefined) return undefined;
      const helped = this.#enter(machine, group);
      if (helped !== undefined) return helped;
    }
  }

  /** That machine is gone. */
  left(machine: string): void {
    this.#homes.delete(machine);
  }

  get #count(): number {
    return Math.ceil(this.#options.taskCount / this.#options.groupSize);
  }

  #enter(machine: string, group: number): number | undefined {
    const { groupSize } = this.#options;
    if (!this.#begun.has(group)) this.#begun.set(group, group * groupSize);
    const task = this.#take(group);
    if (task !== undefined) this.#homes.set(machine, group);
    return task;
  }

  /** The group's next Task; a group that has none is not looked at again. */
  #take(group: number): number | undefined {
    const { groupSize, taskCount, isTaken } = this.#options;
    const end = Math.min(taskCount, (group + 1) * groupSize);
    for (let task = this.#begun.get(group) ?? end; task < end; task++) {
      if (isTaken(task)) continue;
      this.#begun.set(group, task + 1);
      return task;
    }
    this.#begun.delete(group);
    return undefined;
  }

  /** Of those begun the one that has the most left for each machine at it; of equal ones the oldest. */
  #neediest(): number | undefined {
    const { groupSize } = this.#options;
    const helpers = new Map<number, number>();
    for (const group of this.#homes.values()) helpers.set(group, (helpers.get(group) ?? 0) + 1);
    let best: { readonly group: number; readonly need: number } | undefined;
    for (const [group, next] of this.#begun) {
      const need = ((group + 1) * groupSize - next) / (1 + (helpers.get(group) ?? 0));
      if (!best || need > best.need || (need === best.need && group < best.group)) best = { group, need };
    }
    return best?.group;
  }
}
