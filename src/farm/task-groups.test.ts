import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TaskGroups } from './task-groups.ts';

const GROUP = 10;

/** Machines that each do one Task after the other, at their own pace. `tasks`: what each did, in its order. */
function work(groups: number, paces: readonly number[]) {
  const taskCount = groups * GROUP;
  const taken = new Set<number>();
  const plan = new TaskGroups({ taskCount, groupSize: GROUP, isTaken: (task) => taken.has(task) });
  const tasks = paces.map((): number[] => []);
  const freeAt = paces.map(() => 0);
  /** When the last Task of each group was done. */
  const doneAt = Array<number>(groups).fill(0);
  let most = 0;
  const done = Array<number>(groups).fill(0);
  for (let oldest = 0; ; ) {
    while (taken.has(oldest)) oldest++;
    if (oldest >= taskCount) break;
    const machine = freeAt.indexOf(Math.min(...freeAt));
    const task = plan.next(String(machine), oldest, () => paces.length);
    if (task === undefined) throw new Error('there is work, and nobody gets it');
    expect(taken.has(task)).toBe(false);
    taken.add(task);
    tasks[machine]?.push(task);
    freeAt[machine] = (freeAt[machine] ?? 0) + (paces[machine] ?? 1);
    const group = Math.floor(task / GROUP);
    doneAt[group] = Math.max(doneAt[group] ?? 0, freeAt[machine] ?? 0);
    done[group] = (done[group] ?? 0) + 1;
    most = Math.max(most, done.filter((count) => count > 0 && count < GROUP).length);
  }
  /** Times that a machine began with a group. */
  const preparations = tasks.map((own) => {
    const visited = own.map((task) => Math.floor(task / GROUP));
    return visited.filter((group, i) => group !== visited[i - 1]).length;
  });
  return { tasks, preparations, doneAt, freeAt, most };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

describe('Tasks in groups', () => {
  it('come in their order to a machine that is alone', () => {
    expect(work(4, [1]).tasks).toEqual([Array.from({ length: 4 * GROUP }, (_, i) => i)]);
  });

  it('of one group are shared by all machines, as those of a still', () => {
    const { preparations, tasks } = work(1, [1, 1, 1]);
    expect(preparations).toEqual([1, 1, 1]);
    expect(tasks.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: GROUP }, (_, i) => i));
  });

  it('are prepared about once each, by machines that are equally fast', () => {
    const { preparations } = work(40, [1, 1.001, 1.002, 1.003]);
    // In plan order every machine would prepare every group: 160.
    expect(sum(preparations)).toBeLessThan(48);
  });

  it('of a slow machine are done by the others before they go far ahead', () => {
    const { doneAt, freeAt } = work(40, [40, 1, 1]);
    // Alone it would need 400.
    expect(doneAt[0]).toBeLessThan(100);
    expect(Math.max(...freeAt)).toBeLessThan(240);
  });

  it('are all done, few groups at a time, whatever the machines', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.double({ min: 0.1, max: 30, noNaN: true }), { minLength: 1, maxLength: 20 }),
        (groups, paces) => {
          const { tasks, most } = work(groups, paces);
          expect(sum(tasks.map(({ length }) => length))).toBe(groups * GROUP);
          expect(most).toBeLessThanOrEqual(9);
        },
      ),
    );
  });

  it('at the end are shared out by what is left for each machine, those that are gone not counted', () => {
    const taken = new Set<number>();
    const plan = new TaskGroups({ taskCount: 20, groupSize: GROUP, isTaken: (task) => taken.has(task) });
    const next = (machine: string): number => {
      const oldest = Array.from({ length: 20 }, (_, i) => i).find((task) => !taken.has(task)) ?? 20;
      const task = plan.next(machine, oldest, () => 2);
      if (task === undefined) throw new Error('nothing is left');
      taken.add(task);
      return task;
    };
    expect(['a', 'b', 'c', 'b', 'b'].map(next)).toEqual([0, 10, 1, 11, 12]);
    // Eight are left to three there, seven to two here.
    expect(next('d')).toBe(13);
    // Eight to three, six to three; then seven to four.
    expect([next('e'), next('f')]).toEqual([2, 14]);
    for (const gone of ['b', 'd', 'f']) plan.left(gone);
    // Seven to four, five to one.
    expect(next('g')).toBe(15);
  });

  it('of a machine that is gone are given to the others', () => {
    const taken = new Set<number>();
    const plan = new TaskGroups({ taskCount: 20, groupSize: GROUP, isTaken: (task) => taken.has(task) });
    const next = (machine: string): number | undefined => {
      const oldest = Array.from({ length: 20 }, (_, i) => i).find((task) => !taken.has(task)) ?? 20;
      const task = plan.next(machine, oldest, () => 2);
      if (task !== undefined) taken.add(task);
      return task;
    };
    expect([next('a'), next('b'), next('a'), next('b')]).toEqual([0, 10, 1, 11]);
    plan.left('a');
    for (let task = 12; task < 20; task++) expect(next('b')).toBe(task);
    expect(next('b')).toBe(2);
  });
});
