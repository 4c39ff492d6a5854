/** The inputs of a program at which the sandbox's frame has died with nothing else in it: they are not run again. */
import { LeafcutterError } from '../runtime/index.ts';

/** Neighbouring ones. None: the module alone. */
export interface Inputs {
  readonly first: number;
  readonly count: number;
}

export class DeadlyInputs {
  readonly #known: Inputs[] = [];

  get isEmpty(): boolean {
    return this.#known.length === 0;
  }

  /** @throws LeafcutterError `compute-worker` when the frame has died at some of them */
  refuse(inputs: Inputs): void {
    if (this.#known.some((deadly) => includes(inputs, deadly))) throw tooMuch();
  }

  /** @returns what to say of them */
  add(inputs: Inputs, cause: unknown): Error {
    this.#known.push(inputs);
    return tooMuch(cause);
  }
}

/** Whether to do `all` is to do `some` as well: whatever is done, the module is loaded first. */
const includes = (all: Inputs, some: Inputs): boolean =>
  some.count === 0 || (all.first <= some.first && some.first + some.count <= all.first + all.count);

const tooMuch = (cause?: unknown): Error =>
  new LeafcutterError(
    'compute-worker',
    'the sandbox stopped with nothing else in it: this takes too much memory',
    { cause },
  );
