/** Shipped functions on a device: their kind of Job, registered with its farm. Whoever calls some takes it from there (compute.ts). */
import type { Farm, JobId } from '../farm/index.ts';
import { type Clock, Emitter } from '../runtime/index.ts';
import type { BlobService } from '../services/blobs/index.ts';
import { computeKind } from './kind.ts';
import type { Sandbox } from './sandbox.ts';

/** What a device brings for computations. */
export interface ComputeOn {
  readonly farm: Farm;
  readonly blobs: BlobService;
  readonly clock: Clock;
  /** Asked when a function is to run. undefined: this device asks others, and runs nothing itself. */
  readonly sandbox: (() => Promise<Sandbox>) | undefined;
}

/** What a caller needs of its device. */
export interface ComputeDesk extends Pick<ComputeOn, 'farm' | 'blobs'> {
  /** Tells of each Task whose result came into this device's store. Returns the unsubscriber. */
  onSettled(listener: (job: JobId) => void): () => void;
}

/** Makes a farm take part in computations; once a farm. */
export function registerCompute({ farm, blobs, clock, sandbox }: ComputeOn): ComputeDesk {
  const settled = new Emitter<{ task: JobId }>();
  const kind = computeKind({
    blobs,
    sandbox,
    now: () => clock.now(),
    settled: ({ id }) => settled.emit('task', id),
  });
  farm.register(kind);
  return { farm, blobs, onSettled: (listener) => settled.on('task', listener) };
}
