/**
 * Any pure function over many inputs, on every device of the Network: a module's source travels, each Task is a few inputs, results
 * come back in order or as they come. The function runs in a sandbox (sandbox.ts) and sees its input and nothing else, so a member
 * that ships one learns nothing of the machines that run it.
 */
import { LeafcutterError } from '../runtime/index.ts';
import type { ControlLimits, ControlValue } from '../wire/index.ts';

/** The kind under which computations stand among Jobs. */
export const COMPUTE_KIND = 'compute';

/** What a function takes and gives: null, booleans, numbers, texts, Uint8Arrays, and lists and objects of these. */
export type Value = ControlValue;

/** What became of one input. A function that throws does so everywhere, so that is a result like any other. */
export type Outcome =
  | { readonly index: number; readonly value: Value; readonly error?: undefined }
  | { readonly index: number; readonly value?: undefined; readonly error: ComputeError };

/** How a computation runs. */
export interface ComputeOptions {
  /** For people, in the list of Jobs. */
  readonly title?: string;
  /** Results in the order of the inputs (default), or as they come. */
  readonly order?: 'inputs' | 'arrival';
  /** Inputs that may be on their way or waiting for their reader at a time, at least 1. Default 1,024. */
  readonly ahead?: number;
  /**
   * Whether every device comes to the same bits for the same input. Then some of what each brings is computed again on another one, and
   * whoever brought something else is left out. Default: unless the source has something that need not be (repeatable.ts).
   */
  readonly isRepeatable?: boolean;
  /** Stops the work everywhere. */
  readonly signal?: AbortSignal;
}

/** The shipped function failed, or its source cannot be run. Line and column count from 1 in that source. */
export class ComputeError extends LeafcutterError {
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(message: string, place: { readonly line?: number; readonly column?: number } = {}) {
    super('compute-failed', message);
    this.line = place.line;
    this.column = place.column;
  }
}

/** A module, with its helpers written out. */
export const MAX_SOURCE_BYTES = 1024 * 1024;
/** Of one input as msgpack. */
export const INPUT_LIMITS: ControlLimits = { maxBytes: 1024 * 1024, maxDepth: 16, maxElements: 65_536 };
/** Of one result as msgpack: as much as a result of a Task may be, less its header. */
export const OUTPUT_LIMITS: ControlLimits = {
  maxBytes: 4 * 1024 * 1024,
  maxDepth: 16,
  maxElements: 1_048_576,
};
/** A call that takes longer ends with its worker. */
export const CALL_TIMEOUT_MS = 60_000;
