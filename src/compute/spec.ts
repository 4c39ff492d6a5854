/** What a compute Job is: the module, its inputs, and how many of them make a Task. */
import { JobRefusedError, MAX_SPEC_BYTES } from '../farm/index.ts';
import { type BlobHash, isBlobHash } from '../services/blobs/index.ts';
import { type ControlLimits, type ControlValue, decodeControl, encodeControl } from '../wire/index.ts';
import { MAX_SOURCE_BYTES } from './contract.ts';

export interface ComputeSpec {
  readonly source: BlobHash;
  readonly sourceBytes: number;
  /** Packed inputs: themselves where they are small, else a Blob. */
  readonly inputs: Uint8Array | { readonly hash: BlobHash; readonly bytes: number };
  readonly inputCount: number;
  readonly inputsPerTask: number;
  /** Every device comes to the same bytes: then some of what each brings is computed again elsewhere and compared. */
  readonly isRepeatable: boolean;
}

/** Packed inputs up to this travel within the spec. */
export const MAX_INLINE_INPUTS = 8 * 1024;
export const MAX_INPUTS_PER_JOB = 1_000_000;
/** So a Task takes an hour at most, for each input may take a minute. */
export const MAX_INPUTS_PER_TASK = 64;
const LIMITS: ControlLimits = { maxBytes: MAX_SPEC_BYTES, maxDepth: 2, maxElements: 9 };

export const taskCountOf = ({ inputCount, inputsPerTask }: ComputeSpec): number =>
  Math.ceil(inputCount / inputsPerTask);

/** The inputs of a Task: from `first`, `count` of them. */
export function inputsOf(
  { inputCount, inputsPerTask }: ComputeSpec,
  task: number,
): { readonly first: number; readonly count: number } {
  const first = task * inputsPerTask;
  return { first, count: Math.min(inputsPerTask, inputCount - first) };
}

export function encodeSpec(spec: ComputeSpec): Uint8Array {
  const { source, sourceBytes, inputs, inputCount, inputsPerTask, isRepeatable } = spec;
  const carried: ControlValue = inputs instanceof Uint8Array ? inputs : [inputs.hash, inputs.bytes];
  return encodeControl([source, sourceBytes, carried, inputCount, inputsPerTask, isRepeatable], LIMITS);
}

/** @throws JobRefusedError */
export function decodeSpec(bytes: Uint8Array, taskCount: number): ComputeSpec {
  const { value } = decodeControl(bytes, LIMITS);
  if (!Array.isArray(value)) throw damaged();
  const [source, sourceBytes, carried, inputCount, inputsPerTask, isRepeatable]: unknown[] = value;
  if (!isBlobHash(source) || !isCount(sourceBytes, MAX_SOURCE_BYTES)) throw damaged();
  if (!isCount(inputCount, MAX_INPUTS_PER_JOB) || !isCount(inputsPerTask, MAX_INPUTS_PER_TASK))
    throw damaged();
  if (typeof isRepeatable !== 'boolean') throw damaged();
  const inputs = readInputs(carried);
  const spec: ComputeSpec = { source, sourceBytes, inputs, inputCount, inputsPerTask, isRepeatable };
  if (taskCountOf(spec) !== taskCount) throw damaged();
  return spec;
}

function readInputs(carried: unknown): ComputeSpec['inputs'] {
  if (carried instanceof Uint8Array) return new Uint8Array(carried);
  if (!Array.isArray(carried)) throw damaged();
  const [hash, bytes]: unknown[] = carried;
  if (!isBlobHash(hash) || !isCount(bytes, Number.MAX_SAFE_INTEGER)) throw damaged();
  return { hash, bytes };
}

const isCount = (value: unknown, most: number): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= most;

const damaged = (): JobRefusedError => new JobRefusedError('the announcement of the computation is damaged');
