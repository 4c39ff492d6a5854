/** Sums that look at every result as it comes: a Task is taken once, and nothing wrong is taken at all where nobody computes wrongly. */
import type { JobDescription, WorkerRef } from '../../src/farm/contract.ts';
import { SumStore, sumOf } from '../../src/farm/sums.testing.ts';
import type { NodeId } from '../../src/wire/index.ts';

export class CheckedStore extends SumStore {
  readonly #accepted: (task: number, maker: NodeId) => void;
  readonly #areAllHonest: () => boolean;

  /** `accepted` is told of each Task that is taken, and who made it. */
  constructor(
    job: JobDescription,
    accepted: (task: number, maker: NodeId) => void,
    areAllHonest: () => boolean,
  ) {
    super(job);
    this.#accepted = accepted;
    this.#areAllHonest = areAllHonest;
  }

  override accept(task: number, result: Uint8Array, worker: WorkerRef): void {
    if (this.isClosed) throw new Error('a closed store was given a result');
    if (this.isSettled(task)) throw new WrongError(`task ${task} was taken twice`);
    if (task >= this.job.taskCount) throw new WrongError(`there is no task ${task}`);
    super.accept(task, result, worker);
    const isRight = `${result}` === `${sumOf(this.job.spec, task)}`;
    if (!isRight && this.#areAllHonest()) throw new WrongError(`task ${task} is wrong`);
    this.#accepted(task, worker.node);
  }

  override mergePart(part: number, bytes: Uint8Array): void {
    if (this.isClosed) throw new Error('a closed store was given a part');
    super.mergePart(part, bytes);
    const known = this.encodePart(part);
    for (let i = 0; i < bytes.length; i++) {
      if (known[i] !== bytes[i] && this.#areAllHonest())
        throw new WrongError(`part ${part} differs between two copies`);
    }
  }
}

/** The farm catches what a store throws, as a fault of the worker: what is wrong with the farm must not be lost there. */
class WrongError extends Error {
  constructor(text: string) {
    super(text);
    wrongs.push(text);
  }
}

const wrongs: string[] = [];

/** What was wrong since the last call. */
export function takeWrongs(): readonly string[] {
  return wrongs.splice(0);
}
