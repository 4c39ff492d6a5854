/** Test support: the least store there can be, for what only wants to know which Tasks are settled. */
import type { ResultStore } from './contract.ts';

export interface PlainStore extends ResultStore {
  readonly settled: Set<number>;
}

/** Every Task costs `costOf`; `isNeeded`: those of which it says no are settled, too, and cost nothing. */
export function plainStore(
  taskCount: number,
  costOf = 1,
  isNeeded: (task: number) => boolean = () => true,
): PlainStore {
  const settled = new Set<number>();
  const countOf = (isCounted: (task: number) => boolean): number => {
    let count = 0;
    for (let task = 0; task < taskCount; task++) if (isCounted(task)) count++;
    return count * costOf;
  };
  return {
    settled,
    get totalCost() {
      return countOf((task) => settled.has(task) || isNeeded(task));
    },
    get doneCost() {
      return settled.size * costOf;
    },
    cost: () => costOf,
    isSettled: (task) => settled.has(task) || !isNeeded(task),
    accept: (task) => void settled.add(task),
    partCount: 1,
    version: () => settled.size,
    encodePart: () => Uint8Array.from(settled),
    mergePart: (_, bytes) => {
      for (const task of bytes) settled.add(task);
    },
    partOf: () => 0,
    resetPart: () => settled.clear(),
    pieceCount: () => 0,
    piece: (_, result) => result,
    close() {},
  };
}
