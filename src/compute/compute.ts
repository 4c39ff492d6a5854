/** The caller's side of shipped functions: inputs become Jobs of bounded size one after the other, their results one stream. */
import { JobFailedError, type JobId } from '../farm/index.ts';
import { CancelledError, LeafcutterError } from '../runtime/index.ts';
import type { BlobHash } from '../services/blobs/index.ts';
import {
  COMPUTE_KIND,
  type ComputeOptions,
  INPUT_LIMITS,
  MAX_SOURCE_BYTES,
  type Outcome,
  type Value,
} from './contract.ts';
import { InputBatches } from './input-batches.ts';
import { pack } from './packing.ts';
import { encodePlain, PLAIN } from './plain-value.ts';
import type { ComputeDesk } from './register.ts';
import { seemsRepeatable } from './repeatable.ts';
import { type ComputeSpec, encodeSpec, MAX_INLINE_INPUTS, MAX_INPUTS_PER_TASK, taskCountOf } from './spec.ts';
import { ComputeStore } from './store.ts';

const DEFAULT_AHEAD = 1_024;
/**
 * Tasks in a Job, where its inputs are few enough: more would be messages without work, fewer would leave workers idle at its end, and a Task
 * of several slow inputs is lost as a whole with its worker.
 */
const TASKS_PER_JOB = 512;

interface Batch {
  readonly job: JobId;
  readonly inputsBlob: BlobHash | undefined;
  /** Place of its first input among all. */
  readonly first: number;
  readonly count: number;
  readonly tasks: number;
  readonly taken: Set<number>;
}

/** Runs functions of one's own over many inputs, on every device of a mesh. */
export class Compute {
  readonly #desk: ComputeDesk;

  constructor(desk: ComputeDesk) {
    this.#desk = desk;
  }

  /**
   * Runs the module's default export, `(input, { index, random }) => value` or a promise of it, over every input. Lazy: reads no more
   * than `ahead` inputs before their results are taken. Leaving the loop stops the work everywhere.
   * @throws LeafcutterError `bad-source`, `bad-input`; JobFailedError, CancelledError
   */
  async *map(
    source: string,
    inputs: Iterable<Value> | AsyncIterable<Value>,
    options: ComputeOptions = {},
  ): AsyncGenerator<Outcome, void, undefined> {
    const { title = 'Computation', order = 'inputs', ahead = DEFAULT_AHEAD, signal } = options;
    const { isRepeatable = seemsRepeatable(source) } = options;
    const { farm, blobs } = this.#desk;
    const sourceBytes = new TextEncoder().encode(source);
    if (sourceBytes.length === 0 || sourceBytes.length > MAX_SOURCE_BYTES) {
      throw new LeafcutterError('bad-source', `the module must have 1 to ${MAX_SOURCE_BYTES} bytes`);
    }
    if (!Number.isInteger(ahead) || ahead < 1) {
      throw new LeafcutterError('bad-ahead', 'ahead must be a whole number of at least 1');
    }
    // What may throw comes first: from here on there is something to let go of in the end.
    const reader = new InputBatches(inputs, Math.max(1, Math.floor(ahead / 2)));
    const sourceHash = await blobs.put(sourceBytes);
    const run = new Run(signal, (batch) => {
      const letGo = (): void => this.#let(batch);
      farm.wish(batch.job, { type: 'cancel' }).then(letGo, letGo);
    });
    const stops = [
      this.#desk.onSettled((job) => run.ringFor(job)),
      farm.events.on('changed', ({ id }) => run.ringFor(id)),
    ];
    const spec = { source: sourceHash, sourceBytes: sourceBytes.length, isRepeatable };
    // Reading goes on beside the delivery: results do not wait for an input that is slow to come.
    const feeding = this.#feed(run, reader, ahead, (values, first) =>
      this.#submit(title, spec, values, first),
    );
    try {
      for (;;) {
        // Before looking: what comes while the reader is busy with an outcome rings for the next look.
        const news = run.bell.heard();
        const before = run.delivered;
        for (const outcome of this.#takeReady(run.batches, order)) {
          run.delivered++;
          yield outcome;
          if (run.signal.aborted) break;
        }
        this.#dropFinished(run.batches);
        if (run.delivered > before) run.bell.ring();
        else if (run.isFed && run.batches.length === 0) return;
        else await news;
        run.throwIfOver();
      }
    } finally {
      run.stop();
      await feeding;
      for (const stop of stops) stop();
      blobs.release(sourceHash);
    }
  }

  /** Submits as the reader takes results. Never rejects: `run` keeps what went wrong. */
  async #feed(
    run: Run,
    reader: InputBatches,
    ahead: number,
    submit: (values: readonly Value[], first: number) => Promise<Batch>,
  ): Promise<void> {
    let submitted = 0;
    try {
      while (!reader.isExhausted && !run.signal.aborted) {
        if (submitted > run.delivered && submitted - run.delivered + reader.size > ahead) {
          await run.bell.heard();
          continue;
        }
        const values = await reader.next(run.signal);
        if (values.length > 0) run.add(await submit(values, submitted));
        submitted += values.length;
        run.bell.ring();
      }
    } catch (error) {
      run.fail(error);
    }
    await reader.close().catch((error: unknown) => run.fail(error));
    run.isFed = true;
    run.bell.ring();
  }

  async #submit(
    title: string,
    source: Pick<ComputeSpec, 'source' | 'sourceBytes' | 'isRepeatable'>,
    values: readonly Value[],
    first: number,
  ): Promise<Batch> {
    const { farm, blobs } = this.#desk;
    const packed = pack(values.map((value, i) => encodeInput(value, first + i)));
    const isInline = packed.length <= MAX_INLINE_INPUTS;
    const inputsBlob = isInline ? undefined : await blobs.put(packed);
    const spec: ComputeSpec = {
      ...source,
      inputs: inputsBlob === undefined ? packed : { hash: inputsBlob, bytes: packed.length },
      inputCount: values.length,
      inputsPerTask: Math.min(MAX_INPUTS_PER_TASK, Math.ceil(values.length / TASKS_PER_JOB)),
    };
    const tasks = taskCountOf(spec);
    const job = farm.submit({ kind: COMPUTE_KIND, title, taskCount: tasks, spec: encodeSpec(spec) });
    return { job, inputsBlob, first, count: values.length, tasks, taken: new Set() };
  }

  /** What is there and was not taken yet; in the order of the inputs only up to the first gap. @throws JobFailedError */
  *#takeReady(batches: readonly Batch[], order: 'inputs' | 'arrival'): Generator<Outcome, void, undefined> {
    const { farm } = this.#desk;
    for (const batch of batches) {
      const store = farm.store(batch.job);
      for (let task = 0; task < batch.tasks; task++) {
        if (batch.taken.has(task)) continue;
        if (farm.isInDoubt(batch.job, task)) {
          if (order === 'inputs') return;
          continue;
        }
        const outcomes = store instanceof ComputeStore ? store.outcomes(task) : undefined;
        if (outcomes) {
          batch.taken.add(task);
          for (const outcome of outcomes) yield { ...outcome, index: batch.first + outcome.index };
        } else if (order === 'inputs') break;
      }
      const control = farm.view(batch.job)?.control;
      if (batch.taken.size < batch.tasks && control?.phase === 'failed') {
        throw new JobFailedError(control.reason ?? 'the computation failed');
      }
      if (batch.taken.size < batch.tasks && control?.phase === 'cancelled') {
        throw new CancelledError('the computation');
      }
      if (batch.taken.size < batch.tasks && order === 'inputs') return;
    }
  }

  #dropFinished(batches: Batch[]): void {
    for (let i = batches.length - 1; i >= 0; i--) {
      const batch = batches[i];
      if (!batch || batch.taken.size < batch.tasks) continue;
      batches.splice(i, 1);
      this.#let(batch);
    }
  }

  #let({ job, inputsBlob }: Batch): void {
    const { farm, blobs } = this.#desk;
    farm.forget(job);
    if (inputsBlob !== undefined) blobs.release(inputsBlob);
  }
}

