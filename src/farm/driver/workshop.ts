/**
 * The hands of a Node: fetches the inputs of Jobs and has Tasks done, as FarmState says, and reports what came of it. Everything it is
 * asked for is answered once, whatever happens to the Job meanwhile.
 */
import { CancelledError, type Clock, messageOf } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { JobDescription, JobId, JobKind, PieceRange, TaskRunner } from '../contract.ts';
import { JobRefusedError } from '../errors.ts';
import type { FarmEvent } from '../farm-events.ts';
import type { LentWorker } from '../lent-worker.ts';

/** At most five reports a second of how far the inputs have come. */
const REPORT_MS = 200;

export interface WorkshopPort {
  readonly clock: Clock;
  readonly kinds: ReadonlyMap<string, Pick<JobKind, 'open'>>;
  holders(id: JobId): readonly NodeId[];
  handle(event: FarmEvent): void;
}

interface Bench {
  readonly abort: AbortController;
  runner: TaskRunner | undefined;
}

export class Workshop {
  readonly #port: WorkshopPort;
  readonly #benches = new Map<JobId, Bench>();

  constructor(port: WorkshopPort) {
    this.#port = port;
  }

  async open(job: JobDescription): Promise<void> {
    const { id } = job;
    const bench: Bench = { abort: new AbortController(), runner: undefined };
    this.#benches.set(id, bench);
    const { signal } = bench.abort;
    try {
      const kind = this.#port.kinds.get(job.kind);
      if (!kind) throw new JobRefusedError(`nothing here can do work of the kind "${job.kind}"`);
      const onProgress = this.#progressReporter(id, signal);
      const runner = await kind.open(job, { signal, holders: () => this.#port.holders(id), onProgress });
      if (signal.aborted) {
        runner.close();
        return;
      }
      bench.runner = runner;
    } catch (error) {
      if (signal.aborted) return;
      this.#benches.delete(id);
      const isRefused = error instanceof JobRefusedError;
      const reason = error instanceof CancelledError ? 'it was interrupted' : messageOf(error);
      this.#port.handle({ type: 'open-failed', id, isRefused, reason });
      return;
    }
    this.#port.handle({ type: 'opened', id });
  }

  shut(id: JobId): void {
    const bench = this.#benches.get(id);
    this.#benches.delete(id);
    bench?.abort.abort();
    bench?.runner?.close();
  }

  async prepare(id: JobId, worker: LentWorker): Promise<void> {
    try {
      await this.#runner(id).prepare(worker.index);
    } catch (error) {
      this.#port.handle({ type: 'prepare-failed', worker, reason: messageOf(error) });
      return;
    }
    this.#port.handle({ type: 'prepared', worker });
  }

  async run(id: JobId, worker: LentWorker, task: number, range: PieceRange | undefined): Promise<void> {
    let done: { readonly bytes: Uint8Array; readonly elapsedMs: number } | undefined;
    try {
      done = await this.#runner(id).run(worker.index, task, range);
    } catch (error) {
      this.#port.handle({ type: 'run-failed', worker, reason: messageOf(error) });
      return;
    }
    this.#port.handle(done ? { type: 'ran', worker, ...done } : { type: 'put-aside', worker });
  }

  close(): void {
    for (const id of [...this.#benches.keys()]) this.shut(id);
  }

  #runner(id: JobId): TaskRunner {
    const runner = this.#benches.get(id)?.runner;
    if (!runner) throw new CancelledError('the job');
    return runner;
  }

  #progressReporter(id: JobId, signal: AbortSignal): (receivedBytes: number, totalBytes: number) => void {
    let reportedAtMs = Number.NEGATIVE_INFINITY;
    return (receivedBytes, totalBytes) => {
      const nowMs = this.#port.clock.now();
      if (signal.aborted || (receivedBytes < totalBytes && nowMs - reportedAtMs < REPORT_MS)) return;
      reportedAtMs = nowMs;
      this.#port.handle({ type: 'inputs', id, receivedBytes, totalBytes });
    };
  }
}
