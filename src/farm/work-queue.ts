/**
 * What one lent worker (lent-worker.ts) is to do next: Tasks that were granted to it, in their order, and Tasks that it has begun and put aside
 * at the end of a turn. While there are such, the Job whose turn it is comes first; of one Job what is begun before what is not.
 */
import type { JobId } from './contract.ts';

/** A Task of a Job. */
interface OfJob {
  readonly job: JobId;
}

export class WorkQueue<Work extends OfJob> {
  #fresh: Work[] = [];
  /** One of a Job. */
  #aside: Work[] = [];
  /** The one of them that has its next turn. */
  #resumed: Work | undefined;

  get all(): readonly Work[] {
    return [...this.#fresh, ...this.#aside];
  }

  /** Behind what waits, as long as there are no more than `most` of a Job: no honest coordinator gives more, and none may fill our memory. */
  add(work: readonly Work[], most: number): void {
    const job = work[0]?.job;
    const room = most - this.#fresh.filter((one) => one.job === job).length;
    this.#fresh.push(...work.slice(0, Math.max(0, room)));
  }

  /** Its turn is over. */
  putAside(work: Work): void {
    this.#aside.push(work);
  }

  /** @param jobs asked for where something is put aside: the one whose turn it is first */
  next(jobs: () => readonly JobId[]): Work | undefined {
    if (this.#aside.length === 0) {
      this.#resumed = undefined;
      return this.#fresh.shift();
    }
    const inTurn = jobs().flatMap((job) => {
      const isOf = (work: Work): boolean => work.job === job;
      return this.#aside.find(isOf) ?? this.#fresh.find(isOf) ?? [];
    });
    const next = inTurn[0] ?? this.#aside[0];
    this.#resumed = this.#aside.find((work) => work === next);
    this.keep((work) => work !== next);
    return next;
  }

  /** Whether that Job has a Task that had a turn and is not done, `running` or not: its worker has enough of it. */
  isLongAt(job: JobId, running: Work | undefined): boolean {
    const resumed = running === this.#resumed ? running : undefined;
    return resumed?.job === job || this.#aside.some((work) => work.job === job);
  }

  /** Tasks that wait, but for those behind a long one: these do not keep the worker from asking others. */
  readyCount(running: Work | undefined): number {
    return this.#fresh.filter(({ job }) => !this.isLongAt(job, running)).length;
  }

  keep(isKept: (work: Work) => boolean): void {
    this.#fresh = this.#fresh.filter(isKept);
    this.#aside = this.#aside.filter(isKept);
  }
}
