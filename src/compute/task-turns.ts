/**
 * The Tasks of one computation on this device, each done by turns: after some seconds a Task is put aside at the border of an input, with what
 * its inputs came to so far, so that whoever else waits for the worker comes next (src/farm/lent-worker.ts). A Task of slow inputs may
 * take an hour; it keeps a worker from nobody for longer than a turn and one input.
 *
 * Inputs are handed to the sandbox a few at a time, as many as take a moment.
 */
import { MAX_RESULT_BYTES } from '../farm/index.ts';
import { type CallAnswer, encodeAnswer } from './outcome-codec.ts';
import { pack } from './packing.ts';

/** Half of a person's turn where workers are few (fair-shares.ts), so that one of each person's falls into it. */
const TURN_MS = 5_000;
/** For some inputs in one call: looking at the clock between them costs a message to the worker and back. */
const CALL_MS = 500;
/** Tasks of a worker that are put aside at a time, a Task and a check of another: any more are begun anew. */
const MAX_ASIDE = 2;

/** Some inputs of a Task. */
export interface Inputs {
  readonly first: number;
  readonly count: number;
}

interface Begun extends Inputs {
  readonly encoded: Uint8Array[];
  /** Of the result, what is left for further outcomes. */
  leftBytes: number;
  elapsedMs: number;
}

export interface TaskTurnsPort {
  /** Milliseconds, of any origin. */
  now(): number;
  call(worker: number, inputs: Inputs): Promise<readonly CallAnswer[]>;
}

const TOO_MUCH = encodeAnswer({
  error: { message: 'the results of neighbouring inputs together are over 8 MiB' },
});

export class TaskTurns {
  readonly #port: TaskTurnsPort;
  /** By worker, the one begun first is first. */
  readonly #aside = new Map<number, Begun[]>();

  constructor(port: TaskTurnsPort) {
    this.#port = port;
  }

  /** Goes on with those inputs for a turn. Undefined: they are not all done, run them again. @throws what `call` throws */
  async run(
    worker: number,
    inputs: Inputs,
  ): Promise<{ readonly bytes: Uint8Array; readonly elapsedMs: number } | undefined> {
    const { now, call } = this.#port;
    const begun = this.#take(worker, inputs);
    const startMs = now();
    let size = 1;
    while (begun.encoded.length < begun.count) {
      if (now() - startMs >= TURN_MS) {
        begun.elapsedMs += now() - startMs;
        this.#putAside(worker, begun);
        return undefined;
      }
      const done = begun.encoded.length;
      const callMs = now();
      const answers = await call(worker, {
        first: inputs.first + done,
        count: Math.min(size, inputs.count - done),
      });
      for (const answer of answers) add(begun, encodeAnswer(answer));
      if (now() - callMs < CALL_MS / 2) size *= 2;
      else if (now() - callMs > CALL_MS) size = Math.max(1, size >> 1);
    }
    return { bytes: pack(begun.encoded), elapsedMs: begun.elapsedMs + now() - startMs };
  }

  close(): void {
    this.#aside.clear();
  }

  #take(worker: number, { first, count }: Inputs): Begun {
    const aside = this.#aside.get(worker) ?? [];
    const place = aside.findIndex((one) => one.first === first && one.count === count);
    const [begun] = place < 0 ? [] : aside.splice(place, 1);
    const leftBytes = MAX_RESULT_BYTES - 4 - count * (4 + TOO_MUCH.length);
    return begun ?? { first, count, encoded: [], leftBytes, elapsedMs: 0 };
  }

  #putAside(worker: number, begun: Begun): void {
    const aside = [...(this.#aside.get(worker) ?? []), begun];
    this.#aside.set(worker, aside.slice(-MAX_ASIDE));
  }
}

/** What does not fit any more becomes an error that says so: the same on every device. */
function add(begun: Begun, bytes: Uint8Array): void {
  begun.leftBytes -= Math.max(0, bytes.length - TOO_MUCH.length);
  begun.encoded.push(begun.leftBytes >= 0 ? bytes : TOO_MUCH);
}
