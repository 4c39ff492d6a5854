/** The results of one compute Job: each Task is a part of its own, there or not. */
import type { PieceRange, ResultStore } from '../farm/index.ts';
import { LeafcutterError } from '../runtime/index.ts';
import type { Outcome } from './contract.ts';
import { decodeOutcome } from './outcome-codec.ts';
import { pack, unpack } from './packing.ts';
import { type ComputeSpec, inputsOf, taskCountOf } from './spec.ts';

/** Smaller results were certainly not cut to the size of a message. */
const MAX_DIVIDED_BYTES = 64 * 1024;
/** All results of a Job are kept until it is forgotten. */
const MAX_KEPT_BYTES = 1024 * 1024 * 1024;

export class ComputeStore implements ResultStore {
  readonly partCount: number;
  readonly totalCost: number;
  readonly #spec: ComputeSpec;
  readonly #settled: () => void;
  readonly #results = new Map<number, Uint8Array>();
  #keptBytes = 0;
  #doneCost = 0;

  /** `settled` is called once for each Task whose result came. */
  constructor(spec: ComputeSpec, settled: () => void) {
    this.#spec = spec;
    this.#settled = settled;
    this.partCount = taskCountOf(spec);
    this.totalCost = spec.inputCount;
  }

  get doneCost(): number {
    return this.#doneCost;
  }

  cost(task: number): number {
    return inputsOf(this.#spec, task).count;
  }

  isSettled(task: number): boolean {
    return this.#results.has(task);
  }

  /** @throws LeafcutterError `damaged-pack`, `damaged-result`, `results-too-large` */
  accept(task: number, result: Uint8Array): void {
    if (this.#results.has(task)) return;
    readOutcomes(this.#spec, task, result);
    if (this.#keptBytes + result.length > MAX_KEPT_BYTES) {
      throw new LeafcutterError(
        'results-too-large',
        'the results of this computation do not fit: more than 1 GiB',
      );
    }
    this.#keptBytes += result.length;
    this.#results.set(task, result);
    this.#doneCost += this.cost(task);
    this.#settled();
  }

  version(task: number): number {
    return this.#results.has(task) ? 1 : 0;
  }

  encodePart(task: number): Uint8Array {
    return this.#results.get(task) ?? new Uint8Array();
  }

  mergePart(task: number, bytes: Uint8Array): void {
    this.accept(task, bytes);
  }

  partOf(task: number): number {
    return task;
  }

  resetPart(task: number): void {
    const result = this.#results.get(task);
    if (!result) return;
    this.#results.delete(task);
    this.#keptBytes -= result.length;
    this.#doneCost -= this.cost(task);
  }

  /**
   * The inputs of the Task, where each outcome is its own affair: not where the function is not repeatable, and only as a whole where
   * the outcomes are so large that one may have kept another out (kind.ts).
   */
  pieceCount(task: number, result: Uint8Array): number {
    if (!this.#spec.isRepeatable) return 0;
    return result.length < MAX_DIVIDED_BYTES ? inputsOf(this.#spec, task).count : 1;
  }

  piece(task: number, result: Uint8Array, { first, count }: PieceRange): Uint8Array {
    const all = inputsOf(this.#spec, task).count;
    return count === all || this.pieceCount(task, result) === 1
      ? result
      : pack(unpack(result, all).slice(first, first + count));
  }

  /** undefined while the Task is not done. */
  outcomes(task: number): readonly Outcome[] | undefined {
    const result = this.#results.get(task);
    return result && readOutcomes(this.#spec, task, result);
  }

  close(): void {
    this.#results.clear();
    this.#keptBytes = 0;
  }
}

/** @throws LeafcutterError `damaged-pack`, `damaged-result`: the bytes are no result of this Task */
function readOutcomes(spec: ComputeSpec, task: number, result: Uint8Array): readonly Outcome[] {
  const { first, count } = inputsOf(spec, task);
  return unpack(result, count).map((bytes, i) => {
    const outcome = decodeOutcome(first + i, bytes);
    if (!outcome) throw new LeafcutterError('damaged-result', 'a result arrived damaged');
    return outcome;
  });
}
