/** Shipped functions as a kind of Job. A device without a sandbox (a terminal) refuses with the reason: nothing runs unsandboxed. */
import {
  type JobDescription,
  type JobKind,
  JobRefusedError,
  type OpenContext,
  type PieceRange,
  type TaskRunner,
} from '../farm/index.ts';
import type { BlobHash, BlobService } from '../services/blobs/index.ts';
import { decodeControl } from '../wire/index.ts';
import { COMPUTE_KIND, INPUT_LIMITS, type Value } from './contract.ts';
import { unpack } from './packing.ts';
import type { Sandbox } from './sandbox.ts';
import { type ComputeSpec, decodeSpec, inputsOf } from './spec.ts';
import { ComputeStore } from './store.ts';
import { TaskTurns } from './task-turns.ts';

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
  const turns = new TaskTurns({
    now,
    call(worker, { first, count }) {
      const values = inputs
        .slice(first, first + count)
        .map((bytes) => (decodeControl(bytes, INPUT_LIMITS).value ?? null) as Value);
      return program.call(worker, values, first);
    },
  });
  return {
    prepare: (worker) => program.prepare(worker),
    // A broken range is a rejection, too.
    run: async (worker, task, range) => turns.run(worker, piecesOf(spec, task, range)),
    close() {
      turns.close();
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