function encodeInput(value: Value, index: number): Uint8Array {
  const bytes = encodePlain(value, INPUT_LIMITS);
  if (bytes) return bytes;
  throw new LeafcutterError('bad-input', `input ${index} cannot be sent: ${PLAIN}, up to 1 MiB`);
}

/** One call of `map`, as its two sides share it. */
class Run {
  readonly batches: Batch[] = [];
  readonly bell = new Bell();
  /** Outcomes that the reader has taken. */
  delivered = 0;
  isFed = false;
  readonly #stop = new AbortController();
  readonly #outside: AbortSignal | undefined;
  readonly #cancel: (batch: Batch) => void;
  #failure: { readonly error: unknown } | undefined;

  /** `cancel`: ends the work of a batch whose results nobody takes any more. */
  constructor(outside: AbortSignal | undefined, cancel: (batch: Batch) => void) {
    this.#outside = outside;
    this.#cancel = cancel;
    if (outside?.aborted) this.#end();
    outside?.addEventListener('abort', this.#end, { once: true });
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** One that comes when all is over ends at once. */
  add(batch: Batch): void {
    this.batches.push(batch);
    if (this.signal.aborted) this.#end();
  }

  ringFor(job: JobId): void {
    if (this.batches.some((batch) => batch.job === job)) this.bell.ring();
  }

  fail(error: unknown): void {
    if (!this.signal.aborted) this.#failure ??= { error };
  }

  /** @throws what the inputs threw, CancelledError */
  throwIfOver(): void {
    if (this.#failure) throw this.#failure.error;
    if (this.signal.aborted) throw new CancelledError('the computation');
  }

  stop(): void {
    this.#outside?.removeEventListener('abort', this.#end);
    this.#end();
  }

  /** At once: the reader may be busy for long, or never come back, and so may the inputs. */
  readonly #end = (): void => {
    this.#stop.abort();
    for (const batch of this.batches.splice(0)) this.#cancel(batch);
    this.bell.ring();
  };
}

/** Wakes everyone who waits. */
class Bell {
  #ring: () => void = () => {};
  #next = this.#renewed();

  ring(): void {
    const ring = this.#ring;
    this.#next = this.#renewed();
    ring();
  }

  heard(): Promise<void> {
    return this.#next;
  }

  #renewed(): Promise<void> {
    return new Promise((resolve) => {
      this.#ring = resolve;
    });
  }
}
