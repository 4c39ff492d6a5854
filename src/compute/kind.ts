/** Shipped functions as a kind of Job. A device without a sandbox (a terminal) refuses with the reason: nothing runs unsandboxed. */
import {
  type JobDescription,
  type JobKind,
  JobRefusedError,
  MAX_RESULT_BYTES,
  type OpenContext,
  type PieceRange,
  type TaskRunner,
} from '../farm/index.ts';
import type { BlobHash, BlobService } from '../services/blobs/index.ts';
import { decodeControl } from '../wire/index.ts';
import { INPUT_LIMITS, type Value } from './contract.ts';
import { encodeAnswer } from './outcome-codec.ts';
import { pack, unpack } from './packing.ts';
import type { Sandbox } from './sandbox.ts';
import { type ComputeSpec, decodeSpec, inputsOf } from './spec.ts';
import { ComputeStore } from './store.ts';

/** The kind under which computations stand among Jobs. */
export const COMPUTE_KIND = 'compute';

export interface ComputeKindDependencies {
  readonly blobs: BlobService;
  /** undefined: this device takes no part. */
  readonly sandbox: (() => Promise<Sandbox>) | undefined;
  /** Milliseconds, of any origin. */
  now(): number;
  /** A Task's result came into this device's store. */
  settled(job: JobDescription): void;
}

export function computeKind({ blobs, sandbox, now, settled }: ComputeKindDependencies): JobKind {
  return {
    name: COMPUTE_KIND,
    store: (job) => new ComputeStore(decodeSpec(job.spec, job.taskCount), () => settled(job)),
    async open(job, context) {
      const spec = decodeSpec(job.spec, job.taskCount);
      if (!sandbox)
        throw new JobRefusedError('this device has no sandbox, and runs no functions of others without one');
      const held: BlobHash[] = [];
      const release = (): void => {
        for (const hash of held) blobs.release(hash);
      };
      const get = async (hash: BlobHash, totalBytes: number): Promise<Uint8Array> => {
        const bytes = await blobs.get(hash, { ...fetchOf(context), totalBytes });
        held.push(hash);
        return bytes;
      };
      try {
        const source = new TextDecoder().decode(await get(spec.source, spec.sourceBytes));
        const packed =
          spec.inputs instanceof Uint8Array ? spec.inputs : await get(spec.inputs.hash, spec.inputs.bytes);
        const inputs = unpack(packed, spec.inputCount);
        return runner(spec, inputs, (await sandbox()).open(source), now, release);
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

const fetchOf = ({ holders, signal, onProgress }: OpenContext) => ({
  holders: holders(),
  signal,
  onProgress: ({ receivedBytes, totalBytes }: { receivedBytes: number; totalBytes: number }) =>
    onProgress(receivedBytes, totalBytes),
});

function runner(
  spec: ComputeSpec,
  inputs: readonly Uint8Array[],
  program: ReturnType<Sandbox['open']>,
  now: () => number,
  release: () => void,
): TaskRunner {
  return {
    prepare: (worker) => program.prepare(worker),
    async run(worker, task, range) {
      const { first, count } = piecesOf(spec, task, range);
      const values = inputs
        .slice(first, first + count)
        .map((bytes) => (decodeControl(bytes, INPUT_LIMITS).value ?? null) as Value);
      const startMs = now();
      const answers = await program.call(worker, values, first);
      return { bytes: packWithin(MAX_RESULT_BYTES, answers.map(encodeAnswer)), elapsedMs: now() - startMs };
    },
    close() {
      program.close();
      release();
    },
  };
}

/** Those inputs of a Task that are pieces of their own; all where it can only be done as a whole. */
function piecesOf(
  spec: ComputeSpec,
  task: number,
  range: PieceRange | undefined,
): ReturnType<typeof inputsOf> {
  const { first, count } = inputsOf(spec, task);
  if (!range || range.count >= count) return { first, count };
  if (range.first + range.count > count) throw new RangeError(`a task of ${count} inputs has no such piece`);
  return { first: first + range.first, count: range.count };
}

/** What does not fit any more becomes an error that says so: the same on every device. */
function packWithin(maxBytes: number, encoded: readonly Uint8Array[]): Uint8Array {
  const tooMuch = encodeAnswer({
    error: { message: 'the results of neighbouring inputs together are over 8 MiB' },
  });
  let left = maxBytes - 4 - encoded.length * (4 + tooMuch.length);
  return pack(
    encoded.map((bytes) => {
      left -= Math.max(0, bytes.length - tooMuch.length);
      return left >= 0 ? bytes : tooMuch;
    }),
  );
}
